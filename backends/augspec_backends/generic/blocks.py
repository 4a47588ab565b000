"""Images that were small in between: which pixels each pixel reads, along one axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

from augspec.namespace import Array, Namespace

__all__ = ["BlockArithmetic"]


@dataclass(frozen=True)
class BlockArithmetic:
    """The integer arithmetic of blocks."""

    xp: Namespace

    def shrunk(self, factor: Array, side: int) -> Array:
        """Return factor · side / 2²⁴ in whole pixels, rounded half-up, at least 1: (B,), for factors up to 1."""
        xp = self.xp
        part = xp.shr(factor, 12) * side + xp.shr(xp.bitand(factor, 4095) * side, 12)
        return xp.maximum(xp.shr(part + 2048, 12), 1)

    def blocks(self, small: Array, side: int, least: float, *, area: bool) -> tuple[Array, Array]:
        """Return first pixels (B, side) and weights (B, side, T) that sum to 2¹⁵, of a side shrunk and enlarged again.

        Pixel j shows pixel k = ⌊(j + ½)·n / side⌋ of n. That covers [k·side / n, (k + 1)·side / n), in units of 1/n
        pixel a stretch of `side`, of which pixel i holds what lies in [i·n, (i + 1)·n); weights are these shares in
        2⁻¹⁵, rounded half-up, the rest in the pixel under its centre. Without `area`, that one has all.

        Bounds (E2): n and the side are at most 2¹³, places at most 2²⁷, and a share times 2¹⁵ below 2²⁹.

        Args:
            small: n, (B,), 1 … side.
            side: pixels of the axis, static.
            least: smallest n / side that can be drawn, before rounding.
            area: whether all pixels that k covers count.
        """
        xp = self.xp
        n = xp.reshape(small, (-1, 1))
        j = xp.reshape(xp.arange(side), (1, side))
        k = xp.floordiv((2 * j + 1) * n, 2 * side)
        middle = xp.floordiv((2 * k + 1) * side, 2 * n)
        if not area:
            return middle, xp.reshape(middle * 0 + 32768, (-1, side, 1))
        fewest = max(1, math.floor(least * side + 0.499))  # a draw may be half a step below
        taps = min(side, math.ceil(side / fewest) + 1)
        first = xp.floordiv(k * side, n)
        i = first[..., None] + xp.reshape(xp.arange(taps), (1, 1, taps))
        start, n = (k * side)[..., None], n[..., None]
        held = xp.minimum((i + 1) * n, start + side) - xp.maximum(i * n, start)
        weights = xp.floordiv(xp.shl(xp.maximum(held, 0), 15) + (side >> 1), side)
        rest = 32768 - xp.sum(weights, 2)
        return first, weights + xp.where(i == middle[..., None], rest[..., None], 0)
