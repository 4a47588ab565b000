"""The op `solarize_add`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Offset, Threshold
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["SolarizeAdd"]


class SolarizeAdd(PointwiseOp):
    """Add to the values below a threshold: x + δ where x < t, clamped (RandAugment of TensorFlow's TPU models)."""

    op: Literal["solarize_add"]
    jumps: ClassVar[bool] = True
    delta: Offset
    """Added to dark values."""

    threshold: Threshold = 0.5
    """Values from here on stay."""

    def neutral(self) -> Mapping[str, float] | None:
        """A δ of 0 changes nothing, whatever the threshold."""
        return {"delta": 0.0}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x + δ below the threshold, x from there on."""
        dark = x < m.zero() + m.offset(draw["threshold"])
        return m.clamp(m.xp.where(dark, x + m.offset(draw["delta"]), x))
