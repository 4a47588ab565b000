"""The op `downscale`."""

from collections.abc import Mapping
from typing import Any, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Shrink
from augspec.namespace import Array
from augspec.ops.base import DegradeOp, bounds

__all__ = ["Downscale"]


class Downscale(DegradeOp):
    """Shrink the image and enlarge it again to its own size: it becomes blocky, and nothing moves.

    The small image has sides of `factor` times the image's, rounded half-up, at least 1. It is made by `area`, the mean
    over what each of its pixels covers, or by `nearest`, the pixel under each centre; and enlarged by `nearest`, both
    times at half-pixel centres (C8). Masks, boxes and keypoints stay as they are.

    Source: OpenCV's INTER_AREA, and C8's nearest, for the two ways down.
    """

    op: Literal["downscale"]
    factor: Shrink = Uniform(uniform=(0.25, 0.5))
    """By how much the image shrinks; 1 changes nothing."""

    method: Literal["area", "nearest"] = "area"
    """How the small image is made."""

    def reach(self) -> int:
        """Return the pixels of which one of the small image is made, along one axis, at most."""
        return int(1 / bounds(self.factor)[0]) + 2

    def axis(self, draw: Mapping[str, Array], side: int, arithmetic: Any) -> tuple[Array, Array]:
        """Return the pixels that each pixel reads, and their weights."""
        small = arithmetic.shrunk(draw["factor"], side)
        read: tuple[Array, Array] = arithmetic.blocks(small, side, bounds(self.factor)[0], area=self.method == "area")
        return read
