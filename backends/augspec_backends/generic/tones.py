"""Gains, matrices of channels, curves and shares of the range, in both number systems."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from augspec.namespace import Array, Namespace

__all__ = ["ExactTones", "FloatTones"]

_FULL = 65280
"""The top of the range."""

_LEAST = 1e-16
"""What a root is taken of instead of 0, where its slope would be infinite."""


class ExactTones:
    """In exact integers: pixels are int32 in 2⁻⁸ levels, 0 … 65280; shares of the range are in 2⁻¹⁵."""

    xp: Namespace

    def gain(self, difference: Array, factor: Array) -> Array:
        """Return difference · (factor in 2⁻¹⁴), rounded half-up: |difference| ≤ 65280, factor ≤ 2²¹."""
        return self.xp.shr(difference * self.xp.shr(factor + 32, 6) + 8192, 14)

    def mix(self, x: Array, rows: Sequence[Sequence[float]]) -> Array:
        """Return (Σ a_ij · x_j + 2¹³) >> 14: a row adds up to 2¹⁵ at most."""
        entries = [[math.floor(entry * 16384 + 0.5) for entry in row] for row in rows]
        channels = [sum((x[..., j : j + 1] * row[j] for j in (1, 2)), x[..., 0:1] * row[0]) for row in entries]
        return self.xp.shr(self.xp.concat(channels, 3) + 8192, 14)

    def unit(self, x: Array) -> Array:
        """Return x / 65280 in 2⁻¹⁵, x clamped first: 2³⁰ / 65280 is 16448¼ and a little, and 65280 gives 2¹⁵."""
        x = self.xp.clip(x, 0, _FULL)
        return self.xp.shr(x * 16448 + self.xp.shr(x, 2) + 16384, 15)

    def root(self, x: Array) -> Array:
        """Return √(x / 65280) in 2⁻¹⁵, x clamped first.

        The root r of x · 2¹⁴ < 2³⁰ is found bit by bit and rounded: r ≤ 32704. What it lacks to 2⁻¹⁵ is
        √(65536 / 65280) − 1 = 64.16 / 2¹⁵ of it.
        """
        xp = self.xp
        square = xp.shl(self.xp.clip(x, 0, _FULL), 14)
        root = square * 0
        for bit in range(14, -1, -1):
            more = root + (1 << bit)
            root = xp.where(more * more <= square, more, root)
        root = xp.where(square - root * root > root, root + 1, root)
        return root + xp.shr(root * 4107 + (1 << 20), 21)

    def portion(self, steps: Array, share: Array) -> Array:
        """Return steps · share / 2¹⁵, rounded half-up: steps ≤ 65280, share ≤ 2¹⁵."""
        return self.xp.shr(steps * share + 16384, 15)


class FloatTones:
    """In floats of a range from `low`, `span` wide; shares are floats."""

    xp: Namespace
    dtype: str
    low: float
    span: float

    def gain(self, difference: Array, factor: Array) -> Array:
        """Return difference · factor / 2²⁰."""
        return difference * (self.xp.astype(factor, self.dtype) * 2.0**-20)

    def mix(self, x: Array, rows: Sequence[Sequence[float]]) -> Array:
        """Return Σ a_ij · x_j, counted from the range's low end."""
        parts = [x[..., j : j + 1] - self.low for j in range(3)]
        channels = [parts[0] * row[0] + parts[1] * row[1] + parts[2] * row[2] for row in rows]
        return self.xp.concat(channels, 3) + self.low

    def curve(self, x: Array, table: Array, formula: Callable[[Array], Array]) -> Array:
        """Return the formula's value at every pixel."""
        return formula(self.unit(x)) * self.span + self.low

    def unit(self, x: Array) -> Array:
        """Return (x − low) / span."""
        return (x - self.low) * (1.0 / self.span)

    def root(self, x: Array) -> Array:
        """Return √((x − low) / span), x clamped first; that of 0 is 10⁻⁸, so that it has a slope there."""
        return self.xp.sqrt(self.xp.maximum(self.xp.minimum(self.unit(x), 1.0), _LEAST))

    def portion(self, steps: Array, share: Array) -> Array:
        """Return steps · share."""
        return self.xp.astype(steps, self.dtype) * share
