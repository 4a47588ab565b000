"""Changes of what numbers mean, the last stage: a curve of 256 levels, or arithmetic for floats (E6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from augspec.ops.base import TypeOp
from augspec.plan.stages import Type
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers, levels_out
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["TypeStep"]


class TypeStep(Step):
    """Ops that give floats: `normalize` and `to_float`."""

    def prepare(self, to: Preparation, stage: Type, at: str, height: int, width: int) -> None:
        """Nothing is drawn."""

    def apply(self, on: Pixels, stage: Type, state: State, params: Params, at: str) -> State:
        """Return float32 pixels, not clamped."""
        xp, op, image = on.xp, stage.leaf.op, on.now(state["image"])
        assert isinstance(op, TypeOp)
        channels = xp.shape(image)[-1]
        mean, std = (np.broadcast_to(np.array(values), (channels,)) for values in op.scaling())
        if isinstance(on.m, FloatNumbers):
            scale, shift = 1 / (std * on.m.span), -(mean + on.m.low / on.m.span) / std
            return {**state, "image": image * xp.constant(scale, on.m.dtype) + xp.constant(shift, on.m.dtype)}
        assert isinstance(on.m, FixedNumbers)
        return {**state, "image": xp.standardised(xp.astype(levels_out(xp, image), "int32"), mean, std)}
