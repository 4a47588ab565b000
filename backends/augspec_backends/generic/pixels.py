"""apply: run the stages of a plan over a batch, given what `prepare` made of the draws. No randomness is left here.

The state is a dict of arrays with the batch axis first:

* `image` (B, H, W, C): uint8 levels or int32 in 2⁻⁸ levels (exact domain), float32, or anything when all is moves;
* `mask` (B, H, W, C'): any dtype;
* `boxes` (B, N, 4) float32 corners in pixels, `boxes_visible` (B, N) float32 shares, `boxes_valid` (B, N);
* `keypoints` (B, K, 2) float32 pixels, `keypoints_visible` (B, K).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from augspec.language.policy import Targets
from augspec.namespace import Array, Namespace
from augspec.ops.base import MoveOp, NoiseOp, PointwiseOp
from augspec.plan.stages import Choose, Filter, Leaf, Move, Noise, Pointwise, Resample, Stage, Type, Warp
from augspec_backends.generic.filters import convolve, once
from augspec_backends.generic.noise import normal_field
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.points import clip_boxes, move_boxes, move_keypoints
from augspec_backends.generic.resample import resample_pixels
from augspec_backends.generic.warp import positions, sample_nearest, warp_pixels

__all__ = ["Pixels", "levels_out"]

State = dict[str, Array]


class _Later:
    """An image that a fusing compiler should compute where it is used, or, if asked, once.

    Without it, a statistic or a stencil after a warp would make the compiler warp again for every use.
    """

    def __init__(self, make: Callable[[], Array], shape: tuple[int, ...]) -> None:
        self.make, self.shape = make, shape


class Pixels:
    """Runs stages in one number system.

    Args:
        xp: the namespace.
        numbers: the number system, or None when the plan is nothing but exact moves.
        targets: settings of masks, boxes and keypoints.
    """

    def __init__(self, xp: Namespace, numbers: FixedNumbers | FloatNumbers | None, targets: Targets) -> None:
        self.xp, self.m, self.targets = xp, numbers, targets

    def run(self, stages: tuple[Stage, ...], state: State, params: Mapping[str, Array], prefix: str = "") -> State:
        """Return the state after the stages."""
        steps: dict[type, Callable[..., State]] = {
            Choose: self._choose,
            Warp: self._warp,
            Move: self._move,
            Resample: self._resample,
            Pointwise: self._pointwise,
            Noise: self._noise,
            Filter: self._filter,
            Type: self._type,
        }
        for position, stage in enumerate(stages):
            state = steps[type(stage)](stage, state, params, f"{prefix}{position}")
        return {**state, "image": self._now(state["image"])}

    def _later(self, make: Callable[[], Array], shape: tuple[int, ...], like: Array) -> Any:
        """Return an image to be computed where it is used, if the compiler fuses; else compute it now."""
        return _Later(make, shape) if self.xp.recomputes(like) else make()

    def _now(self, image: Any) -> Array:
        """Return an image as an array."""
        return image.make() if isinstance(image, _Later) else image

    def _once(self, image: Any, guard: Array) -> Array:
        """Return an image as an array that is computed once, however often it is read."""
        if isinstance(image, _Later):
            return once(self._numbers(), image.make, guard, image.shape[1:])
        if self.xp.dtype(image) == "uint8" or not self.xp.recomputes(image):
            return image
        return once(self._numbers(), lambda: image, guard, self.xp.shape(image)[1:])

    def _shape(self, image: Any) -> tuple[int, ...]:
        return image.shape if isinstance(image, _Later) else self.xp.shape(image)

    def _choose(self, stage: Choose, state: State, params: Mapping[str, Array], at: str) -> State:
        image = self._now(state["image"])
        if isinstance(self.m, FixedNumbers) and not _only_moves(stage):
            image = self._fixed(image)
        state = {**state, "image": image}
        inner = {name: array for name, array in params.items() if name.startswith(f"{at}.") and name != f"{at}.branch"}

        def branch(number: int, stages: tuple[Stage, ...]) -> Callable[..., State]:
            return lambda rows, some: self.run(stages, dict(rows), some, f"{at}.{number}.")

        branches = [branch(number, stages) for number, stages in enumerate(stage.branches)]
        return dict(self.xp.choose(params[f"{at}.branch"], branches, state, inner))

    def _fixed(self, image: Array) -> Array:
        """Return an exact-domain image as int32 in 2⁻⁸ levels."""
        xp = self.xp
        return xp.shl(xp.astype(image, "int32"), 8) if xp.dtype(image) == "uint8" else image

    def _numbers(self) -> FixedNumbers | FloatNumbers:
        assert self.m is not None
        return self.m

    def _warp(self, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        xp, m = self.xp, self._numbers()
        image = self._once(state["image"], params[f"{at}.matrix"])
        shape = xp.shape(image)
        _, height, width, channels = shape
        sx, sy = positions(xp, params[f"{at}.matrix"], height, width)
        fills = stage.fill if isinstance(stage.fill, tuple) else (stage.fill,) * channels
        fill = tuple(m.fill(value) for value in fills)

        def warped() -> Array:
            pixels = warp_pixels(m, image, sx, sy, stage.interpolation, stage.border, fill)
            if isinstance(m, FixedNumbers):
                return pixels
            return xp.where(_pixelwise(xp, params[f"{at}.changed"]), pixels, image)

        new = {"image": self._later(warped, shape, image)}
        if "mask" in state:
            mask = state["mask"]
            outside = xp.constant(np.array(self.targets.mask.fill), xp.dtype(mask))
            new["mask"] = sample_nearest(xp, mask, sx, sy, stage.border, outside)
        return {**state, **new, **self._points(state, params, at, height, width)}

    def _move(self, stage: Move, state: State, params: Mapping[str, Array], at: str) -> State:
        xp, op = self.xp, stage.leaf.op
        assert isinstance(op, MoveOp)
        state = {**state, "image": self._now(state["image"])}
        _, height, width, _ = xp.shape(state["image"])
        window = op.window(height, width)
        on = params.get(f"{at}.on")
        new: State = {}
        for name in ("image", "mask"):
            if name in state:
                old = state[name]
                if window is not None:
                    top, left, h, w = window
                    moved = old[:, top : top + h, left : left + w, :]
                else:
                    moved = xp.flip(old, 2 if op.mirrors == "horizontal" else 1)
                new[name] = moved if on is None else xp.where(_pixelwise(xp, on), moved, old)
        if window is not None:
            matrix = [1.0, 0.0, -float(window[1]), 0.0, 1.0, -float(window[0])]
            height, width = window[2:]
        elif op.mirrors == "horizontal":
            matrix = [-1.0, 0.0, float(width), 0.0, 1.0, 0.0]
        else:
            matrix = [1.0, 0.0, 0.0, 0.0, -1.0, float(height)]
        return {**state, **new, **self._static_points(state, matrix, on, op.mirrors is not None, height, width)}

    def _static_points(
        self, state: State, matrix: list[float], on: Array | None, mirrors: bool, height: int, width: int
    ) -> State:
        if not _has_points(state):
            return {}
        xp = self.xp
        row = xp.constant(np.array([matrix]), "float32")
        params: State = {"x.forward": row}
        if on is not None:
            params["x.changed"] = on
        if mirrors:
            params["x.mirrors"] = xp.constant([1]) if on is None else xp.astype(on, "int32")
        return self._points(state, params, "x", height, width)

    def _points(self, state: State, params: Mapping[str, Array], at: str, height: int, width: int) -> State:
        xp, new = self.xp, {}
        if "boxes" in state:
            hull = move_boxes(xp, state["boxes"], params[f"{at}.forward"])
            new["boxes"], share = clip_boxes(xp, hull, height, width)
            new["boxes_visible"] = state["boxes_visible"] * share
        if "keypoints" in state:
            new.update(move_keypoints(xp, state, params[f"{at}.forward"], height, width))
            if f"{at}.mirrors" in params:
                new.update(self._swap(new, params[f"{at}.mirrors"] == 1))
        changed = params.get(f"{at}.changed")
        if changed is None:
            return new
        rank = {name: (-1,) + (1,) * (len(xp.shape(array)) - 1) for name, array in new.items()}
        return {name: xp.where(xp.reshape(changed, rank[name]), array, state[name]) for name, array in new.items()}

    def _swap(self, state: State, mirrored: Array) -> State:
        """Exchange the pairs of keypoints of mirrored samples (T4)."""
        xp, pairs = self.xp, self.targets.keypoints.swap_pairs
        if not pairs:
            return {}
        points, visible = state["keypoints"], state["keypoints_visible"]
        order = np.arange(xp.shape(points)[1])
        for a, b in pairs:
            order[[a, b]] = order[[b, a]]
        return {
            "keypoints": xp.where(xp.reshape(mirrored, (-1, 1, 1)), xp.select_axis(points, order, 1), points),
            "keypoints_visible": xp.where(xp.reshape(mirrored, (-1, 1)), xp.select_axis(visible, order, 1), visible),
        }

    def _resample(self, stage: Resample, state: State, params: Mapping[str, Array], at: str) -> State:
        xp, m = self.xp, self._numbers()
        name = "columns" if f"{at}.columns" in params else "columns_nearest"
        image = self._once(state["image"], params[f"{at}.{name}"])
        if name == "columns":
            columns = params[f"{at}.columns"], params[f"{at}.columns_weights"]
            rows = params[f"{at}.rows"], params[f"{at}.rows_weights"]
            new = {"image": resample_pixels(m, image, columns, rows)}
        else:
            new = {"image": self._nearest(image, params, at)}
        _, height, width, _ = xp.shape(new["image"])
        if "mask" in state:
            new["mask"] = self._nearest(state["mask"], params, at)
        return {**state, **new, **self._points(state, params, at, height, width)}

    def _nearest(self, x: Array, params: Mapping[str, Array], at: str) -> Array:
        wide = self.xp.gather_axis(x, params[f"{at}.columns_nearest"], 2)
        return self.xp.gather_axis(wide, params[f"{at}.rows_nearest"], 1)

    def _pointwise(self, stage: Pointwise, state: State, params: Mapping[str, Array], at: str) -> State:
        image = state["image"]
        for number, leaf in enumerate(stage.members):
            image = self._pixel_op(leaf, image, params, f"{at}.{number}")
        return {**state, "image": image}

    def _pixel_op(self, leaf: Leaf, image: Any, params: Mapping[str, Array], at: str) -> Any:
        op, m = leaf.op, self._numbers()
        assert isinstance(op, PointwiseOp)
        if op.statistic:
            name, _ = next(op.parameters())
            image = self._once(image, params[f"{at}.{name}"])

        def new() -> Array:
            old = self._working(self._now(image))
            return self._where_on(params, at, op.pixels(old, self._draw(leaf, params, at), m), old)

        return _Later(new, image.shape) if isinstance(image, _Later) else self._later(new, self.xp.shape(image), image)

    def _working(self, image: Array) -> Array:
        return self._fixed(image) if isinstance(self.m, FixedNumbers) else image

    def _noise(self, stage: Noise, state: State, params: Mapping[str, Array], at: str) -> State:
        xp, op = self.xp, stage.leaf.op
        assert isinstance(op, NoiseOp)
        image = self._working(self._now(state["image"]))
        _, height, width, channels = xp.shape(image)
        field = normal_field(
            xp,
            params[f"{at}.key"],
            height,
            width,
            channels if op.per_channel else 1,  # type: ignore[attr-defined]
        )
        new = op.pixels(image, self._draw(stage.leaf, params, at), self._numbers(), field)
        return {**state, "image": self._where_on(params, at, new, image)}

    def _filter(self, stage: Filter, state: State, params: Mapping[str, Array], at: str) -> State:
        weights = params[f"{at}.weights"]
        image = self._working(self._once(state["image"], weights))
        return {**state, "image": convolve(self._numbers(), image, weights)}

    def _draw(self, leaf: Leaf, params: Mapping[str, Array], at: str) -> dict[str, Array]:
        xp = self.xp
        return {name: xp.reshape(params[f"{at}.{name}"], (-1, 1, 1, 1)) for name, _, _, _ in leaf.op.draws()}

    def _where_on(self, params: Mapping[str, Array], at: str, new: Array, old: Array) -> Array:
        on = params.get(f"{at}.on")
        return new if on is None else self.xp.where(_pixelwise(self.xp, on), new, old)

    def _type(self, stage: Type, state: State, params: Mapping[str, Array], at: str) -> State:
        """`normalize`: a table of float32 values for levels, arithmetic for floats (E6)."""
        xp, op, image = self.xp, stage.leaf.op, self._now(state["image"])
        channels = xp.shape(image)[-1]
        mean = np.broadcast_to(np.array(op.mean), (channels,))  # type: ignore[attr-defined]
        std = np.broadcast_to(np.array(op.std), (channels,))  # type: ignore[attr-defined]
        if isinstance(self.m, FloatNumbers):
            scale, shift = 1 / (std * self.m.span), -(mean + self.m.low / self.m.span) / std
            return {**state, "image": image * xp.constant(scale, self.m.dtype) + xp.constant(shift, self.m.dtype)}
        levels = np.arange(256)[:, None] / 255
        table = ((levels - mean) / std).astype(np.float32)
        index = xp.astype(levels_out(xp, image), "int32") * channels + xp.arange(channels)
        return {**state, "image": xp.take(xp.constant(table.reshape(-1), "float32"), index)}


def levels_out(xp: Namespace, image: Array) -> Array:
    """Return an exact-domain image as uint8: (v + 128) >> 8, once, at the end (E1)."""
    return image if xp.dtype(image) == "uint8" else xp.astype(xp.shr(image + 128, 8), "uint8")


def _pixelwise(xp: Namespace, flags: Array) -> Array:
    return xp.reshape(flags, (-1, 1, 1, 1))


def _only_moves(stage: Choose) -> bool:
    return all(isinstance(inner, Move) for branch in stage.branches for inner in branch)


def _has_points(state: Mapping[str, Array]) -> bool:
    return "boxes" in state or "keypoints" in state
