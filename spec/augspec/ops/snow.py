"""The op `snow`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.flecks import FleckOp
from augspec.language.distributions import Uniform
from augspec.language.parameters import Angle, Blend, Hole, Threshold
from augspec.namespace import Array

__all__ = ["Snow"]


class Snow(FleckOp):
    """Lay soft flakes over the image, and an even haze: x + (grey − x)·(haze + (1 − haze)·flake).

    Flakes lie in four layers, each flake in a cell of its own, four times as wide and as long; those of layer 2, 3 and
    4 have a half, a third and a quarter of the size, and are 4, 9 and 16 times as many. One has the opacity
    share·(1 − (across/half size)² − (along/half length)²), at least 0, with the share `opacity` and ¾, ½ and ¼ of it;
    the thickest counts. Each cell has one with the probability `amount`, at a uniform place inside of it.

    Source of the idea: the falling snow of D. Hendrycks and T. Dietterich, Benchmarking neural network robustness to
    common corruptions, ICLR 2019. Snow that lies, as `RandomSnow` of Albumentations and kornia whitens dark pixels, is
    another thing.
    """

    layers: ClassVar[tuple[tuple[int, int], ...]] = ((1, 1), (2, 2), (3, 3), (4, 4))
    wide: ClassVar[tuple[str, int]] = ("size", 4)
    long: ClassVar[tuple[str, int]] = ("length", 4)

    op: Literal["snow"]
    amount: Blend = Uniform(uniform=(0.2, 0.8))
    """Share of the cells in which there is a flake: at 0.5, flakes touch some 9 % of the image."""

    size: Hole = Uniform(uniform=(0.02, 0.05))
    """Width of the largest flakes, a share of the image's shorter side; at least two pixels."""

    length: Hole = 0.0
    """Their length along the way that they fall, likewise; at least `size`, which makes them round."""

    degrees: Angle = Uniform(uniform=(-30.0, 30.0))
    """Direction: 0 falls straight down, counter-clockwise from there."""

    opacity: Blend = Uniform(uniform=(0.7, 1.0))
    """Share of the grey in the middle of a flake of the first layer."""

    haze: Blend = Uniform(uniform=(0.0, 0.3))
    """Share of the grey everywhere."""

    grey: Threshold = Uniform(uniform=(0.9, 1.0))
    """Brightness of flakes and haze, a share of the value range."""

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return what places flakes that are no shorter than wide."""
        longer = arithmetic.xp.maximum(draw["length"], draw["size"])
        return super().prepare({**draw, "length": longer}, arithmetic, height, width)
