"""The op `shot_noise`."""

import math
from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Std
from augspec.namespace import Array, Noise, Numbers
from augspec.ops.base import NoiseOp, largest

__all__ = ["ShotNoise"]


class ShotNoise(NoiseOp):
    """Add the noise of counted light, as a normal: x + z·scale·√x, clamped; black stays black.

    With N photons for white, a pixel counts a Poisson number of mean and variance N·x, which is x ± √(x/N): `scale` is
    1/√N. The normal has the Poisson's mean and variance, and no more of it: it is near from some ten photons per pixel,
    and unlike it where a pixel counts few. Every value has its own number; with `per_channel` false, the channels of a
    pixel share one (R16). Source: the shot noise of D. Hendrycks and T. Dietterich, Benchmarking neural network
    robustness to common corruptions, ICLR 2019, whose N is 60, 25, 12, 5 and 3 (scale 0.13, 0.2, 0.29, 0.45, 0.58).
    """

    op: Literal["shot_noise"]
    scale: Std
    """Standard deviation of the noise on white, a share of the value range: 1/√N."""

    per_channel: bool = True
    """Whether every channel has noise of its own."""

    def steepness(self) -> float:
        """No bound: the root is steep at black."""
        return math.inf

    def deviation(self) -> float:
        """The largest standard deviation, of white."""
        return largest(self.scale)

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers, noise: Noise) -> Array:
        """Return x + z·scale·√x, clamped."""
        return m.clamp(x + m.noise(m.portion(draw["scale"], m.root(x)), noise.normal(per_channel=self.per_channel)))
