"""The op `speckle`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Std
from augspec.namespace import Array, Noise, Numbers
from augspec.ops.base import NoiseOp, largest

__all__ = ["Speckle"]


class Speckle(NoiseOp):
    """Multiply by normal noise around 1: x + x·z, z of standard deviation `std`, clamped (black stays black).

    Every value has its own number; with `per_channel` false, the channels of a pixel share one (R16). Source: the mode
    `speckle` of scikit-image 0.25 (`util.random_noise`), whose `var` is the square of `std`.
    """

    op: Literal["speckle"]
    std: Std
    """Strength of the noise, as a share of the pixel itself."""

    per_channel: bool = True
    """Whether every channel has noise of its own."""

    def steepness(self) -> float:
        """1 + |z|, and the table's normals end at 5.42."""
        return 1.0 + 5.42 * largest(self.std)

    def deviation(self) -> float:
        """The largest standard deviation, of white."""
        return largest(self.std)

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers, noise: Noise) -> Array:
        """Return x + z·std·x, clamped."""
        return m.clamp(x + m.noise(m.portion(draw["std"], m.unit(x)), noise.normal(per_channel=self.per_channel)))
