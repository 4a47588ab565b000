"""Maps that move places along the rays from the centre: polynomials of the radius, and their inverse for points."""

from __future__ import annotations

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.plane import multiply

__all__ = ["radial", "unbend"]

_ONE = 1 << 24
_HALVINGS, _NEWTON = 10, 3


def radial(xp: Namespace, k: Array, height: int, width: int) -> tuple[Array, Array]:
    """Return the source of every pixel, (B, H, W) each, in 2⁻¹² half pixels from pixel 0.

    A place p about the centre comes from p·(1 + k₁·t + k₂·t²), t = |p|² over that of the corners. t is the sum of two
    host tables in 2⁻²⁴, so off by one step at most, and the factor, at most 3, by four; it is applied by 12-bit halves,
    below 3·2¹²·2¹³. So a source is off by at most 2⁻¹⁴ pixel and side · 2⁻²³.

    Args:
        xp: the namespace.
        k: (B, 2) int32 coefficients in 2⁻²⁴.
        height: of the canvas, at most 8192.
        width: of the canvas, at most 8192.
    """
    x, y = np.arange(width) * 2 + 1 - width, np.arange(height) * 2 + 1 - height
    corner = width * width + height * height
    tx, ty = (xp.constant((v * v * _ONE + corner // 2) // corner) for v in (x, y))
    t = xp.reshape(tx, (1, 1, width)) + xp.reshape(ty, (1, height, 1))
    k1, k2 = (xp.reshape(k[:, i], (-1, 1, 1)) for i in (0, 1))
    factor = _ONE + multiply(xp, t, k1 + multiply(xp, t, k2))
    whole, rest = xp.shr(factor, 12), xp.bitand(factor, 4095)

    def along(place: Array, side: int) -> Array:
        return whole * place + xp.shr(rest * place + 2048, 12) + ((side - 1) << 12)

    columns, rows = xp.constant(x.reshape(1, 1, width)), xp.constant(y.reshape(1, height, 1))
    return along(columns, width), along(rows, height)


def unbend(xp: Namespace, x: Array, y: Array, k: Array, height: int, width: int) -> tuple[Array, Array]:
    """Return points (B, N) in pixels where the pixels are that show them: the inverse of `radial`, in float32.

    The radius is found by halving [0, 1] and by Newton's steps; beyond 1 the map is its tangent, and so is the inverse.
    """
    corner = float(np.hypot(height, width)) / 2
    cx, cy = width / 2, height / 2
    u, v = (x - cx) * (1 / corner), (y - cy) * (1 / corner)
    k1, k2 = (xp.reshape(xp.astype(k[:, i], "float32") * 2.0**-24, (-1, 1)) for i in (0, 1))
    radius = xp.sqrt(u * u + v * v)

    def factor(r: Array) -> Array:
        t = r * r
        return (k2 * t + k1) * t + 1.0

    low = radius * 0.0
    for step in range(1, _HALVINGS + 1):
        middle = low + 2.0**-step
        low = xp.where(middle * factor(middle) <= radius, middle, low)
    r = low
    for _ in range(_NEWTON):
        t = r * r
        r = xp.clip(r - (r * factor(r) - radius) / ((k2 * 5.0 * t + k1 * 3.0) * t + 1.0), 0.0, 1.0)
    end, slope = 1.0 + k1 + k2, 1.0 + k1 * 3.0 + k2 * 5.0
    outside = radius > end
    beyond = 1.0 + (radius - end) / slope
    scale = xp.where(outside, beyond / xp.where(outside, radius, 1.0), 1.0 / factor(r))
    return u * scale * corner + cx, v * scale * corner + cy
