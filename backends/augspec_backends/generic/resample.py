"""Resampling: crop windows and separable, antialiased weights that sum to exactly 2¹⁵ (C8, E7)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.random.maps import share
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.plane import multiply, reciprocal

__all__ = ["CropArithmetic", "axis_weights", "nearest_index", "resample_pixels"]


def axis_weights(
    xp: Namespace, start: Array, length: Array, mirrored: Array | None, side: int, size: int, *, antialias: bool
) -> tuple[Array, Array]:
    """Return the taps of one axis: first indices (B, n) and weights (B, n, T), T static.

    The triangle's weights are exact integers in units of 1 / (2n) pixel before they are normalised; the rounding rest
    goes to the tap that holds the centre.

    Args:
        xp: the namespace.
        start: (B,) first pixel of the window.
        length: (B,) pixels of the window, 1 … side.
        mirrored: (B,) bool, whether the result is reversed; None for nobody.
        side: pixels of the whole axis; static.
        size: n, pixels of the result; static.
        antialias: whether the triangle widens when the window shrinks.
    """
    taps = math.ceil(2 * max(side, size) / size) if antialias else 2
    w = xp.reshape(length, (-1, 1))
    j = _outputs(xp, mirrored, size, w)
    centre = (2 * j + 1) * w
    support = xp.maximum(2 * w, 2 * size) if antialias else w * 0 + 2 * size
    first = xp.floordiv(centre - support + (size + 2 * size * taps), 2 * size) - taps
    t = xp.reshape(xp.arange(taps), (1, 1, taps))
    i = first[..., None] + t
    units = support[..., None] - xp.abs((2 * i + 1) * size - centre[..., None])
    inside = xp.logical_and(xp.logical_and(i >= 0, i < w[..., None]), units > 0)
    units = xp.where(inside, units, 0)
    total = xp.sum(units, 2)[..., None]
    weights = xp.floordiv(xp.shl(units, 15) + xp.shr(total, 1), total)
    rest = 32768 - xp.sum(weights, 2)
    middle = xp.floordiv(centre, 2 * size) - first
    weights = weights + xp.where(t == middle[..., None], rest[..., None], 0)
    return first + xp.reshape(start, (-1, 1)), weights


def _outputs(xp: Namespace, mirrored: Array | None, size: int, column: Array) -> Array:
    j = xp.reshape(xp.arange(size), (1, size)) + column * 0
    if mirrored is None:
        return j
    return xp.where(xp.reshape(mirrored, (-1, 1)), size - 1 - j, j)


def nearest_index(xp: Namespace, start: Array, length: Array, mirrored: Array | None, size: int) -> Array:
    """Return the source pixel of every output pixel, ⌊(j + ½)·w / n⌋, as (B, n)."""
    w = xp.reshape(length, (-1, 1))
    j = _outputs(xp, mirrored, size, w)
    return xp.floordiv((2 * j + 1) * w, 2 * size) + xp.reshape(start, (-1, 1))


def resample_pixels(
    m: FixedNumbers | FloatNumbers, image: Array, columns: tuple[Array, Array], rows: tuple[Array, Array]
) -> Array:
    """Return the window resampled: columns first, as Pillow does, then rows.

    Args:
        m: the number system.
        image: (B, H, W, C); uint8 levels or int32 in 2⁻⁸ levels in the exact domain, float32 in the other.
        columns: first indices (B, w) and weights (B, w, T).
        rows: first indices (B, h) and weights (B, h, T).
    """
    return _pass(m, _pass(m, image, *columns, axis=2), *rows, axis=1)


def _pass(m: FixedNumbers | FloatNumbers, image: Array, first: Array, weights: Array, *, axis: int) -> Array:
    xp = m.xp
    _, size, taps = xp.shape(weights)
    side = xp.shape(image)[axis]
    levels = xp.dtype(image) == "uint8"
    shape = (-1, 1, size, 1) if axis == 2 else (-1, size, 1, 1)
    total: Array = None
    for t in range(taps):
        part = xp.gather_axis(image, xp.clip(first + t, 0, side - 1), axis)
        weight = xp.reshape(weights[:, :, t], shape)
        if isinstance(m, FixedNumbers):
            product = (xp.astype(part, "int32") if levels else part) * weight
        else:
            # Weight zero is outside the footprint: NaN there must not spread (C13).
            product = xp.where(weight == 0, 0.0, part * (xp.astype(weight, m.dtype) * (1 / 32768)))
        total = product if total is None else total + product
    if not isinstance(m, FixedNumbers):
        return total
    return xp.shr(total + 64, 7) if levels else xp.shr(total + 16384, 15)


@dataclass(frozen=True)
class CropArithmetic:
    """The integer arithmetic of random crops."""

    xp: Namespace

    def crop_window(
        self,
        area: Array,
        ratio: Array,
        top: Array,
        left: Array,
        height: int,
        width: int,
        limits: tuple[float, float],
    ) -> tuple[Array, Array, Array, Array]:
        """Return (left, top, width, height) of the first candidate that fits, each (B,) int32.

        Args:
            area: (B, 10) square roots of the areas' shares, in 2⁻²⁴.
            ratio: (B, 10) square roots of the aspect ratios, in 2⁻¹⁶.
            top: (B,) position in 2⁻²⁴.
            left: (B,) position in 2⁻²⁴.
            height: H, static.
            width: W, static.
            limits: the range of the ratio, for the fallback.
        """
        xp = self.xp
        fallback_w, fallback_h = _central(height, width, limits)
        # √(H·W) as a whole and 4096ths, made on the host.
        whole, part = divmod(math.isqrt(height * width << 24), 4096)
        ws = self._side(multiply(xp, area, ratio * 256), whole, part)
        hs = self._side(multiply(xp, area, reciprocal(xp, ratio)), whole, part)
        fits = xp.logical_and(xp.logical_and(ws > 0, ws <= width), xp.logical_and(hs > 0, hs <= height))
        number = xp.astype(fits, "int32")
        tries = xp.shape(area)[1]
        earlier = xp.constant(np.tri(tries, tries, -1).T[None])  # [0, i, j] is 1 where i comes before j
        before = xp.sum(number[..., None] * earlier, 1)
        first = xp.logical_and(fits, before == 0)
        found = xp.sum(number, 1) > 0
        w = xp.where(found, xp.sum(xp.where(first, ws, 0), 1), fallback_w)
        h = xp.where(found, xp.sum(xp.where(first, hs, 0), 1), fallback_h)
        x = xp.where(found, share(xp, left, width + 1 - w), xp.shr(width - w, 1))
        y = xp.where(found, share(xp, top, height + 1 - h), xp.shr(height - h, 1))
        return x, y, w, h

    def _side(self, q: Array, whole: int, part: int) -> Array:
        """Return q·√(H·W) / 2²⁴, rounded half-up."""
        xp = self.xp
        high, low = xp.shr(q, 12), xp.bitand(q, 4095)
        return xp.shr(high * whole + xp.shr(low * whole + high * part, 12) + 2048, 12)


def _central(height: int, width: int, limits: tuple[float, float]) -> tuple[int, int]:
    """Return (width, height) of the central crop clipped to the ratio range."""
    low, high = limits
    if width / height < low:
        return width, min(height, max(1, math.floor(width / low + 0.5)))
    if width / height > high:
        return min(width, max(1, math.floor(height * high + 0.5))), height
    return width, height
