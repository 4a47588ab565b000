"""bind, first half: from draws to the small per-sample arrays that pixels need: matrices, windows, weights, flags.

Everything here has shape (B,) or (B, few) and is integer arithmetic, apart from the float matrices of boxes and
keypoints. It runs on the host or inside a graph, and gives the same bits in both.
"""

from __future__ import annotations

from collections.abc import Mapping

from augspec.errors import SampleError
from augspec.namespace import Array, Namespace
from augspec.ops.base import FilterOp, MoveOp, ResampleOp, WarpOp
from augspec.plan.program import noise_path
from augspec.plan.stages import Choose, Filter, Leaf, Move, Noise, Pointwise, Resample, Selector, Stage, Warp
from augspec_backends.generic.filters import FilterArithmetic
from augspec_backends.generic.plane import Affine, Pair, PlaneOf, compose, select
from augspec_backends.generic.resample import CropArithmetic, axis_weights, nearest_index

__all__ = ["Preparation", "output_size", "parameters_of"]

Params = dict[str, Array]


def output_size(stages: tuple[Stage, ...], height: int, width: int) -> tuple[int, int]:
    """Return the static size after some stages; raises `SampleError` where an op does not fit."""
    for stage in stages:
        if isinstance(stage, Choose):
            sizes = {output_size(branch, height, width) for branch in stage.branches}
            if len(sizes) > 1:
                raise SampleError(
                    "image", "a size that every member of a choice turns into the same one", f"{height}×{width}"
                )
            height, width = sizes.pop()
        elif isinstance(stage, (Move, Resample)) and isinstance(stage.leaf.op, (MoveOp, ResampleOp)):
            height, width = stage.leaf.op.output_size(height, width)
    return height, width


def parameters_of(leaf: Leaf, draws: Mapping[str, Array]) -> dict[str, Array]:
    """Return an op's parameters by field name: (B,), or (B, entries) where it asks for several."""
    found = {}
    for name, _, _, count in leaf.op.draws():
        array = draws[f"{leaf.path}/{name}"]
        if leaf.step is not None:
            array = array[:, leaf.step * count : (leaf.step + 1) * count]
            array = array if count > 1 else array[:, 0]
        found[name] = array
    return found


