"""Exact moves of pixels: flips and static windows, bit for bit in every dtype (C11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from augspec.namespace import Array
from augspec.ops.base import MoveOp
from augspec.plan.stages import Move
from augspec_backends.generic.stages.step import Params, SizeOf, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["MoveStep"]


class MoveStep(Step):
    """Moves whole pixels."""

    def size(self, stage: Move, height: int, width: int, inner: SizeOf) -> tuple[int, int]:
        """Return the size that the op gives."""
        assert isinstance(stage.leaf.op, MoveOp)
        return stage.leaf.op.output_size(height, width)

    def prepare(self, to: Preparation, stage: Move, at: str, height: int, width: int) -> None:
        """Prepare who moves."""
        applied = to.applied(stage.leaf)
        if applied is not None:
            to.params[f"{at}.on"] = applied

    def apply(self, on: Pixels, stage: Move, state: State, params: Params, at: str) -> State:
        """Move all targets."""
        xp, op = on.xp, stage.leaf.op
        assert isinstance(op, MoveOp)
        state = {**state, "image": on.now(state["image"])}
        _, height, width, _ = xp.shape(state["image"])
        window = op.window(height, width)
        applied = params.get(f"{at}.on")
        new: State = {}
        for name in ("image", "mask"):
            if name in state:
                old = state[name]
                if window is not None:
                    top, left, h, w = window
                    moved = old[:, top : top + h, left : left + w, :]
                else:
                    moved = xp.flip(old, 2 if op.mirrors == "horizontal" else 1)
                new[name] = moved if applied is None else xp.where(on.pixelwise(applied), moved, old)
        if window is not None:
            matrix = [1.0, 0.0, -float(window[1]), 0.0, 1.0, -float(window[0])]
            height, width = window[2:]
        elif op.mirrors == "horizontal":
            matrix = [-1.0, 0.0, float(width), 0.0, 1.0, 0.0]
        else:
            matrix = [1.0, 0.0, 0.0, 0.0, -1.0, float(height)]
        return {**state, **new, **_points(on, state, matrix, applied, op.mirrors is not None, height, width)}


def _points(
    on: Pixels, state: State, matrix: list[float], applied: Array | None, mirrors: bool, height: int, width: int
) -> State:
    if "boxes" not in state and "keypoints" not in state:
        return {}
    xp = on.xp
    params: State = {"x.forward": xp.constant(np.array([matrix]), "float32")}
    if applied is not None:
        params["x.changed"] = applied
    if mirrors:
        params["x.mirrors"] = xp.constant([1]) if applied is None else xp.astype(applied, "int32")
    return on.points(state, params, "x", height, width)
