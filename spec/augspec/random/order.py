"""A batch in a drawn order: a function of the key and of the set of ids, whatever row each sample has (R7, R12)."""

from __future__ import annotations

from augspec.namespace import Array, Namespace

__all__ = ["first_in", "following", "ordered"]


def ordered(xp: Namespace, first: Array, second: Array) -> Array:
    """Return the rows (B,) in the order of two words of each, ties by row.

    Args:
        xp: the namespace.
        first: (B,) int32 words, of which the 31 high bits count.
        second: (B,) int32 words, which decide where those are equal.
    """
    a, b = (xp.bitand(xp.shr(word, 1), 0x7FFFFFFF) for word in (first, second))
    by_second = xp.argsort(b)
    return xp.take(by_second, xp.argsort(xp.take(a, by_second)))


def following(xp: Namespace, order: Array) -> Array:
    """Return, for every row (B,), the row that comes next in an order; after the last one comes the first."""
    return xp.take(xp.concat([order[1:], order[:1]], 0), xp.argsort(order))


def first_in(xp: Namespace, order: Array, values: Array) -> Array:
    """Return (R, B) values with every row's exchanged for those of the row that is first in an order."""
    row = xp.cumulative_sum(order * 0 + 1, 0) - 1  # 0 … B − 1, also where a graph does not know B
    chosen = xp.where(xp.reshape(row == order[:1], (1, -1)), values, values * 0)
    return values * 0 + xp.reshape(xp.sum(chosen, 1), (-1, 1))
