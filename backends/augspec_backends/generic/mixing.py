"""Mixing samples of a batch: whole numbers that become shares, and the rows of partners."""

from __future__ import annotations

import math

from augspec.mixing import WHOLE
from augspec.namespace import Array, Namespace
from augspec.random.maps import share

__all__ = ["MixArithmetic", "mixed_labels", "of_partners"]


class MixArithmetic:
    """Shares of sides and areas, in integers."""

    xp: Namespace

    def part(self, fraction: Array, whole: int) -> Array:
        """Return ⌊fraction · whole⌋ of a fraction in 2⁻²⁴, 0 … 2²⁴, of whole < 2¹⁹."""
        return share(self.xp, fraction, whole)

    def portion(self, part: Array, whole: int) -> Array:
        """Return part / whole in 2⁻¹⁵, rounded half-up, 0 ≤ part ≤ whole ≤ 2²⁶: long division, five bits at a time."""
        xp = self.xp
        quotient = xp.floordiv(part, whole)
        rest = part - quotient * whole
        for _ in range(3):  # the rest is below 2²⁶, so that 2⁵ of it are below 2³¹
            digit = xp.floordiv(xp.shl(rest, 5), whole)
            rest = xp.shl(rest, 5) - digit * whole
            quotient = xp.shl(quotient, 5) + digit
        return quotient + xp.astype(rest * 2 >= whole, "int32")


def of_partners(xp: Namespace, x: Array, partner: Array) -> Array:
    """Return the rows (B, …) of every sample's partner (B,)."""
    tail = tuple(xp.shape(x)[1:])
    flat = xp.reshape(x, (1, -1, math.prod(tail), 1))
    return xp.reshape(xp.gather_axis(flat, xp.reshape(partner, (1, -1)), 1), (-1, *tail))


def mixed_labels(xp: Namespace, own: Array, other: Array, weight: Array) -> Array:
    """Return soft labels (B, K) float32, of which the sample's own weigh `weight` (B,) in 2⁻¹⁵.

    Class ids are mixed exactly: weights have 15 bits, and both sum to one. A weight of zero or one mixes nothing.
    """
    weight = xp.reshape(weight, (-1, 1))
    share = xp.astype(weight, "float32") * (1 / WHOLE)
    mixed = own * share + other * (1.0 - share)
    return xp.where(weight == WHOLE, own, xp.where(weight == 0, other, mixed))
