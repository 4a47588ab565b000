"""Weights of filters with a few static taps in the plane, made in integers once per sample (E7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.plane import cosine, sine

__all__ = ["TapArithmetic"]

Taps = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class TapArithmetic:
    """The integer arithmetic of taps' weights."""

    xp: Namespace

    def line(self, length: Array, turns: Array, taps: Taps, longest: int) -> Array:
        """Return the weights of the mean of points on a line, each read bilinearly, (B, K) int32 that sum to 2¹⁵.

        Point j of n lies (2j + 1 − n) / 2 pixels from the middle; its place is rounded to 2⁻¹² pixel. Its weights in a
        tap are products of two triangles in 2⁻¹², so that those of 15 points add up to less than 2²⁸.

        Args:
            length: (B,) n, 1 … longest.
            turns: (B,) angle in 2⁻²⁴ turns, counter-clockwise for the viewer.
            taps: static (down, right), with (0, 0); those left out have weight zero.
            longest: the largest n, at most 15.
        """
        xp = self.xp
        points = xp.reshape(xp.arange(longest), (1, 1, -1))
        n = xp.reshape(length, (-1, 1, 1))
        along = points * 2 + 1 - n

        def weights(axis: int, direction: Array) -> Array:
            places = xp.constant(np.array([tap[axis] * 4096 for tap in taps], np.int32).reshape(1, -1, 1))
            step = xp.reshape(xp.shr(direction + 128, 8), (-1, 1, 1))  # 2⁻¹⁶ pixel for two halves
            return xp.maximum(4096 - xp.abs(places - xp.shr(along * step + 16, 5)), 0)

        products = weights(0, -sine(xp, turns)) * weights(1, cosine(xp, turns))
        sums = xp.sum(xp.where(points < n, products, 0), 2)
        scale = xp.reshape(length, (-1, 1)) * 512
        return self._rest(xp.floordiv(sums + xp.shr(scale, 1), scale), taps)

    def disc(self, radius: Array, taps: Taps) -> Array:
        """Return the weights of a disc whose rim fades over a pixel: as clamp(r + ½ − d, 0, 1), (B, K), sum 2¹⁵.

        They are in 2⁻¹⁴ before they are divided by their sum, which is below 2²².

        Args:
            radius: (B,) r in 2⁻¹² pixel.
            taps: static (down, right), with (0, 0), d from the middle; those left out have weight zero.
        """
        xp = self.xp
        distances = np.floor(np.hypot(*np.array(taps, np.float64).T) * 16384 + 0.5).astype(np.int32)
        inside = xp.reshape(xp.shl(radius, 2) + 8192, (-1, 1)) - xp.constant(distances.reshape(1, -1))
        units = xp.clip(inside, 0, 16384)
        total = xp.reshape(xp.sum(units, 1), (-1, 1))
        return self._rest(xp.floordiv(xp.shl(units, 15) + xp.shr(total, 1), total), taps)

    def _rest(self, weights: Array, taps: Taps) -> Array:
        """Return weights whose middle one makes the sum 2¹⁵."""
        xp = self.xp
        rest = 32768 - xp.reshape(xp.sum(weights, 1), (-1, 1))
        middle = xp.constant(np.array([tap == (0, 0) for tap in taps], np.int32).reshape(1, -1))
        return weights + rest * middle
