"""Filters: weights made in integers, and convolution over them, of rows and columns or of a few taps (E7)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.random.tables import exp2_table

__all__ = ["FilterArithmetic", "Filtering", "symmetric_sum"]

_HALF_LOG2_E = math.floor(math.log2(math.e) / 2 * 2**30 + 0.5)
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class FilterArithmetic:
    """The integer arithmetic of filter weights."""

    xp: Namespace

    def box(self, radius: Array, largest: int) -> Array:
        """Return w₀ … w_R of a mean of 2r + 1 pixels, (B, R + 1) int32 with w₀ + 2·Σ w_j = 2¹⁵.

        Args:
            radius: (B,) r, 0 … R.
            largest: R, static.
        """
        xp = self.xp
        r = xp.reshape(radius, (-1, 1))
        share = xp.floordiv(r + 32768, r * 2 + 1)
        steps = xp.reshape(xp.arange(largest + 1), (1, -1))
        sides = xp.where(steps <= r, share, 0)[:, 1:]
        middle = xp.reshape(32768 - 2 * xp.sum(sides, 1), (-1, 1))
        return xp.concat([middle, sides], 1)

    def gaussian(self, sigma: Array, radius: int) -> Array:
        """Return w₀ … w_R of a Gaussian, (B, R + 1) int32 with w₀ + 2·Σ w_j = 2¹⁵.

        Args:
            sigma: (B,) in 2⁻⁸ pixels, 26 … 3840.
            radius: R, static.
        """
        xp = self.xp
        square = sigma * sigma
        # log2(e)/2 · 2³⁸ / s², by long division in base 16.
        quotient = xp.floordiv(square * 0 + _HALF_LOG2_E, square)
        rest = _HALF_LOG2_E - quotient * square
        for _ in range(2):
            rest = rest * 16
            digit = xp.floordiv(rest, square)
            quotient, rest = quotient * 16 + digit, rest - digit * square
        squares = np.arange(radius + 1, dtype=np.int64) ** 2
        j2 = xp.constant(squares.astype(np.int32).reshape(1, -1))
        cap = xp.constant((_LARGEST // np.maximum(squares, 1)).astype(np.int32).reshape(1, -1))
        power = xp.minimum(xp.reshape(quotient, (-1, 1)), cap) * j2
        whole = xp.shr(power, 22)
        table = xp.constant(exp2_table())
        k = xp.bitand(xp.shr(power, 14), 255)
        left = xp.take(table, k)
        y = left - xp.shr((left - xp.take(table, k + 1)) * xp.bitand(xp.shr(power, 6), 255) + 128, 8)
        units = xp.where(whole > 15, 0, xp.shr(xp.shr(y, xp.minimum(whole, 15)) + 64, 7))
        total = xp.sum(units, 1) * 2 - units[:, 0]
        total = xp.reshape(total, (-1, 1))
        sides = xp.floordiv(xp.shl(units[:, 1:], 15) + xp.shr(total, 1), total)
        middle = 32768 - 2 * xp.sum(sides, 1)
        return xp.concat([xp.reshape(middle, (-1, 1)), sides], 1)


class Filtering:
    """Convolutions, for both number systems.

    Attributes:
        xp: the namespace.
        exact: whether pixels are int32 in 2⁻⁸ levels; else they are floats.
        dtype: of float pixels.
    """

    xp: Namespace
    exact: bool
    dtype: str

    def convolve(self, x: Array, weights: Array) -> Array:
        """Return x convolved with symmetric weights along rows, then columns, mirror border.

        Args:
            x: (B, H, W, C) pixels.
            weights: (B, R + 1) int32, w₀ … w_R with w₀ + 2·Σ w_j = 2¹⁵.
        """
        shape = tuple(self.xp.shape(x)[1:])
        rows = self.once(lambda: self._along(x, weights, axis=2), weights, shape)
        return self._along(rows, weights, axis=1)

    def correlate(self, x: Array, taps: Sequence[tuple[int, int]], weights: Array) -> Array:
        """Return Σ_k w_k · (pixel at tap k), mirror border; the sum of products stays below 65280 · 2¹⁵.

        Args:
            x: (B, H, W, C) pixels.
            taps: static (down, right).
            weights: (B, K) int32 ≥ 0 that sum to 2¹⁵.
        """
        xp = self.xp
        _, height, width, channels = xp.shape(x)
        down, right = (max(abs(tap[axis]) for tap in taps) for axis in (0, 1))
        padded = xp.select_axis(xp.select_axis(x, _mirrored(width, right), 2), _mirrored(height, down), 1)
        flat = xp.reshape(padded, (-1, height + 2 * down, (width + 2 * right) * channels))

        def product(k: int) -> Array:
            top, left = down + taps[k][0], (right + taps[k][1]) * channels
            return self._weighed(flat[:, top : top + height, left : left + width * channels], weights[:, k])

        total = product(0)
        for k in range(1, len(taps)):
            total = total + product(k)
        if self.exact:
            total = xp.shr(total + 16384, 15)
        return xp.reshape(total, (-1, height, width, channels))

    def _weighed(self, pixels: Array, weight: Array) -> Array:
        """Return (B, n, m) pixels times (B,) weights in 2⁻¹⁵; weight zero is outside the footprint (C13)."""
        xp = self.xp
        w = xp.reshape(weight, (-1, 1, 1))
        if self.exact:
            return pixels * w
        return xp.where(w == 0, 0.0, pixels * (xp.astype(w, self.dtype) * (1 / 32768)))

    def around(self, x: Array, radius: int) -> Callable[[int, int], Array]:
        """Return a function of (down, right) that gives every pixel's neighbour there, mirror border.

        Args:
            x: (B, H, W, C) pixels.
            radius: the farthest neighbour asked for, in both directions.
        """
        xp = self.xp
        _, height, width, _ = xp.shape(x)
        padded = xp.select_axis(xp.select_axis(x, _mirrored(width, radius), 2), _mirrored(height, radius), 1)

        def neighbour(down: int, right: int) -> Array:
            top, left = radius + down, radius + right
            return padded[:, top : top + height, left : left + width, :]

        return neighbour

    def once(self, f: Callable[[], Array], guard: Array, shape: tuple[int, ...]) -> Array:
        """Return pixels (B, *shape), computed once; exact ones travel as uint16, at half the memory traffic."""
        xp = self.xp
        if not xp.recomputes(guard):
            return f()
        if not self.exact:
            return xp.materialise(f, guard, shape, self.dtype)
        packed = xp.materialise(lambda: xp.astype(f(), "uint16"), guard, shape, "uint16")
        return xp.astype(packed, "int32")

    def _along(self, x: Array, weights: Array, *, axis: int) -> Array:
        xp = self.xp
        if self.exact:
            return xp.shr(symmetric_sum(xp, x, weights, axis=axis) + 16384, 15)
        return symmetric_sum(xp, x, xp.astype(weights, self.dtype) * (1 / 32768), axis=axis)


def symmetric_sum(xp: Namespace, x: Array, weights: Array, *, axis: int) -> Array:
    """Return w₀·x + Σ w_j·(both neighbours at distance j) along an axis, mirror border.

    Args:
        xp: the namespace.
        x: (B, H, W, C), int32 or floats.
        weights: (B, R + 1) of the same dtype; where a float's is 0, its neighbours are not read (C13).
        axis: 1 or 2.
    """
    _, height, width, channels = xp.shape(x)
    side, radius = (width if axis == 2 else height), xp.shape(weights)[1] - 1
    padded = xp.select_axis(x, _mirrored(side, radius), axis)
    # The contiguous axis holds rows of W·C values: neighbours are shifts by C, and loops vectorise.
    step = channels if axis == 2 else 1
    extra = 2 * radius
    rows, columns = (height, width + extra) if axis == 2 else (height + extra, width)
    flat = xp.reshape(padded, (-1, rows, columns * channels))

    def shifted(j: int) -> Array:
        at = (radius + j) * step
        return flat[:, :, at : at + width * channels] if axis == 2 else flat[:, at : at + height, :]

    centre, *beside = (xp.reshape(weight, (-1, 1, 1)) for weight in xp.unstack(weights))
    total = shifted(0) * centre
    for j, w in enumerate(beside, 1):
        pair = (shifted(-j) + shifted(j)) * w
        total = total + (pair if xp.dtype(x) == "int32" else xp.where(w == 0, 0.0, pair))
    return xp.reshape(total, (-1, height, width, channels))


def _mirrored(side: int, radius: int) -> np.ndarray:
    """Return the host indices of an axis padded by `radius` mirrored pixels on each side."""
    index = np.abs(np.arange(-radius, side + radius))
    if side == 1:
        return np.zeros_like(index)
    index = index % (2 * side - 2)
    return np.where(index >= side, 2 * side - 2 - index, index)
