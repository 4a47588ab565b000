"""The op `sharpness`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Factor
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp, largest

__all__ = ["Sharpness"]


class Sharpness(FilterOp):
    """Blend with a smoothed image, or away from it: S + (x − S)·f, clamped; 0 is smooth, 1 changes nothing.

    S is Pillow's `SMOOTH`: (Σ of the eight neighbours + 5·x) / 13. Pixels on the border stay as they are.
    """

    op: Literal["sharpness"]
    factor: Factor
    """1 changes nothing, above 1 is sharper, 0 is smooth."""

    def reach(self) -> int:
        """Return 1."""
        return 1

    def steepness(self) -> float:
        """F of the pixel, 1 − f of its smoothed neighbours."""
        return max(1.0, 2.0 * largest(self.factor) - 1.0)

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x + (S − x)·(1 − f) inside, x on the border."""
        xp = m.xp
        _, height, width, _ = xp.shape(x)
        at = m.around(x, 1)
        others = [at(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)]
        total = others[0]
        for one in others[1:]:
            total = total + one
        smooth = m.thirteenth(total - x * 8)
        rows, columns = xp.arange(height), xp.arange(width)
        inside = xp.logical_and(
            xp.reshape(xp.logical_and(rows > 0, rows < height - 1), (1, height, 1, 1)),
            xp.reshape(xp.logical_and(columns > 0, columns < width - 1), (1, 1, width, 1)),
        )
        return m.clamp(xp.where(inside, x + m.times(smooth, 4096 - draw["factor"]), x))
