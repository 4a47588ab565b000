"""The op `solarize`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Threshold
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Solarize"]


class Solarize(PointwiseOp):
    """Invert the values from a threshold on: x where x < t, else 1 − x (Pillow's `ImageOps.solarize`)."""

    op: Literal["solarize"]
    jumps: ClassVar[bool] = True
    threshold: Threshold
    """Values from here on are inverted."""

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x below the threshold, its inverse from there on."""
        bright = x >= m.zero() + m.offset(draw["threshold"])
        return m.clamp(m.xp.where(bright, m.top() - (x - m.zero()), x))
