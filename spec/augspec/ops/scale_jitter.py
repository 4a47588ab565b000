"""The op `scale_jitter`."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from augspec.errors import SampleError
from augspec.language.distributions import Uniform
from augspec.language.limits import MAX_SIDE
from augspec.language.parameters import Antialias, Fill, Interpolation, Parameter, ResizeFactor, Size
from augspec.namespace import Array
from augspec.ops.base import ResampleOp, bounds

__all__ = ["ScaleJitter"]


class ScaleJitter(ResampleOp):
    """Resize by a random factor times the scale that fits the image into `size`; then crop or fill to `size`.

    Where a side becomes longer than `size`, a random part of it is kept, every whole-pixel place equally likely; where
    it becomes shorter, the fill follows at the right or at the bottom. Sides are rounded half-up, so that the aspect
    ratio stays to within half a pixel. Source: large-scale jitter as in torchvision 0.20 (ScaleJitter and
    FixedSizeCrop) and in detectron2 (ResizeScale and FixedSizeCrop).
    """

    op: Literal["scale_jitter"]
    size: Size
    """[height, width] of the result, in pixels."""

    factor: ResizeFactor = Uniform(uniform=(0.1, 2.0))
    """What the fitting scale is multiplied by."""

    interpolation: Interpolation = "bilinear"
    antialias: Antialias = True
    fill: Fill = 0.0

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the factor and the place."""
        yield from super().draws()
        for name in ("top", "left"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), 1

    def neutral(self) -> None:
        """No factor leaves every image as it is."""
        return

    def _fitted(self, height: int, width: int) -> tuple[float, float]:
        """Return the (height, width) of the image when it just fits into `size`."""
        if self.size[0] * width <= self.size[1] * height:
            return float(self.size[0]), width * self.size[0] / height
        return height * self.size[1] / width, float(self.size[1])

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return `size`; a resized side of more than 16384 pixels is an error."""
        longest = bounds(self.factor)[1] * max(self._fitted(height, width))
        if longest > 2 * MAX_SIDE:
            raise SampleError(
                "image",
                f"resized sides of at most {2 * MAX_SIDE} pixels in scale_jitter",
                f"{height}×{width}, whose longer side may become {longest:.0f}",
                "Lower the factor's upper bound, or `size`.",
            )
        return self.size

    def least(self, height: int, width: int) -> tuple[int, int]:
        """Return the smallest resized sides, and two pixels less for the grid of the factor."""
        low = bounds(self.factor)[0]
        h, w = (max(1, math.floor(low * side) - 2) for side in self._fitted(height, width))
        return h, w

    def window(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> None:
        """Read the whole image."""
        return

    def placement(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> tuple[Array, ...]:
        """Return where the resized image lands."""
        sides = [arithmetic.resized(draw["factor"] * 256, side) for side in self._fitted(height, width)]
        places = [
            -arithmetic.place(draw[name], arithmetic.xp.maximum(side - kept, 0))
            for name, side, kept in zip(("top", "left"), sides, self.size, strict=True)
        ]
        return places[1], places[0], sides[1], sides[0]
