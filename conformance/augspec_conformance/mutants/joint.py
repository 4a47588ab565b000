"""Faults that no pair of draws shows: missing ends, a draw made of two others, what repeats far away or on a grid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.plan.program import Draw, Grid
from augspec.plan.stages import Noise
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.pixelwise import NoiseStep
from augspec_conformance.mutants.faulty import Faulty, Restreamed, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class LeavesTopOut(Faulty):
    """Never draws from the highest hundredth of a range."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Draw:
            m = draw.map
            if not isinstance(m, Grid) or m.width < 1000 or draw.quantity == "position":
                return draw
            return replace(draw, map=replace(m, width=m.width - m.width // 100))

        return tuple(change(draw) for draw in draws)


class AddsTwoDraws(Faulty):
    """Draws the third number of a row as the sum of the first two, folded into the range: any two are independent."""

    def drawn(self, values: Values) -> Values:
        x, y, third = (values.get(f"sample/{path}") for path in ("translate#0/x", "translate#0/y", "shear#0/y"))
        if x is None or y is None or third is None or third.size < 64:
            return values
        low, width = -(2**24) // 5, 2**24 // 2
        total = (x.astype(np.int64) - low) + (y.astype(np.int64) - low)
        return {**values, "sample/shear#0/y": (low + total % width).astype(np.int32)}


class _FarRepetition(NoiseStep):
    def apply(self, on: Pixels, stage: Noise, state: State, params: Any, at: str) -> State:
        old: Array = state["image"]
        new: State = super().apply(on, stage, state, params, at)
        first = on.fixed(old) if on.xp.dtype(new["image"]) == "int32" else old
        field = (new["image"] - first).reshape(len(old), -1)
        if field.shape[1] <= 8192 or not getattr(stage.leaf.op, "per_channel", True):
            return new
        again = field[:, np.arange(field.shape[1]) % 8192].reshape(old.shape)
        return {**new, "image": on.numbers().clamp(first + again)}


class RepeatsNoiseFarAway(Faulty):
    """Repeats the noise of an image after 8192 values."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _FarRepetition()}


class SharesNoiseKeys(Faulty):
    """Gives all noise ops of a policy the same key for their pixels."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        return tuple(Restreamed.like(draw, "sample/noise") if draw.path.endswith("/noise") else draw for draw in draws)


class CountsOnFromEpoch(Faulty):
    """Numbers samples on from the epoch: the second epoch begins with the second sample's draws."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        return (words * np.array([1, 1, 0, 1], np.int32), low + words[2:3], high), on_host


MUTANTS = (
    Mutant(
        "M91",
        "joint",
        "never draws from the highest hundredth of a range",
        "The strongest augmentation that was declared never happens.",
        LeavesTopOut,
        ("R4",),
    ),
    Mutant(
        "M91b",
        "joint",
        "draws a number as the sum of two others",
        "Any two parameters look independent; three are not.",
        AddsTwoDraws,
        ("R5",),
    ),
    Mutant(
        "M91c",
        "joint",
        "repeats noise after 8192 values",
        "Large images have the same noise in bands.",
        RepeatsNoiseFarAway,
        ("R10",),
    ),
    Mutant(
        "M91d",
        "joint",
        "gives all noise ops of a policy the same key",
        "Two layers of noise are one, twice as strong.",
        SharesNoiseKeys,
        ("K3",),
    ),
    Mutant(
        "M91e",
        "joint",
        "numbers samples on from the epoch",
        "Every epoch repeats the last one's draws, one sample further.",
        CountsOnFromEpoch,
        ("K3",),
    ),
)
