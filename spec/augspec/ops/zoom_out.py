"""The op `zoom_out`."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Antialias, Fill, Interpolation, Parameter, Zoom
from augspec.namespace import Array
from augspec.ops.base import ResampleOp, bounds

__all__ = ["ZoomOut"]


class ZoomOut(ResampleOp):
    """Shrink the image `factor` times, and put it at a random whole-pixel place of a canvas of its own size.

    It is a resampling and no warp: a warp reads the few pixels around a position, which aliases where four pixels
    become one, while this averages over all of them (C8). So it ends a run of warps (C10). Sides are rounded half-up.
    Source: the expansion of W. Liu et al., SSD: Single Shot MultiBox Detector, 2016, and torchvision 0.20
    (RandomZoomOut), which enlarge the canvas instead and leave the shrinking to a later resize.
    """

    resizes: ClassVar[bool] = False

    op: Literal["zoom_out"]
    factor: Zoom = Uniform(uniform=(1.0, 4.0))
    """How many times shorter the sides become."""

    interpolation: Interpolation = "bilinear"
    antialias: Antialias = True
    fill: Fill = 0.0

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the factor and the place."""
        yield from super().draws()
        for name in ("top", "left"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), 1

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size of the image."""
        return height, width

    def least(self, height: int, width: int) -> tuple[int, int]:
        """Return the smallest sides, and two pixels less for the grid of the factor."""
        high = bounds(self.factor)[1]
        h, w = (max(1, math.floor(side / high) - 2) for side in (height, width))
        return h, w

    def window(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> None:
        """Read the whole image."""
        return

    def placement(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> tuple[Array, ...]:
        """Return where the small image lands."""
        share = arithmetic.reciprocal(draw["factor"])
        h, w = (arithmetic.resized(share, side) for side in (height, width))
        return arithmetic.place(draw["left"], width - w), arithmetic.place(draw["top"], height - h), w, h
