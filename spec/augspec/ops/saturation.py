"""The op `saturation`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Factor
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp, largest

__all__ = ["Saturation"]


class Saturation(PointwiseOp):
    """Blend with the grey image: G + (x − G)·f, clamped (Pillow's and torchvision's saturation). RGB only."""

    channels: ClassVar[tuple[int, ...] | None] = (3,)

    op: Literal["saturation"]
    factor: Factor
    """1 changes nothing, above 1 is more colourful, 0 is grey."""

    def steepness(self) -> float:
        """G + (x − g)·f, where g moves as well: 2f − 1."""
        return max(1.0, 2.0 * largest(self.factor) - 1.0)

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return G + (x − G)·f, clamped."""
        grey = m.grey(x)
        return m.clamp(m.times(x - grey, draw["factor"]) + grey)
