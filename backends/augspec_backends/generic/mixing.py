"""Mixing samples of a batch: whole numbers that become shares, the rows of partners, and labels of several samples."""

from __future__ import annotations

import math
from collections.abc import Sequence

from augspec.mixing import WHOLE
from augspec.namespace import Array, Namespace
from augspec.random.maps import share

__all__ = ["MixArithmetic", "mixed_labels", "of_partners", "who_follow"]


class MixArithmetic:
    """Shares of sides and areas, in integers."""

    xp: Namespace

    def part(self, fraction: Array, whole: int) -> Array:
        """Return ⌊fraction · whole⌋ of a fraction in 2⁻²⁴, 0 … 2²⁴, of whole < 2¹⁹."""
        return share(self.xp, fraction, whole)

    def portion(self, part: Array, whole: Array | int, digits: int = 3) -> Array:
        """Return part / whole in 2⁻¹⁵, rounded half-up, 0 ≤ part ≤ whole ≤ 2²⁶, 0 < whole: long division.

        Each digit has five bits; four of them give 2⁻²⁰.
        """
        xp = self.xp
        quotient = xp.floordiv(part, whole)
        rest = part - quotient * whole
        for _ in range(digits):  # the rest is below 2²⁶, so that 2⁵ of it are below 2³¹
            digit = xp.floordiv(xp.shl(rest, 5), whole)
            rest = xp.shl(rest, 5) - digit * whole
            quotient = xp.shl(quotient, 5) + digit
        return quotient + xp.astype(rest * 2 >= whole, "int32")


def of_partners(xp: Namespace, x: Array, partner: Array) -> Array:
    """Return the rows (B, …) of every sample's partner (B,)."""
    tail = tuple(xp.shape(x)[1:])
    if math.prod(tail) == 0:
        return x  # there is nothing in any row
    if len(tail) != 3:
        flat = xp.reshape(x, (1, -1, math.prod(tail), 1))
        return xp.reshape(xp.gather_axis(flat, xp.reshape(partner, (1, -1)), 1), (-1, *tail))
    # Lines of images as rows: pixels and channels keep their places.
    lines = xp.reshape(partner, (-1, 1)) * tail[0] + xp.reshape(xp.arange(tail[0]), (1, -1))
    flat = xp.reshape(x, (1, -1, *tail[1:]))
    return xp.reshape(xp.gather_axis(flat, xp.reshape(lines, (1, -1)), 1), (-1, *tail))


def who_follow(xp: Namespace, partner: Array, count: int) -> list[Array]:
    """Return `count` rows (B,) of the samples that follow each one: its partner, the partner's partner and so on."""
    found = [partner]
    while len(found) < count:
        found.append(xp.take(partner, found[-1]))
    return found


def mixed_labels(xp: Namespace, labels: Sequence[Array], weights: Sequence[Array], whole: int = WHOLE) -> Array:
    """Return the sum of soft labels (B, K) float32, each by its weights (B,) in 1 / whole, a power of two up to 2²³.

    Class ids are mixed exactly: weights are whole numbers that sum to `whole`. What has no weight is not read, and what
    has all of it is not changed.
    """
    columns = [xp.reshape(weight, (-1, 1)) for weight in weights]
    mixed: Array = None
    for label, weight in zip(labels, columns, strict=True):
        part = xp.where(weight == 0, 0.0, label * (xp.astype(weight, "float32") * (1 / whole)))
        mixed = part if mixed is None else mixed + part
    for label, weight in zip(labels, columns, strict=True):
        mixed = xp.where(weight == whole, label, mixed)
    return mixed
