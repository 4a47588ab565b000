"""The op `grayscale`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Grayscale"]


class Grayscale(PointwiseOp):
    """Replace every channel by BT.601 grey (C4); the number of channels stays three."""

    channels: ClassVar[tuple[int, ...] | None] = (3,)

    op: Literal["grayscale"]

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return grey in every channel."""
        return m.clamp(m.grey(x)) + x * 0
