"""Faults of gates: ops are applied too often, too seldom, or against the draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.language.policy import Policy
from augspec.ops.base import Op
from augspec.plan.program import Draw, Flag
from augspec_backends.generic.augmenter import Augmenter
from augspec_conformance.mutants.distribution.remapped import remapped
from augspec_conformance.mutants.faulty import Faulty, Run, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_ONE = 1 << 24


class AppliesMoreOften(Faulty):
    """Applies ops with p + 0.05."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            return Flag(draw.map.threshold + _ONE // 20) if isinstance(draw.map, Flag) else draw.map

        return remapped(draws, change)


class AppliesNever(Faulty):
    """Applies ops with p = 0 now and then."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            return Flag(_ONE // 256) if isinstance(draw.map, Flag) and draw.map.threshold == 0 else draw.map

        return remapped(draws, change)


class AppliesNearlyAlways(Faulty):
    """Applies ops with p = 1 with 0.999."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        def change(op: Op) -> Op:
            changes: dict[str, Any] = {"p": 0.999} if op.p == 1 and op.stage not in ("resample", "type") else {}
            return op.model_copy(update=changes)

        return super().compile(policy.model_copy(update={"ops": tuple(change(op) for op in policy.ops)}), **options)


class LeavesSomeOut(Faulty):
    """Leaves one sample in a thousand as it was, whatever was drawn."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out, image = run(key, sample, index), image_of(sample)
        if index is None or not isinstance(image, np.ndarray) or image.shape != image_of(out).shape or image.ndim != 4:
            return out
        skipped = (np.asarray(index, np.int64) % 1009 == 1008).reshape(-1, 1, 1, 1)
        return with_entry(out, "image", np.where(skipped, image, image_of(out)))


class InvertsGates(Faulty):
    """Applies ops with 1 − p."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            return Flag(_ONE - draw.map.threshold) if isinstance(draw.map, Flag) else draw.map

        return remapped(draws, change)


MUTANTS = (
    Mutant(
        "M39",
        "distribution",
        "applies ops with p + 0.05",
        "The declared strength is not the strength.",
        AppliesMoreOften,
        ("R1",),
    ),
    Mutant(
        "M39b",
        "distribution",
        "applies ops with p = 0 now and then",
        "What was switched off is not off.",
        AppliesNever,
        ("N9",),
    ),
    Mutant(
        "M39c",
        "distribution",
        "applies ops with p = 1 with 0.999",
        "What was switched on is off now and then.",
        AppliesNearlyAlways,
        ("N9",),
    ),
    Mutant(
        "M39d",
        "distribution",
        "leaves one sample in a thousand as it was",
        "What was switched on is off now and then, and no draw says so.",
        LeavesSomeOut,
        ("N9",),
    ),
    Mutant(
        "M40",
        "distribution",
        "applies ops with 1 − p",
        "Rare ops are frequent.",
        InvertsGates,
        ("R1",),
    ),
)
