"""Exact moves of whole pixels: turns, windows, padding and the order of channels (C11)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from augspec_conformance.oracle.arrays import AnyArray, FloatArray
from augspec_conformance.oracle.grid import border_index


def turned_points(points: FloatArray, turns: int, height: int, width: int) -> FloatArray:
    """Turn points (M, 2) counter-clockwise with their canvas (height, width), by quarter turns."""
    for _ in range(turns):
        points = np.stack([points[:, 1], width - points[:, 0]], axis=1)
        height, width = width, height
    return points


def pad(plane: AnyArray, sides: Sequence[int], border: str, fill: object) -> AnyArray:
    """Put pixels around (H, W) or (H, W, C).

    Args:
        plane: Pixels of any dtype.
        sides: How many above, to the right, below, to the left.
        border: As in `grid.border_index`.
        fill: A number, or one for each channel.
    """
    top, right, bottom, left = sides
    rows, row_known = border_index(np.arange(-top, plane.shape[0] + bottom), plane.shape[0], border)
    columns, column_known = border_index(np.arange(-left, plane.shape[1] + right), plane.shape[1], border)
    padded = np.array(plane[rows][:, columns])
    padded[~(row_known[:, None] & column_known[None, :])] = fill
    return padded


def ranks(order: FloatArray, channels: int) -> AnyArray:
    """Return the permutation that the first numbers of an order are, each one's rank among them, (channels,)."""
    first = np.asarray(order[:channels])
    return np.argsort(np.argsort(first))


def shuffled(image: FloatArray, order: FloatArray) -> FloatArray:
    """Show in channel i what was channel r[i], the i-th rank."""
    return np.asarray(image[..., ranks(order, image.shape[2])])


def dropped(image: FloatArray, order: FloatArray, count: int, fill: object) -> FloatArray:
    """Fill the channels with the `count` lowest ranks."""
    colour = np.broadcast_to(np.asarray(fill, dtype=np.float64), (image.shape[2],))
    return np.where(ranks(order, image.shape[2]) < count, colour, image)
