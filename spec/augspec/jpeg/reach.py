"""How far a pixel reaches: over its tile, and a rim around it."""

from __future__ import annotations

from functools import reduce

import numpy as np

from augspec.namespace import Array, Namespace

__all__ = ["reached"]


def reached(xp: Namespace, marked: Array, side: int, rim: int) -> Array:
    """Return which pixels stand in a tile with a marked pixel, or within `rim` pixels of one, (B, H, W, 1) bool.

    Args:
        xp: the namespace.
        marked: (B, H, W, C) bool; a mark in one channel counts for all.
        side: rows and columns of a tile.
        rim: pixels to each side.
    """
    marks = xp.max(xp.astype(marked, "int32"), 3)
    for axis in (1, 2):
        length = xp.shape(marks)[axis]
        tiles = -(-length // side)
        inside = np.minimum(np.arange(tiles * side), length - 1)  # the last pixel again belongs to the same tile
        shape = list(xp.shape(marks))
        shape[0], shape[axis : axis + 1] = -1, [tiles, side]
        each = xp.max(xp.reshape(xp.select_axis(marks, inside, axis), shape), axis + 1)
        places = np.clip(np.arange(length) + np.arange(-rim, rim + 1)[:, None], 0, length - 1) // side
        marks = reduce(xp.maximum, (xp.select_axis(each, place, axis) for place in places))
    return marks[..., None] > 0
