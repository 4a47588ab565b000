"""The op `translate`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Fraction
from augspec.namespace import Array, Plane, Transform
from augspec.ops.base import WarpOp, largest

__all__ = ["Translate"]


class Translate(WarpOp):
    """Move the picture right by `x` of its width and down by `y` of its height (C6)."""

    op: Literal["translate"]
    x: Fraction = 0.0
    """Shift to the right."""

    y: Fraction = 0.0
    """Shift downwards."""

    def transform(self, draw: Mapping[str, Array], plane: Plane) -> Transform:
        """Return the translation."""
        return plane.translation(draw["x"], draw["y"])

    def growth(self) -> tuple[float, float, float]:
        """A translation leaves the linear part alone."""
        return 1.0, 1.0, max(largest(self.x), largest(self.y))

    def stretch(self) -> tuple[float, float]:
        """A translation keeps lengths."""
        return 1.0, 1.0
