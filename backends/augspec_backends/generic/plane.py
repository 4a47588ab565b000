"""E4: transforms of the plane in int32, built from parameters, inverted without inversion.

Linear entries are in 2⁻²⁴ and below 8, shifts in 2⁻¹² half pixels. A transform holds the map of the picture (forward,
for boxes and keypoints) and its inverse (for pixels), both about the centre of the canvas with y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from augspec.namespace import Array, Namespace
from augspec.random.tables import sine_table

__all__ = ["Affine", "Pair", "PlaneOf", "compose", "cosine", "multiply", "reciprocal", "select", "sine"]

_ONE = 1 << 24


@dataclass(frozen=True)
class Affine:
    """A matrix and a shift; every entry (B,) int32: x' = xx·x + xy·y + x0, y' = yx·x + yy·y + y0."""

    xx: Array
    xy: Array
    x0: Array
    yx: Array
    yy: Array
    y0: Array


@dataclass(frozen=True)
class Pair:
    """A movement of the picture: forward, and its inverse."""

    forward: Affine
    inverse: Affine


def multiply(xp: Namespace, a: Array, b: Array) -> Array:
    """Return a·b / 2²⁴ rounded half-up, by 12-bit halves: |a|, |b| < 8·2²⁴ with a product below 128·2²⁴."""
    ah, al = xp.shr(a, 12), xp.bitand(a, 4095)
    bh, bl = xp.shr(b, 12), xp.bitand(b, 4095)
    return ah * bh + xp.shr(ah * bl + al * bh + xp.shr(al * bl, 12) + 2048, 12)


def sine(xp: Namespace, turns: Array) -> Array:
    """Return sin in 2⁻²⁴ of an angle in 2⁻²⁴ turns: table, linear step, chord correction; quarter turns are exact."""
    t = xp.bitand(turns, _ONE - 1)
    quadrant = xp.shr(t, 22)
    rest = xp.bitand(t, (1 << 22) - 1)
    rest = xp.where(xp.bitand(quadrant, 1) == 1, (1 << 22) - rest, rest)
    i, f = xp.shr(rest, 12), xp.bitand(rest, 4095)
    table = xp.constant(sine_table())
    left = xp.take(table, i)
    v = left + xp.shr((xp.take(table, i + 1) - left) * f + 2048, 12)
    v = v + xp.shr(xp.shr(xp.shr(v, 14) * xp.shr(f * (4096 - f), 8), 16) * 1263 + 32768, 16)
    v = xp.shr(v + 8, 4)
    return xp.where(quadrant >= 2, -v, v)


def cosine(xp: Namespace, turns: Array) -> Array:
    """Return cos in 2⁻²⁴ of an angle in 2⁻²⁴ turns."""
    return sine(xp, turns + (1 << 22))


def reciprocal(xp: Namespace, k: Array) -> Array:
    """Return 2²⁴ / (k / 2¹⁶), rounded, for k from 2¹³ to 2¹⁹ (factors 1/8 to 8)."""
    q = xp.floordiv(k * 0 + (1 << 30), k)
    r = (1 << 30) - q * k
    return q * 1024 + xp.floordiv(r * 1024 + xp.shr(k, 1), k)


def _product(xp: Namespace, a: Affine, b: Affine) -> Affine:
    """Return a ∘ b: b is applied to the point first."""

    def mul(p: Array, q: Array) -> Array:
        return multiply(xp, p, q)

    return Affine(
        mul(a.xx, b.xx) + mul(a.xy, b.yx),
        mul(a.xx, b.xy) + mul(a.xy, b.yy),
        mul(a.xx, b.x0) + mul(a.xy, b.y0) + a.x0,
        mul(a.yx, b.xx) + mul(a.yy, b.yx),
        mul(a.yx, b.xy) + mul(a.yy, b.yy),
        mul(a.yx, b.x0) + mul(a.yy, b.y0) + a.y0,
    )


def compose(xp: Namespace, *pairs: Pair) -> Pair:
    """Return the movement that does the first one first."""
    result = pairs[0]
    for pair in pairs[1:]:
        result = Pair(_product(xp, pair.forward, result.forward), _product(xp, result.inverse, pair.inverse))
    return result


def select(xp: Namespace, applied: Array, pair: Pair) -> Pair:
    """Return the movement where `applied`, else the identity."""

    def keep(a: Affine) -> Affine:
        parts = (a.xx, a.xy, a.x0, a.yx, a.yy, a.y0)
        rest = (_ONE, 0, 0, 0, _ONE, 0)
        return Affine(*(xp.where(applied, part, part * 0 + other) for part, other in zip(parts, rest, strict=True)))

    return Pair(keep(pair.forward), keep(pair.inverse))


class PlaneOf:
    """Builds movements on one canvas (see `augspec.namespace.Plane`)."""

    def __init__(self, xp: Namespace, height: int, width: int, zeros: Array) -> None:
        self._xp, self._height, self._width, self._zeros = xp, height, width, zeros

    def _affine(self, xx: Array, xy: Array, yx: Array, yy: Array) -> Affine:
        zero = self._zeros
        return Affine(xx + zero, xy + zero, zero, yx + zero, yy + zero, zero)

    def rotation(self, turns: Array) -> Pair:
        """Counter-clockwise for the viewer; y points down, so the sines' signs are those of [c s; −s c]."""
        c, s = cosine(self._xp, turns), sine(self._xp, turns)
        return Pair(self._affine(c, s, -s, c), self._affine(c, -s, s, c))

    def translation(self, x: Array, y: Array) -> Pair:
        """Right by x of the width and down by y of the height, in 2⁻²⁴."""
        zero, one = self._zeros, self._zeros + _ONE
        x0, y0 = self._shift(x, self._width), self._shift(y, self._height)
        return Pair(Affine(one, zero, x0, zero, one, y0), Affine(one, zero, -x0, zero, one, -y0))

    def _shift(self, fraction: Array, side: int) -> Array:
        xp = self._xp
        return xp.shr(fraction, 12) * (2 * side) + xp.shr(xp.bitand(fraction, 4095) * (2 * side) + 2048, 12)

    def scaling(self, x: Array, y: Array) -> Pair:
        """Factors in 2⁻¹⁶."""
        x, y = x + self._zeros, y + self._zeros
        forward = self._affine(x * 256, 0, 0, y * 256)
        return Pair(forward, self._affine(reciprocal(self._xp, x), 0, 0, reciprocal(self._xp, y)))

    def shearing(self, x: Array, y: Array) -> Pair:
        """Shx · Shy, tangents in 2⁻²⁴."""
        one = _ONE
        along_x = Pair(self._affine(one, x, 0, one), self._affine(one, -x, 0, one))
        along_y = Pair(self._affine(one, 0, y, one), self._affine(one, 0, -y, one))
        return compose(self._xp, along_y, along_x)

    def mirror(self, *, horizontal: bool) -> Pair:
        """Exchange left and right, or top and bottom."""
        turned = self._affine(-_ONE, 0, 0, _ONE) if horizontal else self._affine(_ONE, 0, 0, -_ONE)
        return Pair(turned, turned)

    def compose(self, *transforms: Any) -> Pair:
        """Return the movement that does the first one first."""
        return compose(self._xp, *transforms)
