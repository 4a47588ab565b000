"""The op `posterize`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Bits
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Posterize"]


class Posterize(PointwiseOp):
    """Keep the highest bits of the 8-bit levels, and set the others to 0 (Pillow's `ImageOps.posterize`).

    Values are rounded to levels first, also those of floating images (E6a).
    """

    op: Literal["posterize"]
    jumps: ClassVar[bool] = True
    monotone: ClassVar[bool] = True
    bits: Bits
    """How many bits are kept."""

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the levels without their low bits."""
        step = m.xp.take(m.xp.constant([256 >> bits for bits in range(9)]), draw["bits"])
        return m.of_level(m.xp.bitand(m.level(x), 256 - step), x)
