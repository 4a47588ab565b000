"""Windows that are resampled to a static size (C8, E7), with flips after them folded into the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.namespace import Array, Namespace
from augspec.ops.base import MoveOp, ResampleOp
from augspec.plan.stages import Resample
from augspec_backends.generic.resample import axis_weights, nearest_index, resample_pixels
from augspec_backends.generic.stages.step import Params, SizeOf, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["ResampleStep"]


class ResampleStep(Step):
    """Prepares taps and weights of both axes, and adds pixels up."""

    def size(self, stage: Resample, height: int, width: int, inner: SizeOf) -> tuple[int, int]:
        """Return the size that the op gives."""
        assert isinstance(stage.leaf.op, ResampleOp)
        return stage.leaf.op.output_size(height, width)

    def prepare(self, to: Preparation, stage: Resample, at: str, height: int, width: int) -> None:
        """Prepare the taps of columns and rows."""
        xp, op = to.xp, stage.leaf.op
        assert isinstance(op, ResampleOp)
        out_h, out_w = op.output_size(height, width)
        window = op.window(to.parameters(stage.leaf), height, width, to.arithmetic)
        if window is None:
            window = tuple(to.zeros + value for value in (0, 0, width, height))
        left, top, w, h = window
        flipped_x, flipped_y = (_flipped(to, stage, axis) for axis in ("horizontal", "vertical"))
        bilinear = op.interpolation == "bilinear"  # type: ignore[attr-defined]
        axes = (("columns", left, w, flipped_x, width, out_w), ("rows", top, h, flipped_y, height, out_h))
        for name, start, length, mirrored, side, size in axes:
            if bilinear:
                first, weights = axis_weights(
                    xp,
                    start,
                    length,
                    mirrored,
                    side,
                    size,
                    antialias=op.antialias,  # type: ignore[attr-defined]
                )
                to.params[f"{at}.{name}"], to.params[f"{at}.{name}_weights"] = first, weights
            if to.mask or not bilinear:
                to.params[f"{at}.{name}_nearest"] = nearest_index(xp, start, length, mirrored, size)
        if to.points:
            to.params[f"{at}.forward"] = _window_matrix(xp, (left, top, w, h), (flipped_x, flipped_y), out_h, out_w)
            total = None
            for flipped in (flipped_x, flipped_y):
                if flipped is not None:
                    one = xp.astype(flipped, "int32")
                    total = one if total is None else total + one
            if total is not None:
                to.params[f"{at}.mirrors"] = xp.bitand(total, 1)

    def apply(self, on: Pixels, stage: Resample, state: State, params: Params, at: str) -> State:
        """Move all targets."""
        xp, m = on.xp, on.numbers()
        name = "columns" if f"{at}.columns" in params else "columns_nearest"
        image = on.once(state["image"], params[f"{at}.{name}"])
        if name == "columns":
            columns = params[f"{at}.columns"], params[f"{at}.columns_weights"]
            rows = params[f"{at}.rows"], params[f"{at}.rows_weights"]
            new = {"image": resample_pixels(m, image, columns, rows)}
        else:
            new = {"image": _nearest(xp, image, params, at)}
        _, height, width, _ = xp.shape(new["image"])
        if "mask" in state:
            new["mask"] = _nearest(xp, state["mask"], params, at)
        return {**state, **new, **on.points(state, params, at, height, width)}


def _flipped(to: Preparation, stage: Resample, axis: str) -> Array | None:
    """Return whether each sample is flipped along an axis by the folded flips, (B,) bool; None if none is there."""
    xp, total = to.xp, None
    for leaf in stage.mirrors:
        assert isinstance(leaf.op, MoveOp)
        if leaf.op.mirrors == axis:
            applied = to.applied(leaf)
            one = to.zeros + 1 if applied is None else xp.astype(applied, "int32")
            total = one if total is None else total + one
    return None if total is None else xp.bitand(total, 1) == 1


def _nearest(xp: Namespace, x: Array, params: Params, at: str) -> Array:
    wide = xp.gather_axis(x, params[f"{at}.columns_nearest"], 2)
    return xp.gather_axis(wide, params[f"{at}.rows_nearest"], 1)


def _window_matrix(
    xp: Namespace, window: tuple[Array, ...], flips: tuple[Array | None, Array | None], height: int, width: int
) -> Array:
    """Return the forward map of a window onto a canvas, (B, 6) float32."""
    left, top, w, h = (xp.astype(part, "float32") for part in window)
    zero = left * 0.0
    sx, sy = float(width) / w, float(height) / h
    x0, y0 = -left * sx, -top * sy
    if flips[0] is not None:
        sx, x0 = xp.where(flips[0], -sx, sx), xp.where(flips[0], float(width) - x0, x0)
    if flips[1] is not None:
        sy, y0 = xp.where(flips[1], -sy, sy), xp.where(flips[1], float(height) - y0, y0)
    return xp.stack([sx, zero, x0, zero, sy, y0], 1)
