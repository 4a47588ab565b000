"""The op `brightness_scale`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Factor
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp, largest

__all__ = ["BrightnessScale"]


class BrightnessScale(PointwiseOp):
    """Multiply every channel by `factor` and clamp: x·f (Pillow's and torchvision's brightness)."""

    op: Literal["brightness_scale"]
    monotone: ClassVar[bool] = True
    factor: Factor
    """1 changes nothing, above 1 is brighter, 0 is black."""

    def steepness(self) -> float:
        """The largest factor."""
        return max(1.0, largest(self.factor))

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x·f, clamped."""
        return m.clamp(m.times(x - m.zero(), draw["factor"]) + m.zero())
