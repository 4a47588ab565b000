"""Warps: one transform of the plane, the product of its members', and one resampling (C10, E4)."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from augspec.namespace import Array, Namespace
from augspec.ops.base import MoveOp, WarpOp
from augspec.plan.stages import Warp
from augspec_backends.generic.numbers import FixedNumbers
from augspec_backends.generic.plane import Affine, Pair, PlaneOf, compose, select
from augspec_backends.generic.stages.step import Params, State, Step
from augspec_backends.generic.warp import positions, sample_nearest, warp_pixels

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["WarpStep"]


_TOGETHER = 5
"""After so many transforms of a run their product is computed once: a compiler that fuses would compute it anew for
each entry of the next one, and so on, of ten transforms 60 times as long. More often, it would compile for longer."""


class WarpStep(Step):
    """Prepares matrices, and reads every pixel at its source."""

    def prepare(self, to: Preparation, stage: Warp, at: str, height: int, width: int) -> None:
        """Prepare the inverse matrix, and for points the forward one, mirrors and what changed."""
        xp = to.xp
        plane = PlaneOf(xp, height, width, to.zeros)
        moved = None
        run: Pair | None = None
        for number, leaf in enumerate(stage.members, 1):
            if isinstance(leaf.op, WarpOp):
                pair = leaf.op.transform(to.parameters(leaf), plane)
            else:
                assert isinstance(leaf.op, MoveOp)
                pair = plane.mirror(horizontal=leaf.op.mirrors == "horizontal")
            assert isinstance(pair, Pair)
            applied = to.applied(leaf)
            if applied is not None:
                pair = select(xp, applied, pair)
                mirrors = xp.astype(applied, "int32")
            else:
                mirrors = to.zeros + 1
            if isinstance(leaf.op, MoveOp):
                moved = mirrors if moved is None else moved + mirrors
            run = pair if run is None else compose(xp, run, pair)
            if number % _TOGETHER == 0 and number < len(stage.members):
                run = _once(xp, run)
        assert run is not None
        a = run.inverse
        to.params[f"{at}.matrix"] = xp.stack([a.xx, a.xy, a.x0, a.yx, a.yy, a.y0], 1)
        if to.points:
            to.params[f"{at}.forward"] = _float_matrix(xp, run.forward, height, width)
            if moved is not None:
                to.params[f"{at}.mirrors"] = xp.bitand(moved, 1)
        if to.domain == "float" or to.points:
            to.params[f"{at}.changed"] = _differs(xp, a)

    def apply(self, on: Pixels, stage: Warp, state: State, params: Params, at: str) -> State:
        """Move all targets."""
        xp, m = on.xp, on.numbers()
        image = on.once(state["image"], params[f"{at}.matrix"])
        shape = xp.shape(image)
        _, height, width, channels = shape
        sx, sy = positions(xp, params[f"{at}.matrix"], height, width)
        fills = stage.fill if isinstance(stage.fill, tuple) else (stage.fill,) * channels
        fill = tuple(m.fill(value) for value in fills)

        def warped() -> Array:
            pixels = warp_pixels(m, image, sx, sy, stage.interpolation, stage.border, fill)
            if isinstance(m, FixedNumbers):
                return pixels
            return xp.where(on.pixelwise(params[f"{at}.changed"]), pixels, image)

        new = {"image": on.later(warped, shape, image)}
        for name in on.masks(state):
            new[name] = sample_nearest(xp, state[name], sx, sy, stage.border, on.outside(state, name))
        return {**state, **new, **on.points(state, params, at, height, width)}


def _once(xp: Namespace, run: Pair) -> Pair:
    """Return a product that is computed before it is used."""
    parts = [getattr(one, entry.name) for one in (run.forward, run.inverse) for entry in fields(Affine)]
    if not xp.recomputes(parts[0]):
        return run
    table = xp.materialise(lambda: xp.stack(parts, 1), parts[0], (len(parts),), "int32")
    entries = [table[:, place] for place in range(len(parts))]
    return Pair(Affine(*entries[:6]), Affine(*entries[6:]))


def _differs(xp: Namespace, a: Affine) -> Array:
    """Return whether each sample's matrix is another than the identity, (B,) bool."""
    parts = ((a.xx, 1 << 24), (a.xy, 0), (a.x0, 0), (a.yx, 0), (a.yy, 1 << 24), (a.y0, 0))
    changed = None
    for part, neutral in parts:
        differs = part != neutral
        changed = differs if changed is None else xp.logical_or(changed, differs)
    return changed


def _float_matrix(xp: Namespace, a: Affine, height: int, width: int) -> Array:
    """Return the forward map of continuous pixel coordinates, (B, 6) float32."""
    cx, cy = width / 2, height / 2
    xx, xy, yx, yy = (xp.astype(part, "float32") * 2.0**-24 for part in (a.xx, a.xy, a.yx, a.yy))
    x0, y0 = (xp.astype(part, "float32") * 2.0**-13 for part in (a.x0, a.y0))
    return xp.stack([xx, xy, x0 + (cx - xx * cx - xy * cy), yx, yy, y0 + (cy - yx * cx - yy * cy)], 1)
