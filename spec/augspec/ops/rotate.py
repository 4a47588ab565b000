"""The op `rotate`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Angle
from augspec.namespace import Array, Plane, Transform
from augspec.ops.base import WarpOp

__all__ = ["Rotate"]


class Rotate(WarpOp):
    """Turn the picture about its centre, counter-clockwise for the viewer, on the same canvas (C5, C6).

    Multiples of 90° are exact where the canvas maps onto itself.
    """

    op: Literal["rotate"]
    degrees: Angle
    """Angle of the turn."""

    def transform(self, draw: Mapping[str, Array], plane: Plane) -> Transform:
        """Return the rotation."""
        return plane.rotation(draw["degrees"])

    def growth(self) -> tuple[float, float, float]:
        """A rotation's rows sum to at most √2."""
        return 1.4143, 1.4143, 0.0

    def stretch(self) -> tuple[float, float]:
        """A rotation keeps lengths."""
        return 1.0, 1.0
