"""The op `rain`."""

from typing import ClassVar, Literal

from augspec.flecks import FleckOp
from augspec.language.distributions import Uniform
from augspec.language.parameters import Angle, Blend, Hole, Threshold

__all__ = ["Rain"]


class Rain(FleckOp):
    """Lay streaks over the image, and an even haze: x + (grey − x)·(haze + (1 − haze)·streak).

    Streaks lie in three layers, each streak in a cell of its own, which is four times as wide and twice as long; in the
    second layer they are half as long and twice as many, in the third a third and three times. One has the opacity
    share·(1 − (across/half width)² − (along/half length)²), at least 0, with the share `opacity` and ¾ and ½ of it; the
    thickest counts. Each cell has one with the probability `amount`, at a uniform place inside of it.

    Source of the idea: `RandomRain` of Albumentations 2.0 and of kornia 0.8, which draw lines. Neither darkens: put
    `brightness_scale` before it for a dark sky.
    """

    layers: ClassVar[tuple[tuple[int, int], ...]] = ((1, 1), (1, 2), (1, 3))
    wide: ClassVar[tuple[str, int]] = ("width", 4)
    long: ClassVar[tuple[str, int]] = ("length", 2)

    op: Literal["rain"]
    amount: Blend = Uniform(uniform=(0.3, 0.9))
    """Share of the cells in which there is a streak: at 0.5, streaks touch some 14 % of the image."""

    length: Hole = Uniform(uniform=(0.08, 0.2))
    """Length of the longest streaks, a share of the image's shorter side; at least two pixels."""

    width: Hole = Uniform(uniform=(0.008, 0.015))
    """Width of a streak, a share of the image's shorter side; at least two pixels, faint at the rims."""

    degrees: Angle = Uniform(uniform=(-15.0, 15.0))
    """Direction: 0 falls straight down, counter-clockwise from there."""

    opacity: Blend = Uniform(uniform=(0.4, 0.8))
    """Share of the grey in the middle of a streak of the first layer."""

    haze: Blend = Uniform(uniform=(0.0, 0.25))
    """Share of the grey everywhere."""

    grey: Threshold = Uniform(uniform=(0.7, 0.9))
    """Brightness of streaks and haze, a share of the value range."""
