"""Warps: exact sampling positions for both domains, borders, interpolation (E4, C7, C8)."""

from __future__ import annotations

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers

__all__ = ["border_index", "positions", "sample_nearest", "warp_pixels"]


def positions(xp: Namespace, matrix: Array, height: int, width: int) -> tuple[Array, Array]:
    """Return the source of every output pixel, in 2⁻¹² half pixels from pixel 0: (B, H, W) each, two-limb int32.

    Args:
        xp: the namespace.
        matrix: (B, 6) inverse matrices: xx, xy, x0, yx, yy, y0.
        height: of the canvas, both before and after.
        width: of the canvas.
    """
    x = xp.reshape(xp.arange(width) * 2 + (1 - width), (1, 1, width))
    y = xp.reshape(xp.arange(height) * 2 + (1 - height), (1, height, 1))
    m = xp.reshape(matrix, (-1, 6, 1, 1))

    def along(a: Array, b: Array, shift: Array, side: int) -> Array:
        low = xp.shr(xp.bitand(a, 4095) * x + xp.bitand(b, 4095) * y + 2048, 12)
        return xp.shr(a, 12) * x + xp.shr(b, 12) * y + shift + ((side - 1) << 12) + low

    xx, xy, x0, yx, yy, y0 = (m[:, i, ...] for i in range(6))
    return along(xx, xy, x0, width), along(yx, yy, y0, height)


def border_index(xp: Namespace, i: Array, n: int, border: str) -> Array:
    """Return where index i of an axis of n pixels reads, for any int32 i (C7)."""
    if border in ("constant", "edge") or n == 1:
        return xp.clip(i, 0, n - 1)
    if border == "mirror":
        j = _modulo(xp, xp.abs(i), 2 * n - 2)
        return xp.where(j >= n, 2 * n - 2 - j, j)
    folded = xp.bitxor(i, xp.shr(i, 31))
    if border == "symmetric":
        j = _modulo(xp, folded, 2 * n)
        return xp.where(j >= n, 2 * n - 1 - j, j)
    j = _modulo(xp, folded, n)
    return xp.where(i < 0, n - 1 - j, j)


def _modulo(xp: Namespace, a: Array, n: int) -> Array:
    return a - xp.floordiv(a, n) * n


def _inside(xp: Namespace, i: Array, n: int) -> Array:
    return xp.logical_and(i >= 0, i < n)


def sample_nearest(xp: Namespace, image: Array, sx: Array, sy: Array, border: str, fill: Array | float) -> Array:
    """Return the pixel whose cell holds each position; `fill` where that lies outside a constant border.

    Args:
        xp: the namespace.
        image: (B, H, W, C) of any dtype.
        sx: (B, H, W) positions of `positions`.
        sy: likewise for rows.
        border: a word of C7.
        fill: broadcasts against the image, in its dtype.
    """
    _, height, width, _ = xp.shape(image)
    ix, iy = xp.shr(sx + 4096, 13), xp.shr(sy + 4096, 13)
    found = xp.gather_at(image, border_index(xp, iy, height, border), border_index(xp, ix, width, border))
    if border != "constant":
        return found
    inside = xp.logical_and(_inside(xp, ix, width), _inside(xp, iy, height))
    return xp.where(inside[..., None], found, fill)


def warp_pixels(
    m: FixedNumbers | FloatNumbers,
    image: Array,
    sx: Array,
    sy: Array,
    interpolation: str,
    border: str,
    fill: tuple[float, ...],
) -> Array:
    """Return the image resampled at exact positions.

    Args:
        m: the number system.
        image: (B, H, W, C); uint8 levels or int32 in 2⁻⁸ levels in the exact domain, float32 in the other.
        sx: (B, H, W) positions of `positions`.
        sy: likewise for rows.
        interpolation: "nearest", "bilinear" or "bicubic".
        border: a word of C7.
        fill: C host numbers in the number system's pixels.

    Returns:
        (B, H, W, C), int32 in 2⁻⁸ levels or float32.
    """
    xp = m.xp
    outside = xp.constant(np.array(fill), "int32" if isinstance(m, FixedNumbers) else m.dtype)
    if interpolation == "nearest":
        if xp.dtype(image) == "uint8":
            image = xp.shl(xp.astype(image, "int32"), 8)
        return sample_nearest(xp, image, sx, sy, border, outside)
    px, py = xp.shr(sx + 2, 2), xp.shr(sy + 2, 2)
    x0, y0 = xp.shr(px, 11), xp.shr(py, 11)
    fx, fy = xp.bitand(px, 2047), xp.bitand(py, 2047)
    if interpolation == "bilinear" and isinstance(m, FixedNumbers):
        return _bilinear_fixed(m, image, (x0, y0, fx, fy), border, fill)
    taps = _Taps(m, image, x0, y0, border, outside)
    if interpolation == "bilinear" and isinstance(m, FloatNumbers):
        return _bilinear_float(m, taps, fx[..., None], fy[..., None])
    return _bicubic(m, taps, fx[..., None], fy[..., None])


