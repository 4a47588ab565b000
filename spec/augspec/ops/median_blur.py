"""The op `median_blur`."""

from collections.abc import Mapping
from typing import Literal

from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp

__all__ = ["MedianBlur"]


class MedianBlur(FilterOp):
    """Replace each value by the median of the 3 × 3 pixels around it, channel by channel; mirror border.

    It takes single bright and dark pixels away and keeps edges. Nothing is rounded: the result is one of the nine
    values (OpenCV's `medianBlur` with 3, but for the border). It is the median of three: the largest of the columns'
    least, the median of their medians, the least of their largest (A. Paeth, Median finding on a 3 × 3 grid, Graphics
    Gems, 1990).
    """

    op: Literal["median_blur"]

    def reach(self) -> int:
        """Return 1."""
        return 1

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the medians."""
        at = m.around(x, 1)
        columns = [_sorted([at(down, right) for down in (-1, 0, 1)], m) for right in (-1, 0, 1)]
        least, middle, most = (_sorted([column[place] for column in columns], m) for place in range(3))
        return m.clamp(_sorted([least[2], middle[1], most[0]], m)[1])


def _sorted(values: list[Array], m: Numbers) -> tuple[Array, Array, Array]:
    """Return three arrays in rising order, value by value."""
    xp, (a, b, c) = m.xp, values
    a, b = xp.minimum(a, b), xp.maximum(a, b)
    b, c = xp.minimum(b, c), xp.maximum(b, c)
    return xp.minimum(a, b), xp.maximum(a, b), c
