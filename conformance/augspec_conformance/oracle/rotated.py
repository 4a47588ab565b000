"""Boxes with an angle through geometry (T9): five points each, and the rectangle that they mean in the end."""

from __future__ import annotations

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray

__all__ = ["places", "rectangle"]


def places(boxes: FloatArray) -> FloatArray:
    """Return the centre and the four corners in turn, (N, 5, 2), of boxes (N, 5): centre, sides, degrees (C6)."""
    centre, half, angle = boxes[:, None, :2], boxes[:, 2:4] / 2, np.radians(boxes[:, 4])
    u = np.stack([np.cos(angle), -np.sin(angle)], -1) * half[:, :1]  # y points down
    v = np.stack([np.sin(angle), np.cos(angle)], -1) * half[:, 1:]
    return np.asarray(centre + np.stack([0 * u, -u - v, u - v, u + v, v - u], 1))


def rectangle(moved: FloatArray) -> FloatArray:
    """Return the rectangles (N, 5) that hold the last four of five moved places (N, 5, 2).

    Written with complex numbers, y up: the direction is that of u - i·v, of the mean sides u and v, where v points a
    quarter turn clockwise of u, or of u + i·v after a mirror; negated or not, it is the same.
    """
    corners = moved[:, 1:, 0] - 1j * moved[:, 1:, 1]
    u = (corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]) / 2
    v = (corners[:, 3] - corners[:, 0] + corners[:, 2] - corners[:, 1]) / 2
    plain = np.imag(np.conj(u) * v) <= 0
    direction = np.where(plain, u + 1j * v, u - 1j * v)
    direction = np.where(direction == 0, 1, direction) / np.where(direction == 0, 1, abs(direction))
    turned = corners * np.conj(direction)[:, None]
    low = turned.real.min(axis=1) + 1j * turned.imag.min(axis=1)
    high = turned.real.max(axis=1) + 1j * turned.imag.max(axis=1)
    centre, sides = (low + high) / 2 * direction, high - low
    degrees = (np.degrees(np.angle(direction)) + 90.0) % 180.0 - 90.0
    return np.stack([centre.real, -centre.imag, sides.real, sides.imag, degrees], -1)