class Preparation:
    """Prepares a plan's stages for one canvas size.

    Args:
        xp: the namespace.
        draws: every drawn and constant parameter by path.
        zeros: (B,) int32 zeros, from which everything takes its batch axis.
        domain: "fixed", "float" or "move" (nothing but exact moves).
        points: whether boxes or keypoints are present.
        mask: whether a mask is present.
    """

    def __init__(
        self, xp: Namespace, draws: Mapping[str, Array], zeros: Array, *, domain: str, points: bool, mask: bool
    ) -> None:
        self.xp, self.draws, self.zeros = xp, draws, zeros
        self.domain, self.points, self.mask = domain, points, mask
        self.params: Params = {}

    def run(self, stages: tuple[Stage, ...], height: int, width: int, prefix: str = "") -> Params:
        """Return the arrays of every stage under keys `<position>.<name>`."""
        for position, stage in enumerate(stages):
            at = f"{prefix}{position}"
            if isinstance(stage, Choose):
                self.params[f"{at}.branch"] = self._branch(stage.selector, len(stage.branches))
                for number, branch in enumerate(stage.branches):
                    self.run(branch, height, width, f"{at}.{number}.")
            elif isinstance(stage, Warp):
                self._warp(stage, at, height, width)
            elif isinstance(stage, Move):
                self._gate(stage.leaf, f"{at}.on")
            elif isinstance(stage, Resample):
                self._resample(stage, at, height, width)
            elif isinstance(stage, Pointwise):
                for number, leaf in enumerate(stage.members):
                    self._pixels(leaf, f"{at}.{number}")
            elif isinstance(stage, Noise):
                self._pixels(stage.leaf, at)
                self.params[f"{at}.key"] = self.draws[noise_path(stage.leaf.path, stage.leaf.step)]
            elif isinstance(stage, Filter) and isinstance(stage.leaf.op, FilterOp):
                draw = parameters_of(stage.leaf, self.draws)
                self.params[f"{at}.weights"] = stage.leaf.op.weights(draw, FilterArithmetic(self.xp))
            height, width = output_size((stage,), height, width)
        return self.params

    def _entry(self, path: str, entry: int | None) -> Array:
        array = self.draws[path]
        return array if entry is None else array[:, entry]

    def _branch(self, selector: Selector, count: int) -> Array:
        """Return the number of the branch each sample takes, (B,); `count` means none."""
        xp = self.xp
        branch = self.zeros if selector.branch is None else self._entry(selector.branch, selector.branch_entry)
        if selector.gate is None:
            return branch
        return xp.where(self._entry(selector.gate, selector.gate_entry) == 1, branch, branch * 0 + count)

    def _applied(self, leaf: Leaf) -> Array | None:
        """Return whether each sample applies a leaf, (B,) bool; None when all do."""
        if leaf.gate is None:
            return None
        return self._entry(leaf.gate, leaf.step) == 1

    def _gate(self, leaf: Leaf, name: str) -> None:
        applied = self._applied(leaf)
        if applied is not None:
            self.params[name] = applied

    def _warp(self, stage: Warp, at: str, height: int, width: int) -> None:
        xp = self.xp
        plane = PlaneOf(xp, height, width, self.zeros)
        moved = None
        run: Pair | None = None
        for leaf in stage.members:
            if isinstance(leaf.op, WarpOp):
                pair = leaf.op.transform(parameters_of(leaf, self.draws), plane)
            else:
                assert isinstance(leaf.op, MoveOp)
                pair = plane.mirror(horizontal=leaf.op.mirrors == "horizontal")
            assert isinstance(pair, Pair)
            applied = self._applied(leaf)
            if applied is not None:
                pair = select(xp, applied, pair)
                mirrors = xp.astype(applied, "int32")
            else:
                mirrors = self.zeros + 1
            if isinstance(leaf.op, MoveOp):
                moved = mirrors if moved is None else moved + mirrors
            run = pair if run is None else compose(xp, run, pair)
        assert run is not None
        self.params[f"{at}.matrix"] = _stack(xp, run.inverse)
        if self.points:
            self.params[f"{at}.forward"] = _float_matrix(xp, run.forward, height, width)
            if moved is not None:
                self.params[f"{at}.mirrors"] = xp.bitand(moved, 1)
        if self.domain == "float" or self.points:
            a = run.inverse
            parts = ((a.xx, 1 << 24), (a.xy, 0), (a.x0, 0), (a.yx, 0), (a.yy, 1 << 24), (a.y0, 0))
            changed = None
            for part, neutral in parts:
                differs = part != neutral
                changed = differs if changed is None else xp.logical_or(changed, differs)
            self.params[f"{at}.changed"] = changed

    def _resample(self, stage: Resample, at: str, height: int, width: int) -> None:
        xp, op = self.xp, stage.leaf.op
        assert isinstance(op, ResampleOp)
        out_h, out_w = op.output_size(height, width)
        window = op.window(parameters_of(stage.leaf, self.draws), height, width, CropArithmetic(xp))
        if window is None:
            window = tuple(self.zeros + value for value in (0, 0, width, height))
        left, top, w, h = window
        flips: dict[str, Array | None] = {"horizontal": None, "vertical": None}
        for leaf in stage.mirrors:
            assert isinstance(leaf.op, MoveOp)
            assert leaf.op.mirrors is not None
            applied = self._applied(leaf)
            one = self.zeros + 1 if applied is None else xp.astype(applied, "int32")
            before = flips[leaf.op.mirrors]
            flips[leaf.op.mirrors] = one if before is None else before + one
        flipped_x, flipped_y = (
            None if flips[axis] is None else xp.bitand(flips[axis], 1) == 1 for axis in ("horizontal", "vertical")
        )
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
                self.params[f"{at}.{name}"], self.params[f"{at}.{name}_weights"] = first, weights
            if self.mask or not bilinear:
                self.params[f"{at}.{name}_nearest"] = nearest_index(xp, start, length, mirrored, size)
        if self.points:
            self.params[f"{at}.forward"] = _window_matrix(xp, (left, top, w, h), (flipped_x, flipped_y), out_h, out_w)
            total = None
            for flipped in (flipped_x, flipped_y):
                if flipped is not None:
                    one = xp.astype(flipped, "int32")
                    total = one if total is None else total + one
            if total is not None:
                self.params[f"{at}.mirrors"] = xp.bitand(total, 1)

    def _pixels(self, leaf: Leaf, at: str) -> None:
        xp, op = self.xp, leaf.op
        draw = parameters_of(leaf, self.draws)
        applied = self._applied(leaf)
        neutral = op.neutral()
        if neutral is not None and self.domain == "fixed" and applied is not None:
            # In the exact domain the neutral parameter changes nothing: cheaper than a selection of pixels.
            for name, mark in op.parameters():
                other = mark.quantity.quantise(neutral[name])
                draw[name] = xp.where(applied, draw[name], draw[name] * 0 + other)
            applied = None
        elif neutral is not None and self.domain == "float":
            for name, mark in op.parameters():
                differs = draw[name] != mark.quantity.quantise(neutral[name])
                applied = differs if applied is None else xp.logical_and(applied, differs)
        for name, array in draw.items():
            self.params[f"{at}.{name}"] = array
        if applied is not None:
            self.params[f"{at}.on"] = applied


def _stack(xp: Namespace, a: Affine) -> Array:
    return xp.stack([a.xx, a.xy, a.x0, a.yx, a.yy, a.y0], 1)


def _float_matrix(xp: Namespace, a: Affine, height: int, width: int) -> Array:
    """Return the forward map of continuous pixel coordinates, (B, 6) float32."""
    cx, cy = width / 2, height / 2
    xx, xy, yx, yy = (xp.astype(part, "float32") * 2.0**-24 for part in (a.xx, a.xy, a.yx, a.yy))
    x0, y0 = (xp.astype(part, "float32") * 2.0**-13 for part in (a.x0, a.y0))
    return xp.stack([xx, xy, x0 + (cx - xx * cx - xy * cy), yx, yy, y0 + (cy - yx * cx - yy * cy)], 1)


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
