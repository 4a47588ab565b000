"""Homographies of four corners in int32, and positions by division: floats guess, integers decide (E4).

Everything is in half sides from the centre of the canvas, y down. A homography maps (x, y, 1) to (a, b, d), that is to
(a/d, b/d); its scale is free.
"""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec_backends.generic.plane import multiply

__all__ = ["ProjectiveArithmetic", "project", "projective"]

_CORNER = 1 << 12
"""Half a side, in the steps of corners."""

_LEAST = 26
"""The inverse's last entry is from 2²⁶ to 2²⁷."""

_LIFT = 1 << 29
"""Entries are smaller in magnitude: adding so much makes them positive before they are divided."""


@dataclass(frozen=True)
class ProjectiveArithmetic:
    """Homographies from corners."""

    xp: Namespace

    def homography(self, x: Array, y: Array, height: int, width: int) -> tuple[Array, Array]:
        """Return the homography that moves the canvas's corners inwards, as its inverse and itself.

        Args:
            x: (B, 4) in 2⁻¹² half sides, 0 … 2048: top left, top right, bottom right, bottom left.
            y: likewise.
            height: H, static.
            width: W, static.

        Returns:
            The inverse as `projective` takes it, (B, 15) int32; the homography as `project` takes it, (B, 9) float32.
        """
        xp = self.xp
        ahead = _square_to_quad(xp, x, y)
        back = _inverse(xp, ahead)
        limbs: list[Array] = []
        for row in range(3):
            a, b, c = back[3 * row : 3 * row + 3]
            limbs += [*_divided(xp, a, width), *_divided(xp, b, height), c]
        return xp.stack(limbs, 1), xp.astype(xp.stack(ahead, 1), "float32")


def _square_to_quad(xp: Namespace, x: Array, y: Array) -> list[Array]:
    """Return the nine entries of the homography of [−1, 1]² to four corners, by rows, (B,) each.

    Insets are at most half of 2¹², so that differences of corners are at most 2¹³, the determinant is from 3·2²² to
    2²⁶, g and h are at most 2²⁵ in magnitude, and the last entry, 2·det + g + h, is from 2²⁵ to 2²⁷. It is brought
    below 2²⁶; no other one is larger.
    """
    xs = (x[:, 0] - _CORNER, _CORNER - x[:, 1], _CORNER - x[:, 2], x[:, 3] - _CORNER)
    ys = (y[:, 0] - _CORNER, y[:, 1] - _CORNER, _CORNER - y[:, 2], _CORNER - y[:, 3])

    def crossing(p: tuple[Array, ...]) -> tuple[Array, Array, Array]:
        return p[1] - p[2], p[3] - p[2], p[0] - p[1] + p[2] - p[3]

    (a1, a2, sx), (b1, b2, sy) = crossing(xs), crossing(ys)
    # In this order of corners the determinant is negative: all signs are turned.
    det, g, h = a2 * b1 - a1 * b2, a2 * sy - sx * b2, sx * b1 - a1 * sy

    def times(p: Array, d: Array) -> Array:  # p·d / 2¹²
        return p * xp.shr(d, 12) + xp.shr(p * xp.bitand(d, 4095) + 2048, 12)

    entries: list[Array] = []
    for p in (xs, ys):
        a, b = times(p[1] - p[0], det) + times(p[1], g), times(p[3] - p[0], det) + times(p[3], h)
        entries += [a, b, 2 * times(p[0], det) + a + b]
    entries += [g, h, 2 * det + g + h]
    return _scaled(xp, entries, 25)


def _scaled(xp: Namespace, entries: list[Array], bits: int) -> list[Array]:
    """Return entries, rounded, with the last from 2^bits to 2^(bits + 1), if it was at most 3 bits off."""
    for _ in range(3):
        small = entries[-1] < (1 << bits)
        entries = [xp.where(small, entry * 2, entry) for entry in entries]
    for _ in range(3):
        large = entries[-1] >= (1 << (bits + 1))
        entries = [xp.where(large, xp.shr(entry + 1, 1), entry) for entry in entries]
    return entries


