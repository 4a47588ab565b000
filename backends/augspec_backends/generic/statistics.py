"""Statistics of whole images: means, extrema, histograms (E5); and look-ups in tables made of them."""

from __future__ import annotations

from augspec.namespace import Array, Namespace

__all__ = ["Statistics", "exact_mean"]


class Statistics:
    """What both number systems know about whole images.

    Attributes:
        xp: the namespace.
    """

    xp: Namespace

    def lowest(self, x: Array) -> Array:
        """Return the minimum over H and W, (B, 1, 1, C)."""
        return self._wide(self.xp.min(x, (1, 2)))

    def highest(self, x: Array) -> Array:
        """Return the maximum over H and W, (B, 1, 1, C)."""
        return self._wide(self.xp.max(x, (1, 2)))

    def histogram(self, levels: Array) -> Array:
        """Return how often each level 0 … 255 occurs, (B, C, 256) int32, from levels (B, H, W, C)."""
        xp = self.xp
        _, height, width, channels = xp.shape(levels)
        rows = xp.reshape(xp.transpose(levels, (0, 3, 1, 2)), (-1, height * width))
        return xp.reshape(xp.histogram(rows, 256), (-1, channels, 256))

    def look_up(self, tables: Array, levels: Array) -> Array:
        """Return the entries (B, H, W, C) of tables (B, n), or (B, C, n), at indices (B, H, W, C)."""
        xp = self.xp
        _, height, width, channels = xp.shape(levels)
        flat = xp.reshape(levels, (-1, height * width * channels))
        if len(xp.shape(tables)) == 3:
            size = xp.shape(tables)[2]
            offset = xp.reshape(xp.arange(channels) * size, (1, 1, 1, channels))
            flat = xp.reshape(levels + offset, (-1, height * width * channels))
            tables = xp.reshape(tables, (-1, channels * size))
        return xp.reshape(xp.take_rows(tables, flat), (-1, height, width, channels))

    def _wide(self, values: Array) -> Array:
        return self.xp.reshape(values, (-1, 1, 1, self.xp.shape(values)[-1]))


def exact_mean(xp: Namespace, x: Array) -> Array:
    """Return ⌊(Σ + ⌊n/2⌋) / n⌋ over H and W of int32 pixels, (B, 1, 1, C), exactly, in two limbs and base 16 (E5)."""
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
