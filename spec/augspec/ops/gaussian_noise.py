"""The op `gaussian_noise`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Std
from augspec.namespace import Array, Noise, Numbers
from augspec.ops.base import NoiseOp, largest

__all__ = ["GaussianNoise"]


class GaussianNoise(NoiseOp):
    """Add normal noise of standard deviation `std` (a share of the value range) and clamp.

    Every value has its own number; with `per_channel` false, the channels of a pixel share one (R16).
    """

    op: Literal["gaussian_noise"]
    std: Std
    """Strength of the noise."""

    per_channel: bool = True
    """Whether every channel has noise of its own."""

    def deviation(self) -> float:
        """The largest standard deviation."""
        return largest(self.std)

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers, noise: Noise) -> Array:
        """Return x + z·std, clamped."""
        return m.clamp(x + m.noise(draw["std"], noise.normal(per_channel=self.per_channel)))
