"""The op `box_blur`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Radius
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp, bounds

__all__ = ["BoxBlur"]


class BoxBlur(FilterOp):
    """Replace each pixel by the mean of the (2·radius + 1)² pixels around it; mirror border.

    It is the mean along rows, then along columns (OpenCV's `blur` with `BORDER_REFLECT_101`). Radius 0 changes nothing.
    """

    op: Literal["box_blur"]
    linear: ClassVar[bool] = True
    radius: Radius
    """How many pixels the square reaches to each side: 0 to 31, whole."""

    def reach(self) -> int:
        """Return the largest radius that can be drawn."""
        return int(bounds(self.radius)[1])

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return equal weights, (B, radius + 1)."""
        return {"weights": arithmetic.box(draw["radius"], self.reach())}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x blurred, clamped."""
        return m.clamp(m.convolve(x, draw["weights"]))
