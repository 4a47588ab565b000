"""The op `invert`."""

from collections.abc import Mapping
from typing import Literal

from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Invert"]


class Invert(PointwiseOp):
    """Exchange light and dark: 1 − x."""

    op: Literal["invert"]

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return top − (x − zero)."""
        return m.clamp(m.top() - (x - m.zero()))
