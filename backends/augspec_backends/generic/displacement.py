"""Maps that move every place by a smooth random field, in exact integers, and their inverse for points."""

from __future__ import annotations

import math
from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec_backends.generic.filters import symmetric_sum
from augspec_backends.generic.plane import multiply

__all__ = ["DisplacementArithmetic", "displaced", "rough", "undisplaced"]

_SCALE = math.floor(2**61 / math.sqrt((2**32 - 1) / 12))
"""2⁶¹ over the deviation of noise that is uniform on the integers of 16 bits."""

_STEPS = 16


@dataclass(frozen=True)
class DisplacementArithmetic:
    """By what smooth noise is multiplied."""

    xp: Namespace

    def displacement_gain(self, weights: Array, alpha: Array) -> Array:
        """Return what gives a `rough` field a deviation of alpha away from borders, (B,).

        Smoothing both axes with weights w leaves Σ w² of the noise's deviation. So the gain is alpha · 2⁶¹ / deviation
        / (Σ w² / 2³), by long division in base 16: divisors up to 2²⁷ leave rests that 4 more bits keep in int32. With
        Σ w² at least 2²⁴, as of σ = 15, the quotient stays below 2²⁶, its product with alpha below 2²⁷.

        Args:
            weights: (B, R + 1) int32 with w₀ + 2·Σ w_j = 2¹⁵.
            alpha: (B,) in 2⁻¹² pixels, 0 … 6.
        """
        xp = self.xp
        squares = weights * weights
        divisor = xp.shr(xp.sum(squares, 1) * 2 - squares[:, 0] + 4, 3)
        quotient = xp.floordiv(divisor * 0 + (_SCALE >> 16), divisor)
        rest = (_SCALE >> 16) - quotient * divisor
        for place in (12, 8, 4, 0):
            rest = rest * 16 + ((_SCALE >> place) & 15)
            digit = xp.floordiv(rest, divisor)
            quotient, rest = quotient * 16 + digit, rest - digit * divisor
        return multiply(xp, quotient, xp.shl(alpha, 10))


def rough(xp: Namespace, words: Array, weights: Array, gain: Array) -> Array:
    """Return displacements in 2⁻²⁰ pixels, right and down, (B, H, W, 2) int32, off by about 10⁻⁵ pixel at most.

    The sums along rows are exact, below 2³⁰. Their upper 15 bits and their lower ones are summed along columns apart,
    both below 2³⁰, so that the field of 2²⁷ that the gain multiplies is rounded once.

    Args:
        xp: the namespace.
        words: (B, H, W, 1); the upper half is the noise of columns, the lower one that of rows, as signed numbers.
        weights: (B, R + 1) int32 with w₀ + 2·Σ w_j = 2¹⁵.
        gain: (B,) of `displacement_gain`.
    """
    _, height, width, _ = xp.shape(words)
    shape = (height, width, 2)
    noise = xp.concat([xp.shr(words, 16), xp.shr(xp.shl(words, 16), 16)], 3)
    rows = xp.materialise(lambda: symmetric_sum(xp, noise, weights, axis=2), weights, shape, "int32")

    def field() -> Array:
        upper = symmetric_sum(xp, xp.shr(rows, 15), weights, axis=1)
        lower = symmetric_sum(xp, xp.bitand(rows, 32767), weights, axis=1)
        smooth = xp.shr(upper + xp.shr(lower + 16384, 15) + 4, 3)
        return multiply(xp, smooth, xp.reshape(gain, (-1, 1, 1, 1)))

    return xp.materialise(field, weights, shape, "int32")


def displaced(xp: Namespace, field: Array) -> tuple[Array, Array]:
    """Return the source of every pixel, (B, H, W) each, in 2⁻¹² half pixels from pixel 0, rounded half-up."""
    _, height, width, _ = xp.shape(field)
    own_x = xp.reshape(xp.arange(width) * 8192, (1, 1, width))
    own_y = xp.reshape(xp.arange(height) * 8192, (1, height, 1))
    return own_x + xp.shr(field[..., 0] + 64, 7), own_y + xp.shr(field[..., 1] + 64, 7)


def undisplaced(xp: Namespace, x: Array, y: Array, field: Array) -> tuple[Array, Array]:
    """Return points q (B, N) in pixels with q + d(q) = p, in float32; d is linear between pixel centres.

    Sixteen steps, whole ones towards p − d(q) and half ones in turn: together they come nearer wherever the picture
    does not fold and is not squeezed to less than a third. Beyond the outermost centres d is that of the nearest one.
    """
    _, height, width, _ = xp.shape(field)

    def along(place: Array, side: int) -> tuple[Array, Array, Array]:
        at = xp.clip(place - 0.5, 0.0, float(side - 1))
        whole = xp.floor(at)
        first = xp.astype(whole, "int32")
        return first, xp.minimum(first + 1, side - 1), at - whole

    def between(u: Array, v: Array) -> tuple[Array, Array]:
        (left, right, fx), (top, bottom, fy) = along(u, width), along(v, height)
        rows, columns = xp.stack([top, top, bottom, bottom], 1), xp.stack([left, right, left, right], 1)
        found = xp.astype(xp.gather_at(field, rows, columns), "float32") * 2.0**-20
        upper, lower = (found[:, i, ...] + (found[:, i + 1, ...] - found[:, i, ...]) * fx[..., None] for i in (0, 2))
        d = upper + (lower - upper) * fy[..., None]
        across, down = xp.unstack(d)
        return across, down

    u, v = x, y
    for step in range(_STEPS):
        dx, dy = between(u, v)
        u, v = (x - dx, y - dy) if step % 2 == 0 else (u + (x - dx - u) * 0.5, v + (y - dy - v) * 0.5)
    return u, v
