"""What the faults of this family have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from augspec.language.policy import Policy
from augspec.ops.base import Op
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_conformance.law import Tier
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["Rewrites", "alone", "elsewhere"]


def alone(
    name: str, title: str, wrong: str, make: Callable[[], Any], *killers: str, tier: Tier = "smoke", base: str = "numpy"
) -> Mutant:
    """Return a mutant of this family."""
    return Mutant(name, "alone", title, wrong, make, killers, tier=tier, base=base)


def elsewhere(key: Any) -> Any:
    """Return a key of other draws."""
    return Key(key.seed ^ 1, key.epoch, key.of_view) if isinstance(key, Key) else key


class Rewrites(Faulty):
    """Compiles other ops than it is given, as an optimisation that is wrong."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        """Bind the rewritten policy."""
        return super().compile(policy.model_copy(update={"ops": self.rewritten(policy.ops)}), **options)

    def rewritten(self, ops: tuple[Op, ...]) -> tuple[Op, ...]:
        """Return what is compiled."""
        return ops
