"""The accurate integer DCT of libjpeg (`islow`) and its inverse, a dimension at a time; quantisation between them.

A pass is the algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 12 multiplications, its constants in
2⁻¹³. Each pass enlarges by √8; the first one keeps two more bits for the second.

Why all fits int32. Constants are below 3.1 · 2¹³ and a pass adds up to eight inputs times at most √2 · 2¹³, so its
sums, and those on the way to them, stay below 2¹⁷ times the largest input. Forward: levels are within 2⁷, after the
first pass within 8 · 2⁷ · 4 = 2¹². Inverse: a coefficient F of 8 × 8 levels is within 2¹⁰, quantised within 2¹⁰ + 128.
Before the last pass stands the transform of rows alone, within √8 · 2⁷ · √8 · 4 = 2¹², and what quantisation added to
it, at most √8 · 128 · √8 · 4 = 2¹²: within 2¹³. So all sums stay below 2¹³ · 2¹⁷ = 2³⁰.
"""

from __future__ import annotations

from collections.abc import Sequence

from augspec.jpeg.tables import RECIPROCAL_BITS
from augspec.namespace import Array, Namespace

__all__ = ["forward", "inverse", "quantised"]

_BITS = 13
_EXTRA = 2

Eight = Sequence[Array]
"""Eight arrays of one shape: the samples of a line, or its frequencies."""


def _fixed(value: float) -> int:
    return int(value * (1 << _BITS) + 0.5)


_C0298, _C0390, _C0541, _C0765 = map(_fixed, (0.298631336, 0.390180644, 0.541196100, 0.765366865))
_C0899, _C1175, _C1501, _C1847 = map(_fixed, (0.899976223, 1.175875602, 1.501321110, 1.847759065))
_C1961, _C2053, _C2562, _C3072 = map(_fixed, (1.961570560, 2.053119869, 2.562915447, 3.072711026))


def _descale(xp: Namespace, x: Array, bits: int) -> Array:
    return xp.shr(x + (1 << (bits - 1)), bits)


def _odd(a: Array, b: Array, c: Array, d: Array) -> tuple[Array, Array, Array, Array]:
    """Return the odd half of a pass; it is its own transpose, and so the same in both directions."""
    z1, z2, z3, z4 = a + d, b + c, a + c, b + d
    z5 = (z3 + z4) * _C1175
    z1, z2 = z1 * -_C0899, z2 * -_C2562
    z3, z4 = z3 * -_C1961 + z5, z4 * -_C0390 + z5
    return a * _C0298 + z1 + z3, b * _C2053 + z2 + z4, c * _C3072 + z2 + z3, d * _C1501 + z1 + z4


def forward(xp: Namespace, x: Eight, *, last: bool) -> list[Array]:
    """Return eight frequencies of eight samples, times √8, in 2⁻² after the first pass and whole after the last."""
    sums = [x[i] + x[7 - i] for i in range(4)]
    p, q = sums[0] + sums[3], sums[1] + sums[2]
    r, s = sums[0] - sums[3], sums[1] - sums[2]
    z = (r + s) * _C0541
    seven, five, three, one = _odd(*(x[i] - x[7 - i] for i in (3, 2, 1, 0)))
    two, six = z + r * _C0765, z - s * _C1847
    if last:
        zero, four = _descale(xp, p + q, _EXTRA), _descale(xp, p - q, _EXTRA)
    else:
        zero, four = (p + q) * (1 << _EXTRA), (p - q) * (1 << _EXTRA)
    bits = _BITS + _EXTRA if last else _BITS - _EXTRA
    one, two, three, five, six, seven = (_descale(xp, y, bits) for y in (one, two, three, five, six, seven))
    return [zero, one, two, three, four, five, six, seven]


def inverse(xp: Namespace, y: Eight, *, last: bool) -> list[Array]:
    """Return eight samples of eight frequencies: times √8 in 2⁻² after the first pass, levels after the last."""
    z = (y[2] + y[6]) * _C0541
    s, r = z - y[6] * _C1847, z + y[2] * _C0765
    p, q = (y[0] + y[4]) * (1 << _BITS), (y[0] - y[4]) * (1 << _BITS)
    even = (p + r, q + s, q - s, p - r)
    odd = _odd(y[7], y[5], y[3], y[1])[::-1]
    bits = _BITS + _EXTRA + 3 if last else _BITS - _EXTRA
    upper = [_descale(xp, e + o, bits) for e, o in zip(even, odd, strict=True)]
    lower = [_descale(xp, e - o, bits) for e, o in zip(even, odd, strict=True)]
    return upper + lower[::-1]


def quantised(xp: Namespace, y: Array, steps: Array, reciprocals: Array) -> Array:
    """Return coefficients rounded to multiples of their steps, halves away from zero.

    ⌊(|y| + 4·step) / (8·step)⌋ is ⌊n / step⌋ with n = (|y| + 4·step) >> 3, at most (2¹³ + 1020) / 8 < 1152. With the
    reciprocal r = ⌈2¹⁹ / step⌉ that is n·r >> 19 exactly: r·step is above 2¹⁹ by less than step ≤ 255, and n times that
    is below 2¹⁹. And n·r < 2³¹.

    Args:
        xp: the namespace.
        y: coefficients times 8, at most 2¹³ in magnitude.
        steps: 1 … 255.
        reciprocals: of the steps, in 2⁻¹⁹, rounded up.
    """
    n = xp.shr(xp.abs(y) + steps * 4, 3)
    size = xp.shr(n * reciprocals, RECIPROCAL_BITS) * steps
    return xp.where(y < 0, -size, size)
