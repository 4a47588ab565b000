"""Boxes through geometry (T3): absolute xyxy in continuous coordinates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from augspec_conformance.oracle.arrays import BoolArray, FloatArray


def hull(boxes: FloatArray, points: Callable[[FloatArray], FloatArray], between: int = 0) -> FloatArray:
    """Return the axis-aligned hull of each box's moved corners, and of evenly spaced points of its sides.

    Args:
        boxes: (N, 4), x1 y1 x2 y2.
        points: Moves points (M, 2).
        between: How many points there are between two corners.

    Returns:
        (N, 4).
    """
    found = corners(boxes)[:, None]
    shares = np.arange(between + 1)[:, None, None] / (between + 1)
    outline = found + shares * (np.roll(found, -1, axis=2) - found)
    moved = points(outline.reshape(-1, 2)).reshape(len(boxes), 4 * (between + 1), 2)
    return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1)


def corners(boxes: FloatArray) -> FloatArray:
    """Return the corners (N, 4, 2) of boxes (N, 4), one side after the other."""
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def clip(boxes: FloatArray, height: int, width: int) -> FloatArray:
    """Clip boxes (N, 4) to the canvas."""
    return np.clip(boxes, 0.0, np.array([width, height, width, height], dtype=np.float64))


def area(boxes: FloatArray) -> FloatArray:
    """Return the area of each box, pixels², (N,); none where x2 < x1 or y2 < y1."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def visible_share(clipped: FloatArray, unclipped: FloatArray) -> FloatArray:
    """Return the share of each hull (N, 4) left after clipping, (N,) in [0, 1]; 0 for a hull without area."""
    whole = area(unclipped)
    return np.divide(area(clipped), whole, out=np.zeros_like(whole), where=whole > 0.0)


def valid(boxes: FloatArray, share: FloatArray, *, min_area: float, min_visibility: float) -> BoolArray:
    """Return which boxes are still of use, (N,).

    A box that once left the canvas wholly stays invalid, though a later turn may give its hull an area again.

    Args:
        boxes: (N, 4) after all stages.
        share: (N,) product of the visible shares of all stages.
        min_area: Pixels² of the final canvas.
        min_visibility: Share in [0, 1].
    """
    size = area(boxes)
    return np.asarray((size > 0.0) & (share > 0.0) & (size >= min_area) & (share >= min_visibility))
