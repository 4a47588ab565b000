"""Faults of runs of warps (C10): runs that end where nothing ends them, and runs that go on where something does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from augspec.language.policy import Policy
from augspec.ops.resample import Resample as Ends
from augspec.plan.fuse import fuse
from augspec.plan.stages import Leaf, Move, Plan, Stage, Warp
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.options import Options
from augspec_backends.generic.pipeline import Pipeline
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Planned(HookedAugmenter):
    backend: _Plans

    def __init__(self, policy: Policy, backend: _Plans, options: Options) -> None:
        super().__init__(policy, backend, options)
        self._training = self._again(self._training)

    def _again(self, pipeline: Pipeline) -> Pipeline:
        plan = Plan(self.backend.stages(pipeline.plan.stages))
        return replace(pipeline, plan=plan, fused=fuse(plan))


class _Plans(Faulty):
    """Runs another plan than the language makes of a policy."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        return _Planned(policy, self, Options.checked(self.name, self.capabilities, options))

    def stages(self, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        """Return the stages that run."""
        raise NotImplementedError


def _cut(stages: tuple[Stage, ...], same: Callable[[Leaf, Leaf], bool]) -> tuple[Stage, ...]:
    """Return stages with every run of warps cut where two neighbours in it are not the same."""
    found: list[Stage] = []
    for stage in stages:
        if not isinstance(stage, Warp):
            found.append(stage)
            continue
        parts = [[stage.members[0]]]
        for leaf in stage.members[1:]:
            if same(parts[-1][-1], leaf):
                parts[-1].append(leaf)
            else:
                parts.append([leaf])
        found += [replace(stage, members=tuple(part)) for part in parts]
    return tuple(found)


class FillsAsWritten(_Plans):
    """Ends a run where the same fill is written as one number and as one for each channel."""

    def stages(self, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        return _cut(stages, lambda a, b: getattr(a.op, "fill", None) == getattr(b.op, "fill", None))


class EndsWithASequence(_Plans):
    """Ends a run where a sequence begins or ends."""

    def stages(self, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        return _cut(stages, lambda a, b: a.path.rpartition("/")[0] == b.path.rpartition("/")[0])


class GoesOnAtEdges(_Plans):
    """Lets a run of warps go on through `resample` where the border is `edge`."""

    def stages(self, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        found: list[Stage] = []
        for stage in stages:
            ended = len(found) > 1 and isinstance(found[-1], Move) and isinstance(found[-1].leaf.op, Ends)
            before = found[-2] if ended else None
            if isinstance(stage, Warp) and isinstance(before, Warp) and stage.border == before.border == "edge":
                found[-2:] = [replace(before, members=(*before.members, *stage.members))]
            else:
                found.append(stage)
        return tuple(found)


def _mutant(number: int, title: str, wrong: str, make: Any, killer: str) -> Mutant:
    return Mutant(f"M{number}", "runs", title, wrong, make, (killer,), tier="full")


MUTANTS = (
    _mutant(
        396,
        "resamples twice where equal fills are written in two ways",
        "Pictures are softer, and it depends on how a number was written.",
        FillsAsWritten,
        "G6",
    ),
    _mutant(
        397,
        "resamples anew where a sequence begins or ends",
        "Who sorts ops into groups gets softer pictures.",
        EndsWithASequence,
        "J7",
    ),
    _mutant(
        398,
        "goes on through `resample` where the border is `edge`",
        "An old pipeline that was resampled twice cannot be written down.",
        GoesOnAtEdges,
        "G6",
    ),
)
