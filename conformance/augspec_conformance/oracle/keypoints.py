"""Keypoints through geometry (T4): continuous x and y in pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from augspec_conformance.oracle.arrays import AnyArray, BoolArray, FloatArray


def inside(points: FloatArray, height: int, width: int) -> BoolArray:
    """Return which of the points (K, 2) lie on the canvas: 0 ≤ x < W and 0 ≤ y < H, (K,)."""
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= 0.0) & (x < width) & (y >= 0.0) & (y < height))


def swap(rows: AnyArray, pairs: Sequence[Sequence[int]]) -> AnyArray:
    """Exchange the rows of each pair, as a mirror makes left of right; (K, ...) in and out."""
    swapped = np.array(rows)
    for first, second in pairs:
        swapped[[first, second]] = swapped[[second, first]]
    return swapped
