"""The op `brightness_shift`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Offset
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["BrightnessShift"]


class BrightnessShift(PointwiseOp):
    """Add `delta`, a share of the value range, to every channel and clamp (tf.image's, Keras' brightness)."""

    op: Literal["brightness_shift"]
    monotone: ClassVar[bool] = True
    delta: Offset
    """Added to every channel."""

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x + δ, clamped."""
        return m.clamp(x + m.offset(draw["delta"]))
