"""Tables over the 8-bit levels, made in integers once per sample (E6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.random.tables import exponential_table, light_table, logarithm_table

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

    def tone(self, first: Array, second: Array) -> Array:
        """Return 65280 · (3t(1−t)²·a + 3t²(1−t)·b + t³) at levels t = i / 255 and that of 255 again, (B, 257) int32.

        As what it adds to 256·i: the two bends, in 2⁻¹⁵, times a − ⅓ and b − ⅔. Each is at most
        4/9 · 65280/12288 · 2¹⁵ = 77369, so that their products with at most 2¹³ steps add up to 1.3·10⁹.

        Args:
            first: (B,) a in 1/12288, 0 … 12288.
            second: (B,) b in 1/12288, 0 … 12288.
        """
        xp = self.xp
        level = np.minimum(np.arange(257), 255)
        bends = np.stack([3 * level * (255 - level) ** 2, 3 * level**2 * (255 - level)])  # times 255⁻³
        # 65280 / 12288 · 2¹⁵ = 174080; whole numbers, rounded half-up: (n · 174080 + 255³ / 2) / 255³.
        bends = (bends * 174080 * 2 + 255**3) // (2 * 255**3)
        low, high = (xp.reshape(xp.constant(one.astype(np.int32)), (1, 257)) for one in bends)
        a, b = (xp.reshape(one, (-1, 1)) for one in (first - 4096, second - 8192))
        line = xp.reshape(xp.constant((level * 256).astype(np.int32)), (1, 257))
        return line + xp.shr(low * a + high * b + 16384, 15)

    def light(self, kelvin: Array) -> Array:
        """Return the gains of red, green and blue under a light, in 2⁻²⁰, (B, 3) int32; the table is linear between.

        Args:
            kelvin: (B,) 3000 … 15000.
        """
        xp = self.xp
        place = kelvin - 3000
        index = xp.minimum(xp.floordiv(place, 20), 599)
        rest = place - index * 20
        columns = (xp.constant(np.ascontiguousarray(light_table()[:, k])) for k in (0, 1))
        red, blue = (
            xp.floordiv(xp.take(one, index) * (20 - rest) + xp.take(one, index + 1) * rest + 10, 20) for one in columns
        )
        return xp.stack([red, red * 0 + (1 << 20), blue], 1)
