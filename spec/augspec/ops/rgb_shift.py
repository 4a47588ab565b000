"""The op `rgb_shift`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Offset
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["RgbShift"]


class RgbShift(PointwiseOp):
    """Add a number of its own to each of red, green and blue, and clamp. RGB only."""

    channels: ClassVar[tuple[int, ...] | None] = (3,)

    op: Literal["rgb_shift"]
    red: Offset = 0.0
    """What is added to red."""

    green: Offset = 0.0
    """What is added to green."""

    blue: Offset = 0.0
    """What is added to blue."""

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the shifted channels, clamped."""
        return m.clamp(x + m.xp.concat([m.offset(draw[name]) for name in ("red", "green", "blue")], 3))
