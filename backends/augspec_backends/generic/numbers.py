"""The two number systems of pixel arithmetic: exact integers for uint8, float32 for floats.

Exact pixels are int32 in 2⁻⁸ levels, 0 … 65280 (E1). Every product with a pixel stays below 65280·2¹⁵ (E2).
"""

from __future__ import annotations

from augspec.namespace import Array, Namespace
from augspec_backends.generic.filters import Filtering

__all__ = ["FULL", "FixedNumbers", "FloatNumbers", "levels_out"]

FULL = 65280
"""The top of the range in 2⁻⁸ levels: 255 · 256."""


class FixedNumbers(Filtering):
    """Exact integers: pixels are (B, H, W, C) int32 in 2⁻⁸ levels, parameters (B, 1, 1, 1) int32."""

    exact = True
    dtype = "int32"

    def __init__(self, xp: Namespace) -> None:
        self.xp = xp

    def clamp(self, x: Array) -> Array:
        """Clamp to [0, 65280]."""
        return self.xp.clip(x, 0, FULL)

    def zero(self) -> int:
        """Return 0."""
        return 0

    def middle(self) -> int:
        """Return 32640."""
        return FULL // 2

    def times(self, difference: Array, factor: Array) -> Array:
        """Return difference · factor / 2¹², rounded half-up: |difference| ≤ 65280, factor ≤ 2¹⁵."""
        return self.xp.shr(difference * factor + 2048, 12)

    def offset(self, steps: Array) -> Array:
        """1/65280 of the range is one step."""
        return steps

    def grey(self, x: Array) -> Array:
        """Return (4899 R + 9617 G + 1868 B + 2¹³) >> 14; one channel is its own grey."""
        xp = self.xp
        if xp.shape(x)[-1] == 3:
            weighted = x[..., 0:1] * 4899 + x[..., 1:2] * 9617 + x[..., 2:3] * 1868
            return xp.shr(weighted + 8192, 14)
        return x

    def mean(self, x: Array) -> Array:
        """Return ⌊(Σ + ⌊n/2⌋) / n⌋ over H and W, (B, 1, 1, C), exactly, in two limbs and base 16 (E5)."""
        xp = self.xp
        _, height, width, channels = xp.shape(x)
        n = height * width
        rows = xp.sum(x, 2)
        high = xp.sum(xp.shr(rows, 16), 1)
        low = xp.sum(xp.bitand(rows, 65535), 1) + (n >> 1)
        high = high + xp.shr(low, 16)
        low = xp.bitand(low, 65535)
        quotient = xp.floordiv(high, n)
        rest = high - quotient * n
        for shift in (12, 8, 4, 0):
            rest = rest * 16 + xp.bitand(xp.shr(low, shift), 15)
            digit = xp.floordiv(rest, n)
            rest = rest - digit * n
            quotient = quotient * 16 + digit
        return xp.reshape(quotient, (-1, 1, 1, channels))

    def noise(self, std: Array, normal: Array) -> Array:
        """Return (z12 · std + 2¹¹) >> 12 with z12 the normal in 2⁻¹²; |z12| ≤ 22 200."""
        xp = self.xp
        return xp.shr(xp.shr(normal + 2, 2) * std + 2048, 12)

    def fill(self, value: float) -> int:
        """Return a fill of the unit range as a pixel."""
        return int(value * FULL + 0.5)


class FloatNumbers(Filtering):
    """float32, or float64 where a backend offers it: the same integer parameters as in the exact domain.

    Pixels are (B, H, W, C) in the declared range.
    """

    exact = False

    def __init__(self, xp: Namespace, low: float, high: float, dtype: str = "float32") -> None:
        self.xp, self.low, self.high, self.dtype = xp, float(low), float(high), dtype
        self.span = self.high - self.low

    def clamp(self, x: Array) -> Array:
        """Clamp to the value range; NaN stays NaN (C13)."""
        return self.xp.clip(x, self.low, self.high)

    def zero(self) -> float:
        """Return the low end of the range."""
        return self.low

    def middle(self) -> float:
        """Return the middle of the range."""
        return self.low + self.span / 2

    def times(self, difference: Array, factor: Array) -> Array:
        """Return difference · factor / 2¹²."""
        return difference * (self.xp.astype(factor, self.dtype) * (1 / 4096))

    def offset(self, steps: Array) -> Array:
        """Return steps / 65280 of the range."""
        return self.xp.astype(steps, self.dtype) * (self.span / FULL)

    def grey(self, x: Array) -> Array:
        """Return 0.299 R + 0.587 G + 0.114 B; one channel is its own grey."""
        if self.xp.shape(x)[-1] == 3:
            return x[..., 0:1] * 0.299 + x[..., 1:2] * 0.587 + x[..., 2:3] * 0.114
        return x

    def mean(self, x: Array) -> Array:
        """Return the mean over H and W, (B, 1, 1, C): rows first, so that partial sums stay small."""
        xp = self.xp
        _, height, width, channels = xp.shape(x)
        rows = xp.sum(x, 2) * (1.0 / width)
        return xp.reshape(xp.sum(rows, 1) * (1.0 / height), (-1, 1, 1, channels))

    def noise(self, std: Array, normal: Array) -> Array:
        """Return normal · std of the range."""
        xp = self.xp
        return (xp.astype(normal, self.dtype) * (1 / 16384)) * (xp.astype(std, self.dtype) * (self.span / FULL))

    def fill(self, value: float) -> float:
        """Return a fill of the unit range as a pixel."""
        return self.low + value * self.span


def levels_out(xp: Namespace, image: Array) -> Array:
    """Return an exact-domain image as uint8: (v + 128) >> 8, once, at the end (E1)."""
    return image if xp.dtype(image) == "uint8" else xp.astype(xp.shr(image + 128, 8), "uint8")
