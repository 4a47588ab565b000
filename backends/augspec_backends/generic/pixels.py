"""apply: run the stages of a plan over a batch, given what `prepare` made of the draws. No randomness is left here.

The state is a dict of arrays with the batch axis first:

* `image` (B, H, W, C): uint8 levels or int32 in 2⁻⁸ levels (exact domain), float32, or anything when all is moves;
* `mask` (B, H, W, C'), and `mask:<name>` for each named one, and those of instances: any dtype;
* `boxes` (B, N, 4) float32 corners in pixels, `boxes_visible` (B, N) float32 shares, `boxes_valid` (B, N);
* `places` (B, N, 10) of boxes with an angle, of which `boxes` are the hulls, and `places_seen` (B, N);
* `keypoints` (B, K, 2) float32 pixels, `keypoints_visible` (B, K).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import numpy as np

from augspec.language.policy import Targets
from augspec.namespace import Array, Namespace
from augspec.plan.stages import Stage
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.points import MovePoints, by_matrix, clip_boxes, move_boxes, move_keypoints
from augspec_backends.generic.rotated import move_places, on_canvas
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.step import State
from augspec_backends.generic.targets import targets_of
from augspec_backends.generic.targets.masks import Mask

__all__ = ["Pixels", "State"]


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
        value_range: what float images mean (C1).
        steps: how each kind of stage is applied.
        end: the last stage, after which exact images become levels; None if that is not known.
    """

    def __init__(
        self,
        xp: Namespace,
        numbers: FixedNumbers | FloatNumbers | None,
        targets: Targets,
        *,
        value_range: tuple[float, float] = (0.0, 1.0),
        steps: Steps = STEPS,
        end: Stage | None = None,
    ) -> None:
        self.xp, self.m, self.targets, self.steps = xp, numbers, targets, steps
        self.value_range, self.end = value_range, end
        self.fills = {one.state: one.fill for one in targets_of(targets) if isinstance(one, Mask)}

    def __repr__(self) -> str:
        """Return what it does, whatever the arrays."""
        numbers = self.m and {name: value for name, value in sorted(vars(self.m).items()) if name != "xp"}
        steps = sorted(f"{type(step).__module__}.{type(step).__qualname__}" for step in self.steps.values())
        return f"Pixels({type(self.m).__name__}, {numbers}, {self.targets!r}, {self.value_range}, {steps})"

    def under(self, xp: Namespace) -> Pixels:
        """Return the same under another namespace."""
        new = copy(self)
        new.xp = xp
        if self.m is not None:
            new.m = copy(self.m)
            new.m.xp = xp
        return new

    def run(self, stages: tuple[Stage, ...], state: State, params: Mapping[str, Array], prefix: str = "") -> State:
        """Return the state after the stages."""
        for position, stage in enumerate(stages):
            state = self.steps[type(stage)].apply(self, stage, state, params, f"{prefix}{position}")
        return {**state, "image": self.now(state["image"])}

    def later(self, make: Callable[[], Array], shape: tuple[int, ...], like: Any) -> Any:
        """Return an image to be computed where it is used, if the compiler fuses; else compute it now."""
        return _Later(make, shape) if self.waits(like) else make()

    def waits(self, image: Any) -> bool:
        """Return whether what is made of an image is computed where it is used."""
        return isinstance(image, _Later) or self.xp.recomputes(image)

    def now(self, image: Any) -> Array:
        """Return an image as an array."""
        return image.make() if isinstance(image, _Later) else image

    def once(self, image: Any, guard: Array) -> Array:
        """Return an image as an array that is computed once, however often it is read."""
        if isinstance(image, _Later):
            return self.numbers().once(image.make, guard, image.shape[1:])
        if self.xp.dtype(image) == "uint8" or not self.xp.recomputes(image):
            return image
        return self.numbers().once(lambda: image, guard, self.xp.shape(image)[1:])

    def shape(self, image: Any) -> tuple[int, ...]:
        """Return an image's shape without computing it."""
        return image.shape if isinstance(image, _Later) else self.xp.shape(image)

    def fixed(self, image: Array) -> Array:
        """Return an exact-domain image as int32 in 2⁻⁸ levels."""
        xp = self.xp
        return xp.shl(xp.astype(image, "int32"), 8) if xp.dtype(image) == "uint8" else image

    def numbers(self) -> FixedNumbers | FloatNumbers:
        """Return the number system."""
        assert self.m is not None
        return self.m

    def working(self, image: Array) -> Array:
        """Return an image in the numbers in which it is computed."""
        return self.fixed(image) if isinstance(self.m, FixedNumbers) else image

    def filled(self, image: Array, fill: float | tuple[float, ...]) -> tuple[Array, Array]:
        """Return an image in numbers that hold a fill of the unit range, and the fill in these, (1,) or (C,)."""
        xp, values = self.xp, fill if isinstance(fill, tuple) else (fill,)
        dtype = xp.dtype(image)
        if isinstance(self.m, FixedNumbers):
            steps = [self.m.fill(value) for value in values]
            if dtype == "uint8" and all(step % 256 == 0 for step in steps):
                return image, xp.constant(np.array(steps) >> 8, dtype)
            return self.fixed(image), xp.constant(np.array(steps))
        if dtype == "uint8":  # what the exact domain gives at its end (E1)
            return image, xp.constant((np.floor(np.array(values) * 65280 + 0.5).astype(int) + 128) >> 8, dtype)
        if self.m is not None:
            return image, xp.constant(np.array([self.m.fill(value) for value in values]), dtype)
        if dtype == "uint16":
            return image, xp.constant(np.floor(np.array(values) * 65535 + 0.5), dtype)
        low, high = self.value_range
        wide = xp.constant(np.array([low + value * (high - low) for value in values]), "float32")
        return image, xp.astype(wide, dtype)

    def masks(self, state: State) -> tuple[str, ...]:
        """Return the names of the state's masks."""
        return tuple(name for name in state if name.partition(":")[0] == "mask")

    def outside(self, state: State, name: str) -> Array:
        """Return what a mask of the state shows outside, (1,) in its dtype."""
        return self.xp.constant(np.array([self.fills[name]]), self.xp.dtype(state[name]))

    def pixelwise(self, flags: Array) -> Array:
        """Return (B,) flags so that they broadcast against images."""
        return self.xp.reshape(flags, (-1, 1, 1, 1))

    def where_on(self, params: Mapping[str, Array], at: str, new: Array, old: Array) -> Array:
        """Return the new pixels of samples that apply the op at a place, the old ones of others."""
        on = params.get(f"{at}.on")
        return new if on is None else self.xp.where(self.pixelwise(on), new, old)

    def points(self, state: State, params: Mapping[str, Array], at: str, height: int, width: int) -> State:
        """Return boxes and keypoints moved by the forward matrices onto a canvas of a size."""
        if "boxes" not in state and "keypoints" not in state:
            return {}
        move, mirrors = by_matrix(self.xp, params[f"{at}.forward"]), params.get(f"{at}.mirrors")
        return self.moved(state, move, height, width, changed=params.get(f"{at}.changed"), mirrors=mirrors)

    def moved(
        self,
        state: State,
        move: MovePoints,
        height: int,
        width: int,
        *,
        changed: Array | None = None,
        mirrors: Array | None = None,
        between: int = 0,
    ) -> State:
        """Return boxes and keypoints moved onto a canvas of a size.

        Args:
            state: the state before.
            move: where points go.
            height: of the canvas after.
            width: of the canvas after.
            changed: (B,) which samples are moved; None for all.
            mirrors: (B,) 1 where a sample is mirrored; None where none is.
            between: how many points of each side of a box its hull takes in, besides the corners.
        """
        xp, new = self.xp, {}
        if "boxes" in state:
            hull = move_boxes(xp, state["boxes"], move, between)
            new["boxes"], share = clip_boxes(xp, hull, height, width)
            new["boxes_visible"] = state["boxes_visible"] * share
        if "places" in state:
            new["places"] = move_places(xp, state["places"], move)
            new["places_seen"] = xp.logical_and(state["places_seen"], on_canvas(xp, new["places"], height, width))
        if "keypoints" in state:
            new.update(move_keypoints(xp, state, move, height, width))
            if mirrors is not None:
                new.update(self.swap(new, mirrors == 1))
        if changed is None:
            return new
        rank = {name: (-1,) + (1,) * (len(xp.shape(array)) - 1) for name, array in new.items()}
        return {name: xp.where(xp.reshape(changed, rank[name]), array, state[name]) for name, array in new.items()}

    def swap(self, state: State, mirrored: Array) -> State:
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