def _inverse(xp: Namespace, entries: list[Array]) -> list[Array]:
    """Return the adjugate of a homography whose entries are at most 2²⁶: products of 2²⁷ and 2²⁶, over 2²⁴."""
    m = [entries[i : i + 3] for i in (0, 3, 6)]

    def minor(i: int, j: int) -> Array:
        (r, s), (k, n) = ([v for v in range(3) if v != w] for w in (i, j))
        value = multiply(xp, m[r][k] * 2, m[s][n]) - multiply(xp, m[r][n] * 2, m[s][k])
        return value if (i + j) % 2 == 0 else -value

    return _scaled(xp, [minor(j, i) for i in range(3) for j in range(3)], _LEAST)


def _divided(xp: Namespace, entry: Array, side: int) -> tuple[Array, Array]:
    """Return entry / side as its floor, and the rest in 2⁻¹²."""
    lift = -(-_LIFT // side)
    whole = xp.floordiv(entry + lift * side, side)
    rest = entry + lift * side - whole * side
    return whole - lift, xp.floordiv(rest * 4096 + side // 2, side)


def projective(xp: Namespace, rows: Array, height: int, width: int) -> tuple[Array, Array]:
    """Return the source of every pixel, (B, H, W) each, in 2⁻¹² half pixels from pixel 0, rounded half-up.

    Args:
        xp: the namespace.
        rows: (B, 15): for each row of the homography, its first two entries over the side as whole and 2⁻¹², and the
            third. The last row gives a denominator below 2²⁹; the others at most three times as much.
        height: of the canvas, at most 8192.
        width: of the canvas, at most 8192.

    Of sources on the picture, the error is at most 2⁻¹⁴ pixel, which is the last rounding, and side · 2⁻²³.
    """
    x = xp.reshape(xp.arange(width) * 2 + (1 - width), (1, 1, width))
    y = xp.reshape(xp.arange(height) * 2 + (1 - height), (1, height, 1))
    m = xp.reshape(rows, (-1, 15, 1, 1))

    def row(i: int) -> Array:
        xw, xr, yw, yr, c = (m[:, 5 * i + k, ...] for k in range(5))
        return xw * x + yw * y + c + xp.shr(xr * x + yr * y + 2048, 12)

    # A quarter of the denominator at the centre, which is what the last entry is.
    d = xp.maximum(row(2), xp.shr(m[:, 14, ...], 2))
    inverse = 1.0 / xp.astype(d, "float32")

    def divided(n: Array, side: int) -> Array:
        # n·side leaves int32, but not what is left of it: |n·side / d| is below 2¹⁷, where a guess is off by less than
        # 1, and products wrap around alike on both sides of the minus.
        whole = xp.astype(xp.floor(xp.astype(n, "float32") * inverse * float(side)), "int32")
        rest = n * side - whole * d
        step = _correction(xp, rest, d)
        whole, rest = whole + step, rest - step * d
        part = xp.astype(xp.floor(xp.astype(rest, "float32") * inverse * 4096.0 + 0.5), "int32")
        part = part + _correction(xp, rest * 4096 + xp.shr(d, 1) - part * d, d)
        return whole * 4096 + part + ((side - 1) << 12)

    return divided(row(0), width), divided(row(1), height)


def _correction(xp: Namespace, rest: Array, d: Array) -> Array:
    """Return what a guessed quotient lacks, −1, 0 or 1, from the rest that it leaves."""
    return xp.astype(rest >= d, "int32") - xp.astype(rest < 0, "int32")


def project(xp: Namespace, x: Array, y: Array, matrix: Array, height: int, width: int) -> tuple[Array, Array]:
    """Return points (B, N) in pixels, moved by (B, 9) float32 homographies of half sides from the centre."""
    u, v = x * (2 / width) - 1.0, y * (2 / height) - 1.0
    m = [xp.reshape(matrix[:, i], (-1, 1)) for i in range(9)]
    d = xp.maximum(m[6] * u + m[7] * v + m[8], m[8] * 0.25)
    a, b = (m[i] * u + m[i + 1] * v + m[i + 2] for i in (0, 3))
    return (a / d + 1.0) * (width / 2), (b / d + 1.0) * (height / 2)
