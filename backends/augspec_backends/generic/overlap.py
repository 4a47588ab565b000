"""Boxes on a grid of integers, and crops that are chosen by how much of some box they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec.random.maps import share
from augspec_backends.generic.plane import multiply
from augspec_backends.generic.resample import first_of

__all__ = ["OverlapArithmetic", "box_bits", "seen"]


def box_bits(height: int, width: int) -> int:
    """Return b such that a side has at most 2¹³ steps of 2⁻ᵇ pixel: areas stay within 2²⁶."""
    return max(0, 13 - (max(height, width) - 1).bit_length())


def seen(xp: Namespace, state: Mapping[str, Array], height: int, width: int) -> dict[str, Array]:
    """Return the boxes of a state as an op sees them: `boxes` (B, N, 4) int32, `boxes_seen` (B, N) bool.

    Corners are clipped to the canvas and rounded half-up to the grid of `box_bits`, so that what is decided about them
    is decided in integers. Not seen is what has left the canvas, was not valid when given, or has no area.
    """
    scale = float(1 << box_bits(height, width))
    parts = []
    for i, side in ((0, width), (1, height), (2, width), (3, height)):
        clipped = xp.clip(state["boxes"][..., i], 0.0, float(side))
        parts.append(xp.astype(xp.floor(clipped * scale + 0.5), "int32"))
    x1, y1, x2, y2 = parts
    there = xp.logical_and(xp.logical_and(x2 > x1, y2 > y1), state["boxes_visible"] > 0)
    if "boxes_valid" in state:
        there = xp.logical_and(there, state["boxes_valid"])
    return {"boxes": xp.stack(parts, -1), "boxes_seen": there}


@dataclass(frozen=True)
class OverlapArithmetic:
    """The integer arithmetic of crops that look at boxes."""

    xp: Namespace

    def overlap_window(
        self, draw: Mapping[str, Array], height: int, width: int, ratio: tuple[float, float]
    ) -> tuple[Array, Array, Array, Array]:
        """Return (left, top, width, height) of the first candidate that meets the minimum, else of the whole image.

        A candidate meets it if its sides are within the ratio range and some box that is seen has its centre inside
        and a ratio of intersection and union of at least the minimum; none does if the minimum is 1.

        Args:
            draw: `width`, `height`, `left`, `top`, (B, K) in 2⁻²⁴; `min_iou` (B,) in 2⁻²⁴; `boxes` and `boxes_seen`.
            height: H, static.
            width: W, static.
            ratio: the smallest and the largest w / h.
        """
        xp = self.xp
        w, h = self._part(draw["width"], width), self._part(draw["height"], height)
        left, top = share(xp, draw["left"], width + 1 - w), share(xp, draw["top"], height + 1 - h)
        low, high = (int(bound * 4096 + 0.5) for bound in ratio)
        fits = xp.logical_and(w * 4096 >= h * low, w * 4096 <= h * high)
        fits = xp.logical_and(fits, xp.reshape(draw["min_iou"], (-1, 1)) < 1 << 24)
        fits = xp.logical_and(fits, self._meets(draw, left, top, w, h, box_bits(height, width)))
        first, found = first_of(xp, fits)
        whole = ((left, 0), (top, 0), (w, width), (h, height))
        x, y, wide, high_ = (xp.where(found, xp.sum(xp.where(first, part, 0), 1), rest) for part, rest in whole)
        return x, y, wide, high_

    def _part(self, q: Array, side: int) -> Array:
        """Return q · side / 2²⁴ rounded half-up, at least 1."""
        xp = self.xp
        return xp.maximum(xp.shr(xp.shr(q, 12) * side + xp.shr(xp.bitand(q, 4095) * side, 12) + 2048, 12), 1)

    def _meets(self, draw: Mapping[str, Array], left: Array, top: Array, w: Array, h: Array, bits: int) -> Array:
        """Return whether each candidate meets the minimum with some box, (B, K) bool.

        Areas are within 2²⁶ steps², their union within 2²⁷, and its product with the minimum is made by 12-bit halves.
        """
        xp, boxes = self.xp, draw["boxes"]
        x1, y1, x2, y2 = (boxes[:, None, :, i] for i in range(4))
        near_x, near_y = (xp.shl(part, bits)[..., None] for part in (left, top))
        far_x, far_y = (xp.shl(part, bits)[..., None] for part in (left + w, top + h))
        across = xp.maximum(xp.minimum(x2, far_x) - xp.maximum(x1, near_x), 0)
        down = xp.maximum(xp.minimum(y2, far_y) - xp.maximum(y1, near_y), 0)
        common = across * down
        union = (x2 - x1) * (y2 - y1) + (far_x - near_x) * (far_y - near_y) - common
        enough = common >= multiply(xp, union, xp.reshape(draw["min_iou"], (-1, 1, 1)))
        inside = xp.logical_and(
            xp.logical_and(x1 + x2 > 2 * near_x, x1 + x2 < 2 * far_x),
            xp.logical_and(y1 + y2 > 2 * near_y, y1 + y2 < 2 * far_y),
        )
        some = xp.logical_and(xp.logical_and(enough, inside), draw["boxes_seen"][:, None, :])
        return xp.sum(xp.astype(some, "int32"), 2) > 0
