"""R9–R14: from a 32-bit word to a value, in int32 arithmetic that is exact in every framework and mode.

Words are int32 bit patterns. The 24 high bits `k = w >> 8` (logical) carry every map but the integer one.
"""

from __future__ import annotations

from augspec.namespace import Array, Namespace

__all__ = ["bernoulli", "categorical", "fraction24", "grid", "integer", "quantile", "ranks", "share"]


def fraction24(xp: Namespace, word: Array) -> Array:
    """Return the 24 high bits, 0 … 2²⁴ − 1 (R9)."""
    return xp.bitand(xp.shr(word, 8), 0xFFFFFF)


def share(xp: Namespace, k: Array, n: Array | int) -> Array:
    """Return ⌊k·n / 2²⁴⌋ by 12-bit halves, for 0 ≤ k < 2²⁴ and 0 ≤ n < 2¹⁹."""
    high, low = xp.shr(k, 12), xp.bitand(k, 4095)
    return xp.shr(high * n + xp.shr(low * n, 12), 12)


def bernoulli(xp: Namespace, word: Array, threshold: Array | int) -> Array:
    """Return 1 where k < threshold, else 0 (R10)."""
    return xp.astype(fraction24(xp, word) < threshold, "int32")


def integer(xp: Namespace, word: Array, n: int) -> Array:
    """Return ⌊w·n / 2³²⌋ for 1 ≤ n ≤ 32767, by 16-bit halves (R11)."""
    high, low = xp.bitand(xp.shr(word, 16), 0xFFFF), xp.bitand(word, 0xFFFF)
    return xp.shr(high * n + xp.shr(low * n, 16), 16)


def categorical(xp: Namespace, word: Array, thresholds: tuple[int, ...]) -> Array:
    """Return the number of cumulative 24-bit thresholds that k reaches (R11), of all but the last class."""
    k = fraction24(xp, word)
    index = k * 0
    for threshold in thresholds:
        index = index + xp.astype(k >= threshold, "int32")
    return index


def grid(xp: Namespace, word: Array, low: int, width: int) -> Array:
    """Return low + ⌊k·width / 2²⁴⌋ (R13), for width < 2¹⁹."""
    return share(xp, fraction24(xp, word), width) + low


def quantile(xp: Namespace, word: Array, table: Array) -> Array:
    """Interpolate a (4097,) table of quantiles whose steps are below 2¹⁹ (R14)."""
    k = fraction24(xp, word)
    index, rest = xp.shr(k, 12), xp.bitand(k, 4095)
    left = xp.take(table, index)
    return left + xp.shr((xp.take(table, index + 1) - left) * rest + 2048, 12)


def ranks(xp: Namespace, words: list[Array]) -> list[Array]:
    """Return the rank of each word's 31 high bits among all, ties by position (R12); at most 16 words."""
    keys = [xp.bitand(xp.shr(word, 1), 0x7FFFFFFF) for word in words]
    result = []
    for i, mine in enumerate(keys):
        rank = mine * 0
        for j, other in enumerate(keys):
            if j != i:
                before = other <= mine if j < i else other < mine
                rank = rank + xp.astype(before, "int32")
        result.append(rank)
    return result
