"""The two number systems of pixel arithmetic: exact integers for uint8, float32 for floats.

Exact pixels are int32 in 2⁻⁸ levels, 0 … 65280 (E1). Every product with a pixel stays below 65280·2¹⁵ (E2).
"""

from __future__ import annotations

from collections.abc import Callable

from augspec.namespace import Array, Namespace
from augspec_backends.generic.filters import Filtering
from augspec_backends.generic.statistics import Statistics, exact_mean
from augspec_backends.generic.tones import ExactTones, FloatTones

__all__ = ["FULL", "FixedNumbers", "FloatNumbers", "is_number", "levels_out"]

FULL = 65280
"""The top of the range in 2⁻⁸ levels: 255 · 256."""


class FixedNumbers(ExactTones, Filtering, Statistics):
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

    def top(self) -> int:
        """Return 65280."""
        return FULL

    def times(self, difference: Array, factor: Array) -> Array:
        """Return difference · factor / 2¹², rounded half-up: |difference · factor| ≤ 65280 · 2¹⁵."""
        return self.xp.shr(difference * factor + 2048, 12)

    def weigh(self, difference: Array, weight: Array) -> Array:
        """Return difference · weight / 2¹⁵, rounded half-up: |difference| ≤ 65280, weight ≤ 2¹⁵."""
        return self.xp.shr(difference * weight + 16384, 15)

    def cover(self, x: Array, colour: Array, weight: Array) -> Array:
        """Return x + (colour − x) · weight / 2¹⁵, rounded half-up, of pixels of the range and a weight up to 2¹⁵."""
        return x + self.weigh(colour - x, weight)

    def part(self, x: Array, other: Array, weight: Array) -> Array:
        """Return (other − x) · weight, in 2⁻¹⁵ of a pixel.

        Weights are not negative and sum to 2¹⁵ at most, differences are at most 65280: so are sums of parts at most
        65280 · 2¹⁵ in magnitude, and with half of 2¹⁵ below 2³¹ (E2).
        """
        return (other - x) * weight

    def with_parts(self, x: Array, parts: Array) -> Array:
        """Return x and the sum of parts, rounded half-up once."""
        return x + self.xp.shr(parts + 16384, 15)

    def share(self, amount: Array, part: Array, whole: Array) -> Array:
        """Return amount · (part / whole), 0 where the whole is 0; part ≤ whole, the quotient in 2⁻¹⁵."""
        xp = self.xp
        quotient = xp.floordiv(xp.shl(part, 15), xp.maximum(whole, 1))
        return self.weigh(amount, quotient)

    def offset(self, steps: Array) -> Array:
        """1/65280 of the range is one step."""
        return steps

    def level(self, x: Array) -> Array:
        """Return the nearest 8-bit levels, 0 … 255 (E6a)."""
        return self.xp.shr(x + 128, 8)

    def of_level(self, levels: Array, like: Array) -> Array:
        """Return pixels that stand on levels."""
        return self.xp.shl(levels, 8)

    def unknown(self, x: Array) -> None:
        """Return None: integers are numbers."""
        return

    def grey(self, x: Array) -> Array:
        """Return (4899 R + 9617 G + 1868 B + 2¹³) >> 14; one channel is its own grey."""
        xp = self.xp
        if xp.shape(x)[-1] == 3:
            weighted = x[..., 0:1] * 4899 + x[..., 1:2] * 9617 + x[..., 2:3] * 1868
            return xp.shr(weighted + 8192, 14)
        return x

    def mean(self, x: Array) -> Array:
        """Return the mean over H and W, (B, 1, 1, C), rounded half-up (E5)."""
        return exact_mean(self.xp, x)

    def curve(self, x: Array, table: Array, formula: Callable[[Array], Array]) -> Array:
        """Return a curve's value at every pixel, linear between whole levels.

        Args:
            x: pixels, 0 … 65280.
            table: (B, 257) values in 2⁻⁸ levels at levels 0 … 256, of which the last is that of 255 again.
            formula: unused here.
        """
        xp = self.xp
        index, rest = xp.shr(x, 8), xp.bitand(x, 255)
        left = self.look_up(table, index)
        right = self.look_up(table, index + 1)
        return left + xp.shr((right - left) * rest + 128, 8)

    def power(self, x: Array, exponent: Array, table: Array) -> Array:
        """Return the curve of a table of powers."""
        return self.curve(x, table, lambda unit: unit)

    def stretch(self, difference: Array, span: Array) -> Array:
        """Return difference · (65280 · 2¹⁵ / span) / 2¹⁵, both rounded half-up."""
        xp = self.xp
        factor = xp.floordiv(FULL * 32768 + xp.shr(span, 1), span)
        return xp.shr(difference * factor + 16384, 15)

    def thirteenth(self, difference: Array) -> Array:
        """Return difference · 2521 / 2¹⁵, rounded half-up: |difference| ≤ 8 · 65280."""
        return self.xp.shr(difference * 2521 + 16384, 15)

    def noise(self, std: Array, normal: Array) -> Array:
        """Return (z12 · std + 2¹¹) >> 12 with z12 the normal in 2⁻¹²; |z12| ≤ 22 200."""
        xp = self.xp
        return xp.shr(xp.shr(normal + 2, 2) * std + 2048, 12)

    def fill(self, value: float) -> int:
        """Return a fill of the unit range as a pixel."""
        return int(value * FULL + 0.5)


