"""Faults of macros: what a backend that expands them by itself gets wrong."""

from __future__ import annotations

from augspec.normalize import expanded, named
from augspec.ops.base import Combinator, Macro, Op
from augspec_conformance.mutants.alone.fault import Rewrites
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Expands(Rewrites):
    """Expands macros at the top of a policy, wrongly."""

    def rewritten(self, ops: tuple[Op, ...]) -> tuple[Op, ...]:
        return tuple(
            self.member(op, expanded((op,))[0]) if isinstance(op, Macro) else op  # type: ignore[arg-type]
            for op in named(ops)
        )

    def member(self, macro: Macro, whole: Combinator) -> Op:
        """Return what a macro becomes, from what it should."""
        return whole


class JittersBackwards(_Expands):
    """Runs what a macro stands for from the last to the first."""

    def member(self, macro: Macro, whole: Combinator) -> Op:
        return whole.model_copy(update={"ops": whole.ops[::-1]})


class LosesTheLast(_Expands):
    """Leaves the last op of a long macro out."""

    def member(self, macro: Macro, whole: Combinator) -> Op:
        return whole.model_copy(update={"ops": whole.ops[:-1]}) if len(whole.ops) > 2 else whole


class NamesByPlace(_Expands):
    """Calls the members of a macro by their types, and so draws them from other streams."""

    def member(self, macro: Macro, whole: Combinator) -> Op:
        return whole.model_copy(update={"ops": named(tuple(op.model_copy(update={"id": None}) for op in whole.ops))})


MUTANTS = (
    Mutant(
        "M166",
        "macros",
        "runs what a macro stands for backwards",
        "Colours are turned before they are brightened.",
        JittersBackwards,
        ("J7",),
    ),
    Mutant("M167", "macros", "leaves the last op of a preset out", "A recipe lacks a step.", LosesTheLast, ("J7",)),
    Mutant(
        "M168",
        "macros",
        "calls the members of a macro by their types",
        "The draws of color_jitter are others than on other backends.",
        NamesByPlace,
        ("J7",),
    ),
)
