"""Colours, sampling and blocks: how an image becomes planes of 8 × 8 blocks, and an image again.

Products are at most 116130 · 255 or 255 · 65536, and so fit int32.
"""

from __future__ import annotations

import numpy as np

from augspec.namespace import Array, Namespace

__all__ = ["SIDE", "blocks", "halved", "of_blocks", "rgb", "widened", "ycc"]

SIDE = 8
"""Rows and columns of a block."""

_HALF = 1 << 15
_CENTRE = 128 << 16


def ycc(xp: Namespace, levels: Array) -> tuple[Array, Array, Array]:
    """Return luma and both chromas, (B, H, W) levels, of RGB levels (B, H, W, 3), by weights in 2⁻¹⁶."""
    r, g, b = (levels[..., k] for k in range(3))
    y = xp.shr(r * 19595 + g * 38470 + b * 7471 + _HALF, 16)
    cb = xp.shr(b * 32768 - r * 11059 - g * 21709 + (_CENTRE + _HALF - 1), 16)
    cr = xp.shr(r * 32768 - g * 27439 - b * 5329 + (_CENTRE + _HALF - 1), 16)
    return y, cb, cr


def rgb(xp: Namespace, y: Array, cb: Array, cr: Array) -> Array:
    """Return RGB levels (B, H, W, 3) of luma and both chromas, (B, H, W) levels."""
    cb, cr = cb - 128, cr - 128
    r = y + xp.shr(cr * 91881 + _HALF, 16)
    g = y + xp.shr(_HALF - cb * 22554 - cr * 46802, 16)
    b = y + xp.shr(cb * 116130 + _HALF, 16)
    return xp.clip(xp.stack([r, g, b], 3), 0, 255)


def halved(xp: Namespace, plane: Array) -> Array:
    """Return the means of 2 × 2 levels, (B, ⌈H/2⌉, w), w = ⌈W/16⌉ · 8, from (B, H, W).

    The last row and the last column are repeated as often as needed. Quarters are rounded down after 1 was added in
    even columns of the result and 2 in odd ones, so that halves go down and up in turn.
    """
    _, height, width = xp.shape(plane)
    rows, columns = -(-height // 2), -(-width // (2 * SIDE)) * SIDE
    plane = _extended(xp, plane, 2 * rows, 2 * columns)
    tiles = xp.reshape(plane, (-1, rows, 2, columns, 2))
    total = tiles[:, :, 0, :, 0] + tiles[:, :, 0, :, 1] + tiles[:, :, 1, :, 0] + tiles[:, :, 1, :, 1]
    return xp.shr(total + xp.constant(1 + np.arange(columns) % 2), 2)


def widened(xp: Namespace, plane: Array, height: int, width: int) -> Array:
    """Return a plane of twice the sides, cut to (B, height, width), from (B, ⌈height/2⌉, ⌈width/2⌉) levels.

    Each result is 9/16 of the nearest level, 3/16 of the two next ones and 1/16 of the fourth, halves rounded up in
    even columns and down in odd ones; beyond the border, the border's levels are repeated. Planes of one or two columns
    are repeated instead of interpolated: so does libjpeg.
    """
    if xp.shape(plane)[2] <= 2:
        plane = _doubled(xp, plane, plane, 1)
        return _doubled(xp, plane, plane, 2)[:, :height, :width]
    above = xp.concat([plane[:, :1, ...], plane[:, :-1, ...]], 1)
    below = xp.concat([plane[:, 1:, ...], plane[:, -1:, ...]], 1)
    sums = _doubled(xp, plane * 3 + above, plane * 3 + below, 1)
    before = xp.concat([sums[:, :, :1], sums[:, :, :-1]], 2)
    after = xp.concat([sums[:, :, 1:], sums[:, :, -1:]], 2)
    whole = _doubled(xp, xp.shr(sums * 3 + before + 8, 4), xp.shr(sums * 3 + after + 7, 4), 2)
    return whole[:, :height, :width]


def blocks(xp: Namespace, plane: Array) -> Array:
    """Return the 8 × 8 blocks of a plane (B, H, W), (B, 8, 8, n), n = ⌈H/8⌉ · ⌈W/8⌉, repeating its last lines."""
    _, height, width = xp.shape(plane)
    down, right = -(-height // SIDE), -(-width // SIDE)
    tiles = xp.reshape(_extended(xp, plane, down * SIDE, right * SIDE), (-1, down, SIDE, right, SIDE))
    return xp.reshape(xp.transpose(tiles, (0, 2, 4, 1, 3)), (-1, SIDE, SIDE, down * right))


def of_blocks(xp: Namespace, found: Array, height: int, width: int) -> Array:
    """Return the plane (B, height, width) of which `blocks` makes these."""
    down, right = -(-height // SIDE), -(-width // SIDE)
    tiles = xp.transpose(xp.reshape(found, (-1, SIDE, SIDE, down, right)), (0, 3, 1, 4, 2))
    return xp.reshape(tiles, (-1, down * SIDE, right * SIDE))[:, :height, :width]


def _extended(xp: Namespace, plane: Array, height: int, width: int) -> Array:
    _, old_height, old_width = xp.shape(plane)
    if width > old_width:
        plane = xp.select_axis(plane, np.minimum(np.arange(width), old_width - 1), 2)
    if height > old_height:
        plane = xp.select_axis(plane, np.minimum(np.arange(height), old_height - 1), 1)
    return plane


def _doubled(xp: Namespace, even: Array, odd: Array, axis: int) -> Array:
    """Return lines of `even` and `odd` in turn, along axis 1 or 2."""
    shape = list(xp.shape(even))
    shape[0], shape[axis] = -1, 2 * shape[axis]
    return xp.reshape(xp.stack([even, odd], axis + 1), shape)
