"""Smooth noise in layers of ever finer cells, in integers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from augspec.namespace import Array, Namespace
from augspec_backends.generic.plane import multiply

__all__ = ["CloudArithmetic", "clouds"]


@dataclass(frozen=True)
class CloudArithmetic:
    """The integer arithmetic of layers."""

    xp: Namespace

    def layers(self, ratio: Array, count: int) -> Array:
        """Return the strength of layers, each `ratio` times the one before, (B, count) in 2⁻²⁴ with sum 2²⁴.

        By long division, four bits at a time: a power is at most their sum, which is below 2²⁷ for up to 7 of them.

        Args:
            ratio: (B,) in 2⁻²⁴, at most 1.
            count: of the layers, static, at most 7.
        """
        xp = self.xp
        powers = [ratio * 0 + (1 << 24)]
        for _ in range(count - 1):
            powers.append(multiply(xp, powers[-1], ratio))
        rest = xp.stack(powers, 1)
        total = xp.reshape(xp.sum(rest, 1), (-1, 1))
        share = xp.floordiv(rest, total)
        rest = rest - share * total
        for _ in range(6):
            digit = xp.floordiv(rest * 16, total)
            share, rest = share * 16 + digit, rest * 16 - digit * total
        first = (1 << 24) - xp.sum(share[:, 1:], 1)
        return xp.concat([xp.reshape(first, (-1, 1)), share[:, 1:]], 1)


def clouds(xp: Namespace, words: Callable[[Array], Array], layers: Array, height: int, width: int) -> Array:
    """Return noise that goes from 0 to 2¹⁵ over the canvas, (B, H, W) int32; 2¹⁵ where all pixels are alike.

    The cells of layer k are squares, 2ᵏ⁺¹ of them along the longer side. A corner holds the 24 high bits of a word, the
    corners of a layer row by row, the layers one after the other. Between them lies the quadratic B-spline: three
    corners on each axis, with weights in 2⁻¹³ that sum to one. With corners in 2⁻¹⁷ of the sum of all layers, the sum
    is at most 2³⁰.

    Args:
        xp: the namespace.
        words: from counters (1, n) to words (B, n).
        layers: (B, K, 1, …) strength in 2⁻²⁴ with sum 2²⁴.
        height: H, static.
        width: W, static.
    """
    count, longer = xp.shape(layers)[1], max(height, width)
    axes = [tuple(_spline(side, k, longer) for side in (height, width)) for k in range(count)]
    sizes = [down.corners * across.corners for down, across in axes]
    ends = np.cumsum(sizes)
    strength = xp.select_axis(xp.reshape(layers, (-1, count)), np.repeat(np.arange(count), sizes), 1)

    def corners() -> Array:
        word = words(xp.reshape(xp.arange(int(ends[-1])), (1, -1)))
        return xp.shr(multiply(xp, xp.bitand(xp.shr(word, 8), 0xFFFFFF), strength) + 64, 7)

    every = xp.materialise(corners, layers, (int(ends[-1]),), "int32")
    starts = np.cumsum([0, *(down.corners for down, _ in axes)])

    def along_rows() -> Array:
        grids = [every[:, int(end) - size : int(end)] for size, end in zip(sizes, ends, strict=True)]
        lines = [
            _sum(xp, xp.reshape(grid, (-1, down.corners, across.corners)), across, axis=2)
            for grid, (down, across) in zip(grids, axes, strict=True)
        ]
        return xp.shr(xp.concat(lines, 1) + 4096, 13)

    lines = xp.materialise(along_rows, layers, (int(starts[-1]), width), "int32")

    def down_columns() -> Array:
        total = _sum(xp, lines, axes[0][0], axis=1)
        for (down, _), start in zip(axes[1:], starts[1:-1], strict=True):
            total = total + _sum(xp, lines, replace(down, first=down.first + int(start)), axis=1)
        return total

    total = xp.materialise(down_columns, layers, (height, width), "int32")
    low, high_end = (xp.reshape(one, (-1, 1, 1)) for one in (xp.min(total, (1, 2)), xp.max(total, (1, 2))))
    unit = xp.maximum(xp.shr(high_end - low, 15), 1)
    share = xp.minimum(xp.floordiv(total - low, unit), 32768)
    return xp.where(high_end == low, share * 0 + 32768, share)


@dataclass(frozen=True)
class _Spline:
    """How the pixels of an axis read corners of cells.

    Attributes:
        first: (side,) the first of three corners of every pixel.
        weights: (3, side) in 2⁻¹³.
        corners: how many there are.
    """

    first: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    corners: int


def _spline(side: int, k: int, longer: int) -> _Spline:
    """Return how the pixels of an axis read layer k.

    A pixel's centre lies (2j + 1)·2ᵏ / `longer` cells from the border; the corner next to it is the middle one, and
    corner 0 lies one cell before the border.
    """
    place = (2 * np.arange(side) + 1) * 2.0**k / longer
    middle = np.floor(place + 0.5)
    t = place - middle
    before, after = (np.floor((0.5 + one) ** 2 / 2 * 8192 + 0.5).astype(np.int32) for one in (-t, t))
    first = middle.astype(np.int32)
    return _Spline(first, np.stack([before, 8192 - before - after, after]), int(first[-1]) + 3)


def _sum(xp: Namespace, grid: Array, spline: _Spline, *, axis: int) -> Array:
    """Return the weighted sum of three entries of an axis for each pixel of it."""
    shape = (1, 1, -1) if axis == 2 else (1, -1, 1)
    parts = [
        xp.select_axis(grid, spline.first + i, axis) * xp.reshape(xp.constant(spline.weights[i]), shape)
        for i in range(3)
    ]
    return parts[0] + parts[1] + parts[2]