class _Taps:
    """Reads the neighbours of every position, with the border applied per tap."""

    def __init__(
        self, m: FixedNumbers | FloatNumbers, image: Array, x0: Array, y0: Array, border: str, fill: Array
    ) -> None:
        self.m, self.image, self.x0, self.y0, self.border, self.fill = m, image, x0, y0, border, fill
        self.levels = m.xp.dtype(image) == "uint8"

    def __call__(self, dy: int, dx: int) -> Array:
        xp = self.m.xp
        _, height, width, _ = xp.shape(self.image)
        ix, iy = self.x0 + dx, self.y0 + dy
        found = xp.gather_at(
            self.image, border_index(xp, iy, height, self.border), border_index(xp, ix, width, self.border)
        )
        if self.levels:
            found = xp.shl(xp.astype(found, "int32"), 8)
        if self.border != "constant":
            return found
        inside = xp.logical_and(_inside(xp, ix, width), _inside(xp, iy, height))
        return xp.where(inside[..., None], found, self.fill)


def _bilinear_fixed(
    m: FixedNumbers, image: Array, at: tuple[Array, Array, Array, Array], border: str, fill: tuple[float, ...]
) -> Array:
    """Return (Σ Σ v·wx·wy), rounded twice.

    A constant border zeroes the axis weights of outside taps, interpolates v − fill and adds the fill back: the same
    bits as replacing taps, because both shifts commute with multiples of their powers of two, and cheaper.
    """
    xp = m.xp
    x0, y0, fx, fy = at
    _, height, width, _ = xp.shape(image)

    def axis(first: Array, f: Array, n: int) -> list[tuple[Array, Array]]:
        taps = []
        for step, share in ((0, 2048 - f), (1, f)):
            i = first + step
            weight = xp.where(_inside(xp, i, n), share, 0) if border == "constant" else share
            taps.append((border_index(xp, i, n, border), weight[..., None]))
        return taps

    plain = border != "constant" or not any(fill)
    levels = xp.dtype(image) == "uint8"
    outside = None if plain else xp.constant(np.array(fill))

    def tap(iy: Array, ix: Array) -> Array:
        found = xp.astype(xp.gather_at(image, iy, ix), "int32")
        if plain:
            return found
        return (xp.shl(found, 8) if levels else found) - outside

    columns, rows = axis(x0, fx, width), axis(y0, fy, height)
    total: Array = None
    for iy, wy in rows:
        along = tap(iy, columns[0][0]) * columns[0][1] + tap(iy, columns[1][0]) * columns[1][1]
        if not (plain and levels):  # of levels, the first shift is exact: it cancels the missing factor 2⁸
            along = xp.shr(along + 128, 8)
        total = along * wy if total is None else total + along * wy
    total = xp.shr(total + 8192, 14)
    if not plain:
        return total + outside
    quick = levels and border in ("constant", "edge")
    return xp.noted(total, f"bilinear {border}", image, x0, y0, fx, fy) if quick else total


def _bilinear_float(m: FloatNumbers, taps: _Taps, fx: Array, fy: Array) -> Array:
    xp = m.xp

    def blend(a: Array, b: Array, f: Array, w: Array) -> Array:
        # A tap of weight zero is outside the footprint: its NaN must not reach the pixel (C13).
        return xp.where(f == 0, a, a + (b - a) * w)

    wx, wy = (xp.astype(f, m.dtype) * (1 / 2048) for f in (fx, fy))
    top, bottom = (blend(taps(dy, 0), taps(dy, 1), fx, wx) for dy in (0, 1))
    return blend(top, bottom, fy, wy)


def _cubic_weights(xp: Namespace, f: Array) -> tuple[Array, Array, Array, Array]:
    """Return Keys' weights (a = −½) in 2⁻¹⁴ from a fraction in 2⁻¹¹; they sum to exactly 2¹⁴."""
    t = f * 8
    t2 = xp.shr(f * f, 8)
    t3 = xp.shr(t2 * f + 1024, 11)
    w0 = xp.shr(2 * t2 - t - t3 + 1, 1)
    w2 = xp.shr(t + 4 * t2 - 3 * t3 + 1, 1)
    w3 = xp.shr(t3 - t2 + 1, 1)
    return w0, 16384 - w0 - w2 - w3, w2, w3


def _bicubic(m: FixedNumbers | FloatNumbers, taps: _Taps, fx: Array, fy: Array) -> Array:
    xp = m.xp
    wx, wy = _cubic_weights(xp, fx), _cubic_weights(xp, fy)
    if isinstance(m, FixedNumbers):
        rows = []
        for dy in range(4):
            total = taps(dy - 1, -1) * wx[0]
            for dx in range(1, 4):
                total = total + taps(dy - 1, dx - 1) * wx[dx]
            rows.append(xp.shr(total + 8192, 14))
        total = rows[0] * wy[0]
        for dy in range(1, 4):
            total = total + rows[dy] * wy[dy]
        return m.clamp(xp.shr(total + 8192, 14))

    def weigh(parts: list[Array], weights: tuple[Array, ...]) -> Array:
        total = None
        for part, weight in zip(parts, weights, strict=True):
            share = xp.astype(weight, m.dtype) * (1 / 16384)
            # As in bilinear: weight zero is no footprint. It adds -0.0, which turns no zero around (C11).
            share = xp.where(weight == 0, -share, part * share)
            total = share if total is None else total + share
        return total

    total = weigh([weigh([taps(dy - 1, dx - 1) for dx in range(4)], wx) for dy in range(4)], wy)
    # Only what the weights overshoot is clamped: a pixel that lands on a pixel keeps its value (C11).
    return xp.where(xp.bitor(fx, fy) == 0, total, m.clamp(total))
