"""Shortcuts that put pixels in the wrong place: whole pixels, exact halves, exact doubles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from augspec.namespace import Array
from augspec.ops.resize import Resize
from augspec.ops.translate import Translate
from augspec.plan.stages import Resample, Warp
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty

__all__ = ["MUTANTS"]

_PIXEL = 8192
"""One pixel in the unit of a matrix's shifts."""

_UNIT = 1 << 24
"""1 in the unit of a matrix's factors."""


class _Rolls(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        new, old = super().apply(on, stage, state, params, at), state["image"]
        if stage.border != "constant" or [type(leaf.op) for leaf in stage.members] != [Translate]:
            return new
        xx, xy, x0, yx, yy, y0 = params[f"{at}.matrix"].T
        straight = (xx == _UNIT) & (yy == _UNIT) & (xy == 0) & (yx == 0) & (x0 == 0)
        image = np.array(new["image"])
        if image.dtype == np.int32:
            old = on.fixed(old)
        for i in np.flatnonzero(straight & (y0 % _PIXEL == 0) & (y0 != 0)):
            image[i] = np.roll(old[i], -int(y0[i]) // _PIXEL, 0)
        return {**new, "image": image}


class RollsWholeRows(Faulty):
    """Moves by whole rows with `roll`: what leaves at the bottom comes back at the top."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _Rolls()}


class _QuarterOff(ResampleStep):
    def prepare(self, to: Preparation, stage: Resample, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        weights = to.params.get(f"{at}.columns_weights")
        op = stage.leaf.op
        if weights is None or not isinstance(op, Resize) or op.output_size(height, width)[1] != 2 * width:
            return
        # A quarter of every tap's weight goes to its neighbour.
        late = np.roll(weights, 1, -1)
        late[..., 0] = 0
        mixed = weights - (weights >> 2) + (late >> 2)
        mixed[..., 0] += 32768 - mixed.sum(-1, dtype=np.int32)
        to.params[f"{at}.columns_weights"] = mixed


class DoublesOffCentre(Faulty):
    """Doubles the width of an image with pixel centres a quarter of a pixel off."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _QuarterOff()}


class _EverySecond(ResampleStep):
    def apply(self, on: Pixels, stage: Resample, state: State, params: Mapping[str, Array], at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        height, width = state["image"].shape[1:3]
        op = stage.leaf.op
        if not isinstance(op, Resize) or tuple(2 * side for side in new["image"].shape[1:3]) != (height, width):
            return new
        names = [
            name for name in ("image", "mask") if name in new and (name == "mask" or op.interpolation == "nearest")
        ]
        return {**new, **{name: np.ascontiguousarray(state[name][:, ::2, ::2]) for name in names}}


class TakesEverySecond(Faulty):
    """Halves an image with nearest by taking every second pixel, from the first."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _EverySecond()}


MUTANTS = (
    alone(
        "M149",
        "moves by whole rows in a circle",
        "The ground hangs from the sky, but only where a shift meets whole pixels.",
        RollsWholeRows,
        "G4",
    ),
    alone(
        "M150",
        "doubles the width with centres a quarter of a pixel off",
        "At exactly twice the width, pictures are no longer on their masks.",
        DoublesOffCentre,
        "G5",
    ),
    alone(
        "M151",
        "halves with nearest by taking every second pixel from the first",
        "At exactly half the size, masks lie half a pixel off.",
        TakesEverySecond,
        "G10",
    ),
)
