"""The convex hull of a few points as half planes with soft edges, in integers."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.plane import multiply

__all__ = ["HullArithmetic"]


@dataclass(frozen=True)
class HullArithmetic:
    """The integer arithmetic of hulls."""

    xp: Namespace

    def hull(self, draw: Mapping[str, Array], height: int, width: int) -> dict[str, Array]:
        """Return the lines through all pairs of n points: E = right·x + down·y + offset, in half pixels times a length.

        x and y are 2j + 1 − W and 2i + 1 − H. E is positive inside the hull and at most `half` in magnitude within half
        of the soft edge. (E + half) >> `shift`, times `inverse`, in 2⁻²⁹, goes from 0 to 1 over the edge. A line that
        is no side of the hull has E = `half` everywhere. `some` is 0 where all points lie on one line, else 1.

        Bounds (E2), for sides up to 2¹³: points lie in whole pixels, up to 3·2¹² from the centre, so that differences
        are at most 2¹⁴ and cross products 2²⁹. A side's direction is doubled until its larger entry is from 2¹³ to 2¹⁴;
        E is below 2¹⁴ · (2¹³ + 3·2¹³) · 2 = 2³⁰, half below √2·2¹⁴ · 2¹³.

        Args:
            draw: `left` and `top` (B,) of the rectangle's centre and `x` and `y` (B, n) of the points within it, in
                2⁻²⁴; `size` (B,) in 2⁻¹⁶ of the image's sides, at most 2; `softness` (B,) in 2⁻²⁴ of the shorter side.
            height: H, static.
            width: W, static.
        """
        xp = self.xp
        x, y = (
            self._corners(draw[centre], draw["size"], draw[name], side)
            for centre, name, side in (("left", "x", width), ("top", "y", height))
        )
        n = xp.shape(x)[1]
        pairs = list(itertools.combinations(range(n), 2))
        i, j = (np.array(one) for one in zip(*pairs, strict=True))
        across, along = (xp.select_axis(one, j, 1) - xp.select_axis(one, i, 1) for one in (x, y))
        beside = [
            across * (y[:, k : k + 1] - xp.select_axis(y, i, 1)) - along * (x[:, k : k + 1] - xp.select_axis(x, i, 1))
            for k in range(n)
        ]  # 0 for the pair's own points
        least, most = xp.min(xp.stack(beside, 2), 2), xp.max(xp.stack(beside, 2), 2)
        inward = xp.where(least < 0, -1, least * 0 + 1)
        side = xp.logical_and(xp.logical_or(least >= 0, most <= 0), xp.maximum(xp.abs(across), xp.abs(along)) > 0)
        across, along, length = self._direction(across * inward, along * inward)
        soft = self._softness(draw["softness"], min(height, width))
        half = xp.where(side, xp.shr(length * xp.shr(soft, 12) + xp.shr(length * xp.bitand(soft, 4095), 12), 1), 8192)
        shift = self._excess(half * 2)
        share = xp.shr(half * 2, shift)
        offset = along * (xp.select_axis(x, i, 1) * 2 - width) - across * (xp.select_axis(y, i, 1) * 2 - height)
        return {
            "right": xp.where(side, -along, 0),
            "down": xp.where(side, across, 0),
            "offset": xp.where(side, offset, half),
            "half": half,
            "shift": shift,
            "inverse": xp.floordiv((1 << 29) - 1 + share, share),
            "some": xp.astype(xp.max(most - least, 1) > 0, "int32"),
        }

    def _corners(self, centre: Array, size: Array, part: Array, side: int) -> Array:
        """Return coordinates centre + size·(part − ½) of the side in whole pixels, rounded half-up, (B, n)."""
        xp = self.xp
        wide = xp.reshape(xp.shl(size, 8), (-1, 1))
        place = xp.reshape(centre, (-1, 1)) + multiply(xp, wide, part - (1 << 23))
        return xp.shr(xp.shr(place, 12) * side + xp.shr(xp.bitand(place, 4095) * side, 12) + 2048, 12)

    def _direction(self, across: Array, along: Array) -> tuple[Array, Array, Array]:
        """Return a direction, doubled until its larger entry is from 2¹³ to 2¹⁴, and its length, rounded down."""
        xp = self.xp
        for bits in (8, 4, 2, 1):
            small = xp.maximum(xp.abs(across), xp.abs(along)) < (1 << (14 - bits))
            across, along = (xp.where(small, one * (1 << bits), one) for one in (across, along))
        square = across * across + along * along
        length = square * 0
        for bit in range(14, -1, -1):
            more = length + (1 << bit)
            length = xp.where(more * more <= square, more, length)
        return across, along, length

    def _softness(self, softness: Array, side: int) -> Array:
        """Return the width of a soft edge in 2⁻¹² half pixels, at least one pixel, (B, 1)."""
        xp = self.xp
        soft = xp.shr(softness, 12) * (2 * side) + xp.shr(xp.bitand(softness, 4095) * (2 * side) + 2048, 12)
        return xp.reshape(xp.maximum(soft, 2 * 4096), (-1, 1))

    def _excess(self, number: Array) -> Array:
        """Return by how many bits a number from 2¹⁴ on is longer than 15."""
        xp = self.xp
        bits = number * 0
        for more in (8, 4, 2, 1):
            bits = xp.where(xp.shr(number, bits + more) >= (1 << 14), bits + more, bits)
        return bits
