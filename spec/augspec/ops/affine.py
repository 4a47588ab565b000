"""The op `affine`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Angle, Fraction, ScaleFactor, Tangent
from augspec.namespace import Array, Plane, Transform
from augspec.ops.base import WarpOp, bounds, largest, sheared

__all__ = ["Affine"]


class Affine(WarpOp):
    """Scale, shear, rotate and translate in one: T · R · Sh · S about the centre, resampled once."""

    op: Literal["affine"]
    degrees: Angle = 0.0
    """Angle of the turn."""

    translate_x: Fraction = 0.0
    """Shift to the right."""

    translate_y: Fraction = 0.0
    """Shift downwards."""

    scale: ScaleFactor = 1.0
    """Size, the same on both axes."""

    shear_x: Tangent = 0.0
    """Shift of x per y."""

    shear_y: Tangent = 0.0
    """Shift of y per x."""

    def transform(self, draw: Mapping[str, Array], plane: Plane) -> Transform:
        """Return the product."""
        return plane.compose(
            plane.scaling(draw["scale"], draw["scale"]),
            plane.shearing(draw["shear_x"], draw["shear_y"]),
            plane.rotation(draw["degrees"]),
            plane.translation(draw["translate_x"], draw["translate_y"]),
        )

    def growth(self) -> tuple[float, float, float]:
        """Return the product of the parts' bounds."""
        low, high = bounds(self.scale)
        grow = 1.4143 * (1 + largest(self.shear_x)) * (1 + largest(self.shear_y))
        return grow / low, grow * high, max(largest(self.translate_x), largest(self.translate_y))

    def stretch(self) -> tuple[float, float]:
        """Return the product of the parts' norms; the rotation adds nothing."""
        low, high = bounds(self.scale)
        grow = sheared(largest(self.shear_x)) * sheared(largest(self.shear_y))
        return grow / low, grow * high
