"""Boxes: the hull of moved corners, clipped, and valid as long as enough of it is seen (T3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from augspec.errors import SampleError
from augspec.formats import ROTATED
from augspec.language.policy import Targets
from augspec.namespace import Array
from augspec_backends.generic.options import Options
from augspec_backends.generic.points import from_xyxy, to_xyxy
from augspec_backends.generic.rotated import on_canvas, places_of, rectangle_of, upright
from augspec_backends.generic.signature import Leaf, Signature
from augspec_backends.generic.targets.instances import tightened
from augspec_backends.generic.targets.rows import Rows, as_given
from augspec_backends.generic.targets.target import Passage, Shape, State

__all__ = ["Boxes"]


@dataclass(frozen=True)
class Boxes(Rows):
    """Boxes (N, 4) of a declared format, or (N, 5) of one with an angle (T9).

    What has an angle is five places on its way; beside it goes its upright hull, as a box that other ops see and that
    says which share is left.
    """

    name: str = "boxes"
    flag: str = "boxes_valid"
    words: tuple[str, ...] = ("boxes",)
    barred: tuple[str, ...] = ("boxes",)

    def columns(self, options: Options) -> int:
        return 5 if options.box_format in ROTATED else 4

    def check_values(self, values: np.ndarray, options: Options, settings: Targets) -> None:
        super().check_values(values, options, settings)
        array = np.asarray(values, dtype=np.float64)
        if options.box_format in ("xyxy", "yxyx"):
            wrong = (array[..., 2] < array[..., 0]) | (array[..., 3] < array[..., 1])
        else:
            wrong = (array[..., 2] < 0) | (array[..., 3] < 0)
        if wrong.any():
            where = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise SampleError(
                self.name,
                f"{options.box_format} boxes whose sides are not negative",
                f"{array[where].tolist()} at {where}",
            )

    def enter(self, go: Passage, arrays: Mapping[str, Array]) -> State:
        xp, sig = go.xp, go.signature
        boxes = xp.astype(go.rows(arrays[self.name]), "float32")
        state = {}
        if go.options.box_format in ROTATED:
            state["places"] = places_of(xp, boxes)
            state["places_seen"] = on_canvas(xp, state["places"], sig.height, sig.width)
            boxes = upright(xp, state["places"])
        else:
            boxes = to_xyxy(xp, boxes, go.options.box_format, _scale(go.options, sig.height, sig.width))
        state |= {"boxes": boxes, "boxes_visible": boxes[..., 0] * 0 + 1}
        if sig.has(self.flag):
            state["boxes_valid"] = go.rows(arrays[self.flag])
        return state

    def leave(self, go: Passage, state: State, start: State, arrays: Mapping[str, Array]) -> dict[str, Array]:
        xp, sig, rule = go.xp, go.signature, go.settings.boxes
        boxes, share = tightened(go, state["boxes"], state, start), state["boxes_visible"]
        turned = rectangle_of(xp, state["places"]) if "places" in state else None
        left, top, right, bottom = xp.unstack(boxes)
        area = (right - left) * (bottom - top)
        area = area if turned is None else turned[..., 2] * turned[..., 3]
        valid = xp.logical_and(xp.logical_and(area > 0, share > 0), area >= rule.min_area)
        valid = xp.logical_and(valid, share >= rule.min_visibility)
        if sig.has(self.flag):
            valid = xp.logical_and(valid, state["boxes_valid"])
        if turned is not None:
            valid = xp.logical_and(valid, state["places_seen"])
            new = xp.astype(turned, sig.dtype_of(self.name))
            new = as_given(go, new, state["places"], start["places"], arrays[self.name])
            return {self.name: go.lead(new), self.flag: go.lead(valid)}
        before, after = _scale(go.options, sig.height, sig.width), _scale(go.options, *go.size)
        new = xp.astype(from_xyxy(xp, boxes, go.options.box_format, after), sig.dtype_of(self.name))
        if before == after:
            new = as_given(go, new, boxes, start["boxes"], arrays[self.name])
        return {self.name: go.lead(new), self.flag: go.lead(valid)}

    def spec(self, shape: Shape, dtype: str, sig: Signature, options: Options, runner: Any) -> dict[str, Leaf]:
        # A compacted sample has as many boxes as stay valid.
        rows = None if runner.compacts else shape[-2] * runner.rows
        return {
            self.name: Leaf((*shape[:-2], rows, shape[-1]), dtype),
            self.flag: Leaf((*shape[:-2], rows), "bool"),
        }


def _scale(options: Options, height: int, width: int) -> tuple[float, float] | None:
    return (float(width), float(height)) if options.box_units == "normalized" else None
