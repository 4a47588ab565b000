"""Windows that are resampled to a static size (C8, E7), with flips after them folded into the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from augspec.namespace import Array, Namespace
from augspec.ops.base import MoveOp, ResampleOp
from augspec.plan.stages import Resample
from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.generic.overlap import seen
from augspec_backends.generic.points import MovePoints, by_window
from augspec_backends.generic.resample import Axis, axis_weights, nearest_index, resample_pixels
from augspec_backends.generic.stages.step import Params, SizeOf, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["ResampleStep"]

_FLIPPED = {"horizontal": "flipped_x", "vertical": "flipped_y"}


class ResampleStep(Step):
    """Prepares taps and weights of both axes, and adds pixels up."""

    def size(self, stage: Resample, height: int, width: int, inner: SizeOf) -> tuple[int, int]:
        """Return the size that the op gives."""
        assert isinstance(stage.leaf.op, ResampleOp)
        return stage.leaf.op.output_size(height, width)

    def prepare(self, to: Preparation, stage: Resample, at: str, height: int, width: int) -> None:
        """Prepare the taps of columns and rows; for an op that sees, what it takes to make them later."""
        op = stage.leaf.op
        assert isinstance(op, ResampleOp)
        draw = to.parameters(stage.leaf)
        flips = {name: _flipped(to, stage, axis) for axis, name in _FLIPPED.items()}
        made: Mapping[str, Array | None]
        if op.sees:
            made = {**flips, **{f"draw.{name}": array for name, array in draw.items()}}
        else:
            made = self.taps(to.arithmetic, op, draw, flips, height, width, to.zeros, mask=to.mask, points=to.points)
        to.params.update({f"{at}.{name}": array for name, array in made.items() if array is not None})

    def taps(
        self,
        arithmetic: Arithmetic,
        op: ResampleOp,
        draw: Mapping[str, Array],
        flips: Mapping[str, Array | None],
        height: int,
        width: int,
        zeros: Array | None,
        *,
        mask: bool,
        points: bool,
    ) -> dict[str, Array]:
        """Return the taps of columns and rows, and where points go, by name."""
        xp = arithmetic.xp
        interpolation: str = op.interpolation  # type: ignore[attr-defined]
        out_h, out_w = op.output_size(height, width)
        least_h, least_w = op.least(height, width)
        window = op.window(draw, height, width, arithmetic)
        if window is None:
            assert zeros is not None  # an op that sees has a window
            window = tuple(zeros + value for value in (0, 0, width, height))
        place = op.placement(draw, height, width, arithmetic)
        left, top, w, h = window
        x, y, n, k = place or (None,) * 4
        axes = {
            "columns": Axis(left, w, width, out_w, flips["flipped_x"], n, x, least_w),
            "rows": Axis(top, h, height, out_h, flips["flipped_y"], k, y, least_h),
        }
        found: dict[str, Array] = {}
        for name, axis in axes.items():
            if interpolation != "nearest":
                first, weights = axis_weights(
                    xp,
                    axis,
                    kernel=interpolation,
                    antialias=op.antialias,  # type: ignore[attr-defined]
                )
                found[name], found[f"{name}_weights"] = first, weights
            if mask or interpolation == "nearest":
                found[f"{name}_nearest"] = nearest_index(xp, axis)
            inside = axis.inside(xp)
            if inside is not None:
                found[f"{name}_inside"] = inside
        if points:
            found |= _places(xp, axes["columns"], axes["rows"])
        return found

    def apply(self, on: Pixels, stage: Resample, state: State, params: Params, at: str) -> State:
        """Move all targets."""
        xp, m, op = on.xp, on.numbers(), stage.leaf.op
        assert isinstance(op, ResampleOp)
        own: dict[str, Any] = {name[len(at) + 1 :]: a for name, a in params.items() if name.startswith(f"{at}.")}
        if op.sees:
            own = self._seen(on, op, state, own)
        name = "columns" if "columns" in own else "columns_nearest"
        image = on.once(state["image"], own[name])
        if name == "columns":
            columns, rows = ((own[axis], own[f"{axis}_weights"]) for axis in ("columns", "rows"))
            lobes = op.interpolation == "bicubic"  # type: ignore[attr-defined]
            image = resample_pixels(m, image, columns, rows, lobes=lobes)
        else:
            image = _nearest(xp, image, own)
        if "columns_inside" in own:
            image, fill = on.filled(image, op.fill)  # type: ignore[attr-defined]
            image = _filled(xp, image, own, fill)
        new = {"image": image}
        for name in on.masks(state):
            new[name] = _nearest(xp, state[name], own)
            if "columns_inside" in own:
                new[name] = _filled(xp, new[name], own, on.outside(state, name))
        _, height, width, _ = xp.shape(new["image"])
        if "window" in own:
            move = self.moves(xp, own["window"])
            new |= on.moved(state, move, height, width, mirrors=own.get("mirrors"))
        return {**state, **new}

    def moves(self, xp: Namespace, window: Array) -> MovePoints:
        """Return where points go."""
        return by_window(xp, window)

    def _seen(self, on: Pixels, op: ResampleOp, state: State, own: dict[str, Array]) -> dict[str, Array]:
        """Return the taps of an op that looks at the boxes, each array computed once and not for every pixel."""
        xp = on.xp
        _, height, width, _ = on.shape(state["image"])
        draw = {name[len("draw.") :]: array for name, array in own.items() if name.startswith("draw.")}
        guard = next(iter(draw.values()))
        draw |= seen(xp, state, height, width)
        flips = {name: own.get(name) for name in _FLIPPED.values()}
        found = self.taps(
            Arithmetic(xp), op, draw, flips, height, width, None, mask=bool(on.masks(state)), points="boxes" in state
        )
        if not xp.recomputes(guard):
            return found
        return {
            name: xp.materialise(lambda a=array: a, guard, xp.shape(array)[1:], xp.dtype(array))  # type: ignore[misc]
            for name, array in found.items()
        }


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


def _nearest(xp: Namespace, x: Array, own: Mapping[str, Array]) -> Array:
    wide = xp.gather_axis(x, own["columns_nearest"], 2)
    return xp.gather_axis(wide, own["rows_nearest"], 1)


def _filled(xp: Namespace, x: Array, own: Mapping[str, Array], fill: Array) -> Array:
    """Return pixels (B, H, W, C) with the fill where the canvas is free."""
    rows, columns = own["rows_inside"], own["columns_inside"]
    return xp.where(xp.logical_and(rows[:, :, None, None], columns[:, None, :, None]), x, fill)


def _places(xp: Namespace, columns: Axis, rows: Axis) -> dict[str, Array]:
    """Return where a window's points go, as `by_window` takes it, and whether the window is mirrored."""
    found: list[Array] = []
    total = None
    for axis in (columns, rows):
        origin, length = xp.astype(axis.start, "float32"), xp.astype(axis.length, "float32")
        shown = length * 0.0 + float(axis.size) if axis.shown is None else xp.astype(axis.shown, "float32")
        offset = length * 0.0 if axis.offset is None else xp.astype(axis.offset, "float32")
        if axis.mirrored is not None:  # counted from the window's other end
            origin = xp.where(axis.mirrored, origin + length, origin)
            offset = xp.where(axis.mirrored, float(axis.size) - shown - offset, offset)
            shown = xp.where(axis.mirrored, -shown, shown)
            one = xp.astype(axis.mirrored, "int32")
            total = one if total is None else total + one
        found += [origin, shown, length, offset]
    places = {"window": xp.stack(found, 1)}
    if total is not None:
        places["mirrors"] = xp.bitand(total, 1)
    return places
