"""Maps that stretch each axis piece by piece, in exact fractions, and their inverse for points."""

from __future__ import annotations

import numpy as np

from augspec.namespace import Array, Namespace

__all__ = ["stretched", "unstretched"]


def stretched(xp: Namespace, parts: Array, side: int) -> Array:
    """Return the source of every pixel of an axis, (B, side), in 2⁻¹² half pixels from pixel 0, rounded half-up.

    A pixel's centre lies in one of n equal cells, at a place that the host knows; it comes from the same share of the
    part of that number. In half pixels that is a fraction over the sum of the parts: numerator at most 2¹⁴·2¹⁵.

    Args:
        xp: the namespace.
        parts: (B, n) int32, positive, with a sum below 2¹⁵.
        side: of the canvas, at most 8192.
    """
    number = xp.shape(parts)[1]
    place = (np.arange(side) * 2 + 1) * number
    cell = place // (2 * side)
    total = xp.reshape(xp.sum(parts, 1), (-1, 1))
    before = xp.cumulative_sum(parts, 1) - parts
    within = xp.constant((place - cell * 2 * side).reshape(1, -1))
    numerator = xp.select_axis(before, cell, 1) * (2 * side) + xp.select_axis(parts, cell, 1) * within
    whole = xp.floordiv(numerator, total)
    rest = numerator - whole * total
    return (whole - 1) * 4096 + xp.floordiv(rest * 4096 + xp.shr(total, 1), total)


def unstretched(xp: Namespace, x: Array, parts: Array, side: int) -> Array:
    """Return coordinates (B, N) in pixels where the canvas shows them; off the canvas they keep their distance."""
    number = xp.shape(parts)[1]
    widths = xp.astype(parts, "float32")
    scale = xp.reshape(xp.astype(xp.sum(parts, 1), "float32"), (-1, 1)) * (1 / side)
    inside = xp.clip(x, 0.0, float(side))
    place, start, cells = inside * scale, widths[:, :1] * 0.0, inside * 0.0
    for i in range(number):
        width = widths[:, i : i + 1]
        cells = cells + xp.minimum(xp.maximum(place - start, 0.0), width) / width
        start = start + width
    return cells * (side / number) + (x - inside)
