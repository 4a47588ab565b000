"""Tables over the 8-bit levels, made in integers once per sample (E6)."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec.random.tables import exponential_table, logarithm_table

__all__ = ["CurveArithmetic"]


@dataclass(frozen=True)
class CurveArithmetic:
    """The integer arithmetic of curves."""

    xp: Namespace

    def powers(self, exponent: Array) -> Array:
        """Return 65280 · (i / 255)^γ for levels i = 0 … 255 and that of 255 again, (B, 257) int32.

        The product γ · log₂ is exact in two limbs; the power of two is a table of 257 entries, linear between them.

        Args:
            exponent: (B,) γ in 2⁻¹², 0 … 2¹⁵ − 1.
        """
        xp = self.xp
        g = xp.reshape(exponent, (-1, 1))
        logarithm = xp.reshape(xp.constant(logarithm_table()), (1, 257))
        high, low = xp.shr(logarithm, 10) * g, xp.bitand(logarithm, 1023) * g
        power = xp.shr(high, 2) + xp.shr(low + xp.bitand(high, 3) * 1024, 12)
        whole = xp.minimum(xp.shr(power, 16), 22)
        table = xp.constant(exponential_table())
        k, rest = xp.bitand(xp.shr(power, 8), 255), xp.bitand(power, 255)
        left = xp.take(table, k)
        y = left - xp.shr((left - xp.take(table, k + 1)) * rest + 128, 8)
        values = xp.shr(xp.shr(y, whole + 7) + 1, 1)
        black = xp.reshape(xp.arange(257) == 0, (1, 257))
        return xp.where(black, xp.where(g == 0, values * 0 + 65280, 0), values)
