"""The op `shear`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Tangent
from augspec.namespace import Array, Plane, Transform
from augspec.ops.base import WarpOp, largest, sheared

__all__ = ["Shear"]


class Shear(WarpOp):
    """Shear about the centre: Shx · Shy, so y first, then x; both are tangents (C6)."""

    op: Literal["shear"]
    x: Tangent = 0.0
    """Shift of x per y."""

    y: Tangent = 0.0
    """Shift of y per x."""

    def transform(self, draw: Mapping[str, Array], plane: Plane) -> Transform:
        """Return the shear."""
        return plane.shearing(draw["x"], draw["y"])

    def growth(self) -> tuple[float, float, float]:
        """Return the row-sum bound of the product, the same for its inverse."""
        grow = (1 + largest(self.x)) * (1 + largest(self.y))
        return grow, grow, 0.0

    def stretch(self) -> tuple[float, float]:
        """Return the product of the two shears' norms, the same for the inverse."""
        grow = sheared(largest(self.x)) * sheared(largest(self.y))
        return grow, grow
