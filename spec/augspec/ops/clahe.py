"""The op `clahe`."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from augspec.language.parameters import Clip
from augspec.namespace import Array, Namespace, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Clahe"]

_Tiles = Annotated[int, Field(ge=1, le=16)]


class Clahe(PointwiseOp):
    """Equalize tiles of each channel, and blend the tables of the four nearest tiles: contrast-limited, adaptive.

    Each tile has the table of its levels' cumulated histogram, rounded half-up, in which no level counts more than
    max(1, ⌊clip · pixels / 256⌋); what is cut off goes to all levels alike, and what is left of that to every k-th one
    from 0. Tiles are equal: the image is continued at the right and at the bottom, mirrored. Values are rounded to
    levels first, also those of floating images (E6a). A channel that holds a NaN becomes NaN.

    Source: K. Zuiderveld, Contrast limited adaptive histogram equalization, Graphics Gems IV, 1994, as in OpenCV 4
    (`createCLAHE`), which continues both sides where one is no multiple.
    """

    op: Literal["clahe"]
    jumps: ClassVar[bool] = True

    clip: Clip
    """Largest count of a level, in mean counts: 1 changes contrast least, 40 nearly equalizes."""

    tiles: tuple[_Tiles, _Tiles] = (8, 8)
    """How many tiles, [rows, columns], 1 to 16 each."""

    @property
    def statistic(self) -> bool:
        """The tables are made of histograms."""
        return True

    def steepness(self) -> float:
        """No bound: one pixel may move a table."""
        return math.inf

    def coarse(self, *, exact: bool) -> float:
        """Weights of tiles in 2⁻¹² and 2⁻¹¹, and steps of 1/65280."""
        return 2.0**-12 + 2.0**-13 + 0.5 / 65280

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the blended tables' values."""
        xp = m.xp
        _, height, width, channels = xp.shape(x)
        levels = m.level(x)
        rows, columns = _Side(height, self.tiles[0], 2048), _Side(width, self.tiles[1], 4096)
        tables = xp.reshape(
            _tables(xp, levels, draw["clip"], rows, columns), (-1, channels, rows.tiles * columns.tiles * 256)
        )

        def looked_up(row: np.ndarray, column: np.ndarray) -> Array:
            tile = (row[:, None] * columns.tiles + column[None, :]) * 256
            return m.look_up(tables, levels + xp.constant(tile.astype(np.int32).reshape(1, height, width, 1)))

        right = xp.constant(columns.weights.reshape(1, 1, width, 1))
        below = xp.constant(rows.weights.reshape(1, height, 1, 1))

        def blended(row: np.ndarray) -> Array:
            return looked_up(row, columns.first) * (4096 - right) + looked_up(row, columns.second) * right

        steps = xp.shr(blended(rows.first) * (2048 - below) + blended(rows.second) * below + 16384, 15)
        low = m.lowest(x)
        return xp.where(low == low, m.zero() + m.offset(steps), low)  # noqa: PLR0124 (not a number)


class _Side:
    """One axis, cut into tiles, on the host: pixel i lies i / length − ½ tiles from the middle of the first.

    Attributes:
        tiles: how many.
        length: of each.
        padded: indices of the pixels that fill them all, (tiles · length,).
        first, second: the two nearest tiles of each pixel.
        weights: of the second, in 1 / unit.
    """

    def __init__(self, side: int, tiles: int, unit: int) -> None:
        self.tiles, self.length = tiles, -(-side // tiles)
        around = np.arange(self.tiles * self.length) % max(1, 2 * side - 2)
        self.padded = np.where(around < side, around, 2 * side - 2 - around)
        halves = 2 * np.arange(side) - self.length
        before = halves // (2 * self.length)
        self.first, self.second = (np.clip(before + k, 0, tiles - 1) for k in (0, 1))
        rest = halves - before * 2 * self.length
        self.weights = ((rest * unit + self.length) // (2 * self.length)).astype(np.int32)


def _tables(xp: Namespace, levels: Array, clip: Array, rows: _Side, columns: _Side) -> Array:
    """Return the levels that levels become in each tile, (B, C, rows, columns, 256) int32.

    No count is above 2²⁶, the pixels of the largest image; ⌊clip · count⌋ is taken in two limbs.
    """
    channels = xp.shape(levels)[3]
    padded = xp.select_axis(xp.select_axis(levels, rows.padded, 1), columns.padded, 2)
    cut = xp.reshape(padded, (-1, rows.tiles, rows.length, columns.tiles, columns.length, channels))
    size = rows.length * columns.length
    counts = xp.histogram(xp.reshape(xp.transpose(cut, (0, 5, 1, 3, 2, 4)), (-1, size)), 256)
    counts = xp.reshape(counts, (-1, channels, rows.tiles, columns.tiles, 256))
    clip = xp.reshape(clip, (-1, 1, 1, 1, 1))
    limit = xp.maximum(clip * (size >> 16) + xp.shr(clip * (size & 65535), 16), 1)
    above = xp.sum(xp.maximum(counts - limit, 0), 4)[..., None]
    rest = xp.bitand(above, 255)
    stride = xp.floordiv(rest * 0 + 256, xp.maximum(rest, 1))
    place = xp.reshape(xp.arange(256), (1, 1, 1, 1, 256))
    number = xp.floordiv(place + stride * 0, stride)
    more = xp.astype(xp.logical_and(number * stride == place, number < rest), "int32")
    sums = xp.cumulative_sum(xp.minimum(counts, limit) + xp.shr(above, 8) + more, 4)
    # 255 · sums / size, rounded half-up, in two steps that fit int32.
    part = sums * 15
    quotient = xp.floordiv(part, size)
    return quotient * 17 + xp.floordiv((part - quotient * size) * 17 + (size >> 1), size)
