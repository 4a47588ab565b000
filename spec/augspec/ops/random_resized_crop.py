"""The op `random_resized_crop`."""

from collections.abc import Mapping
from typing import Any, Literal

from augspec.language.distributions import LogUniform, Uniform
from augspec.language.parameters import Antialias, Area, Aspect, Interpolation, Size
from augspec.namespace import Array
from augspec.ops.base import ResampleOp, bounds
from augspec.windows import WindowOp

__all__ = ["RandomResizedCrop"]


class RandomResizedCrop(WindowOp, ResampleOp):
    """Crop a window of random area and aspect ratio at a random place, and resize it (Inception's crop).

    Ten candidates w = √(A·r), h = √(A/r), rounded half-up, are drawn at once; the first that fits is taken,
    else the central crop clipped to the ratio range (C12). The offset is uniform over every place that fits.
    """

    op: Literal["random_resized_crop"]
    size: Size
    """[height, width] of the result, in pixels."""

    area: Area = Uniform(uniform=(0.08, 1.0))
    """Area of the window."""

    ratio: Aspect = LogUniform(log_uniform=(0.75, 4 / 3))
    """Aspect ratio of the window."""

    interpolation: Interpolation = "bilinear"
    antialias: Antialias = True

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return `size`."""
        return self.size

    def window(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> tuple[Array, ...]:
        """Return (left, top, width, height) of the first candidate that fits."""
        return tuple(
            arithmetic.crop_window(
                draw["area"], draw["ratio"], draw["top"], draw["left"], height, width, bounds(self.ratio)
            )
        )
