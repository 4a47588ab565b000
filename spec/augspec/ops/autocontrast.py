"""The op `autocontrast`."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Autocontrast"]


_FLAT = 4080
"""So many times the span of a flat channel is less than the range: a sixteenth of an 8-bit level."""


class Autocontrast(PointwiseOp):
    """Stretch each channel so that its darkest value becomes 0 and its lightest 1 (Pillow's `ImageOps.autocontrast`).

    With a `cutoff`, that share of the darkest and of the lightest pixels is left out first; darkest and lightest are
    then whole 8-bit levels (E6a). A flat channel stays as it is: one whose values are less than a sixteenth of an 8-bit
    level apart shows no picture, but the rounding of the ops before.
    """

    op: Literal["autocontrast"]
    monotone: ClassVar[bool] = True
    cutoff: Annotated[float, Field(ge=0, le=0.49)] = 0.0
    """Share of the pixels that is left out at each end."""

    @property
    def statistic(self) -> bool:
        """The ends are statistics of the image."""
        return True

    def steepness(self) -> float:
        """No bound: a narrow channel is stretched to the whole range."""
        return math.inf

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return (x − low) / (high − low), channel by channel."""
        xp, x = m.xp, m.clamp(x)
        low, high = self._ends(x, m) if self.cutoff else (m.lowest(x), m.highest(x))
        span = high - low
        flat = span * _FLAT < m.top() - m.zero()  # at most 65280 · 4080 < 2²⁸
        inside = xp.minimum(xp.maximum(x, low), high)
        return m.clamp(xp.where(flat, x, m.stretch(inside - low, xp.where(flat, span + 1, span))))

    def _ends(self, x: Array, m: Numbers) -> tuple[Array, Array]:
        """Return the lowest level with more than the cut at or below it, and the highest likewise, (B, 1, 1, C)."""
        xp = m.xp
        _, height, width, channels = xp.shape(x)
        cut = int(height * width * self.cutoff)
        counts = m.histogram(m.level(x))
        below = xp.cumulative_sum(counts, 2)
        above = xp.reshape(below[:, :, 255], (-1, channels, 1)) - below + counts
        low = xp.sum(xp.astype(below <= cut, "int32"), 2)
        high = 255 - xp.sum(xp.astype(above <= cut, "int32"), 2)
        low, high = (xp.reshape(one, (-1, 1, 1, channels)) for one in (low, high))
        like = m.lowest(x)
        return m.of_level(low, like), m.of_level(xp.maximum(high, low), like)
