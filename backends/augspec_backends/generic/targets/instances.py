"""Masks of instances, one for each box, and the boxes that follow from them (T8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from augspec.errors import SampleError
from augspec.formats import MASKS
from augspec.language.policy import Targets
from augspec.namespace import Array
from augspec_backends.generic.options import Options
from augspec_backends.generic.signature import Leaf, Signature
from augspec_backends.generic.targets.masks import Mask
from augspec_backends.generic.targets.target import Passage, Shape, State

__all__ = ["InstanceMasks", "tightened"]

_STATE = "mask:instance_masks"


@dataclass(frozen=True)
class InstanceMasks(Mask):
    """Masks (N, H, W), N first in every layout; in the state they are the channels of one mask."""

    name: str = "instance_masks"
    words: tuple[str, ...] = ()
    barred: tuple[str, ...] = ("mask", "boxes")
    setting: str = "targets.instance_masks"
    layouts: ClassVar[bool] = False

    def check(self, shape: Shape, dtype: str, sig: Signature, options: Options, settings: Targets) -> None:
        lead, size = sig.lead, (sig.height, sig.width)
        if len(shape) != len(lead) + 3 or shape[: len(lead)] != lead or shape[-2:] != size:
            wanted = (*("?" if side is None else str(side) for side in lead), "N", *map(str, size))
            raise SampleError(self.name, f"one mask for each box, shape ({', '.join(wanted)})", f"shape {shape}")
        if shape[-3] is None:
            raise SampleError(self.name, f"a static number of {self.name} (pad them)", f"shape {shape}")
        if dtype not in MASKS:
            raise SampleError(self.name, f"a dtype of {', '.join(MASKS)}", f"dtype {dtype}")
        self.check_fill(dtype)

    def check_beside(self, arrays: Mapping[str, tuple[Shape, str]]) -> None:
        count, boxes = arrays[self.name][0][-3], arrays.get("boxes")
        if boxes is not None and boxes[0][-2] != count:
            raise SampleError(self.name, f"{boxes[0][-2]} masks, one for each of boxes", f"{count} of them")

    def enter(self, go: Passage, arrays: Mapping[str, Array]) -> State:
        return {self.state: go.xp.transpose(go.rows(arrays[self.name]), (0, 2, 3, 1))}

    def leave(self, go: Passage, state: State, start: State, arrays: Mapping[str, Array]) -> dict[str, Array]:
        return {self.name: go.lead(go.xp.transpose(state[self.state], (0, 3, 1, 2)))}

    def spec(self, shape: Shape, dtype: str, sig: Signature, options: Options, runner: Any) -> dict[str, Leaf]:
        rows = None if runner.compacts else shape[-3] * runner.rows
        return {self.name: Leaf((*sig.lead, rows, *runner.size), dtype)}

    def channels(self, sig: Signature) -> bool:
        return False


def tightened(go: Passage, boxes: Array, state: State, start: State) -> Array:
    """Return boxes (B, N, 4), each the smallest that holds the pixels of its mask that are not 0.

    A mask without such pixels has a box without area. Where neither mask nor box moved, the box stays (C11).
    """
    xp = go.xp
    mask, before = state.get(_STATE), start.get(_STATE)
    if mask is None or mask is before or not go.settings.instance_masks.tight_boxes or 0 in xp.shape(mask)[1:]:
        return boxes
    seen = xp.astype(_apart(go, mask), "int32")
    sides = []
    for axis in (1, 2):  # what is left of columns is seen along rows, and the other way round
        some = xp.max(seen, axis) == 1  # (B, W or H, N)
        length = xp.shape(some)[1]
        place = xp.reshape(xp.arange(length), (1, -1, 1))
        first = xp.min(xp.where(some, place, place * 0 + length), 1)
        last = xp.max(xp.where(some, place + 1, place * 0), 1)
        sides.append((xp.minimum(first, last), last))
    (x1, x2), (y1, y2) = sides
    tight = xp.astype(xp.stack([x1, y1, x2, y2], -1), "float32")
    if xp.shape(mask)[1:3] != xp.shape(before)[1:3]:
        return tight
    count = xp.shape(before)[3]  # what came from other samples follows a sample's own
    mask, boxes, others = mask[..., :count], boxes[:, :count, :], tight[:, count:, :]
    tight = tight[:, :count, :]
    moved = xp.max(xp.astype(_differs(go, mask, before), "int32"), (1, 2)) == 1
    for i in range(4):
        moved = xp.logical_or(moved, boxes[..., i] != start["boxes"][..., i])
    own = xp.where(moved[..., None], tight, boxes)
    return own if xp.shape(others)[1] == 0 else xp.concat([own, others], 1)


def _apart(go: Passage, mask: Array) -> Array:
    """Return which pixels belong to an instance, (B, H, W, N) bool."""
    return mask if go.xp.dtype(mask) == "bool" else mask != 0


def _differs(go: Passage, a: Array, b: Array) -> Array:
    return go.xp.astype(a, "int32") != go.xp.astype(b, "int32") if go.xp.dtype(a) == "bool" else a != b
