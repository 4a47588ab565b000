"""Faults of images that are made small in between: other sides, or other pixels."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from augspec.plan.stages import Degrade
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.degrade import DegradeStep
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Truncates(DegradeStep):
    def prepare(self, to: Preparation, stage: Degrade, at: str, height: int, width: int) -> None:
        class Whole(type(to.arithmetic)):  # type: ignore[misc]
            def shrunk(self, factor: Any, side: int) -> Any:
                return np.maximum((factor.astype(np.int64) * side >> 24).astype(np.int32), 1)

        real, to.arithmetic = to.arithmetic, Whole(to.xp)
        super().prepare(to, stage, at, height, width)
        to.arithmetic = real


class TruncatesSmallSides(Faulty):
    """Cuts the sides of the small image off, as int() does."""

    steps: ClassVar[Steps] = {**STEPS, Degrade: _Truncates()}


class _Corners(DegradeStep):
    def prepare(self, to: Preparation, stage: Degrade, at: str, height: int, width: int) -> None:
        class Corner(type(to.arithmetic)):  # type: ignore[misc]
            def blocks(self, small: Any, side: int, least: float, *, area: bool) -> Any:
                first, weights = super().blocks(small, side, least, area=area)
                n = small[:, None]
                k = ((2 * np.arange(side, dtype=np.int32) + 1) * n) // (2 * side)
                return (first, weights) if area else ((k * side // n).astype(np.int32), weights)

        real, to.arithmetic = to.arithmetic, Corner(to.xp)
        super().prepare(to, stage, at, height, width)
        to.arithmetic = real


class TakesCorners(Faulty):
    """Takes the first pixel of what a small one covers, as OpenCV's INTER_NEAREST does."""

    steps: ClassVar[Steps] = {**STEPS, Degrade: _Corners()}


def _mutant(name: str, title: str, wrong: str, make: Any, *killers: str, tier: Any = "smoke") -> Mutant:
    return Mutant(name, "blocks", title, wrong, make, killers, tier=tier)


MUTANTS = (
    _mutant(
        "M172",
        "cuts the sides of the small image off instead of rounding them",
        "Images lose a little more than was declared.",
        TruncatesSmallSides,
        "N1",
    ),
    _mutant(
        "M172b",
        "takes the first pixel of what a small one covers instead of the middle one",
        "The picture moves to the right and down by half a block.",
        TakesCorners,
        "N1",
        tier="full",
    ),
)