class FloatNumbers(FloatTones, Filtering, Statistics):
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

    def top(self) -> float:
        """Return the high end of the range."""
        return self.high

    def times(self, difference: Array, factor: Array) -> Array:
        """Return difference · factor / 2¹²."""
        return difference * (self.xp.astype(factor, self.dtype) * (1 / 4096))

    def weigh(self, difference: Array, weight: Array) -> Array:
        """Return difference · weight / 2¹⁵."""
        return difference * (self.xp.astype(weight, self.dtype) * (1 / 32768))

    def cover(self, x: Array, colour: Array, weight: Array) -> Array:
        """Return x + (colour − x) · weight / 2¹⁵; a pixel that is covered wholly is not read (C13)."""
        xp = self.xp
        blend = xp.where(weight == 0, x, x + self.weigh(colour - x, weight))
        return xp.where(weight == 32768, colour, blend)

    def part(self, x: Array, other: Array, weight: Array) -> Array:
        """Return (other − x) · weight / 2¹⁵; 0 of a weight of 0 or of equals, infinite ones too (C11, C13)."""
        xp = self.xp
        nothing = xp.logical_or(weight == 0, other == x)
        return xp.where(nothing, 0.0, (other - x) * (xp.astype(weight, self.dtype) * (1 / 32768)))

    def with_parts(self, x: Array, parts: Array) -> Array:
        """Return x and the sum of parts; x itself where that is 0."""
        return self.xp.where(parts == 0, x, x + parts)

    def share(self, amount: Array, part: Array, whole: Array) -> Array:
        """Return amount · (part / whole), 0 where the whole is 0."""
        xp = self.xp
        some = whole != 0
        return xp.where(some, amount * (part / xp.where(some, whole, 1.0)), 0.0)

    def offset(self, steps: Array) -> Array:
        """Return steps / 65280 of the range."""
        return self.xp.astype(steps, self.dtype) * (self.span / FULL)

    def level(self, x: Array) -> Array:
        """Return the nearest 8-bit levels, 0 … 255 (E6a); that of a NaN is 0."""
        xp = self.xp
        scaled = xp.floor((self.clamp(x) - self.low) * (255.0 / self.span) + 0.5)
        return xp.astype(xp.where(is_number(scaled), scaled, 0.0), "int32")

    def of_level(self, levels: Array, like: Array) -> Array:
        """Return pixels that stand on levels; NaN where `like` is NaN (C13)."""
        xp = self.xp
        pixels = xp.astype(levels, self.dtype) * (self.span / 255.0) + self.low
        return xp.where(is_number(like), pixels, like)

    def unknown(self, x: Array) -> Array:
        """Return where a pixel is not a number."""
        return self.xp.logical_not(is_number(x))

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

    def power(self, x: Array, exponent: Array, table: Array) -> Array:
        """Return the range's low end and ((x − low) / span)^exponent above it."""
        xp = self.xp
        unit = xp.maximum((x - self.low) * (1.0 / self.span), 0.0)
        return xp.pow(unit, xp.astype(exponent, self.dtype) * (1 / 4096)) * self.span + self.low

    def stretch(self, difference: Array, span: Array) -> Array:
        """Return the range's low end and difference / span of it above."""
        return difference / span * self.span + self.low

    def thirteenth(self, difference: Array) -> Array:
        """Return difference / 13."""
        return difference * (1 / 13)

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


def is_number(x: Array) -> Array:
    """Return where floats are no NaN: a NaN alone differs from itself."""
    return x == x  # noqa: PLR0124
