"""The op `temperature`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Kelvin
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Temperature"]


class Temperature(PointwiseOp):
    """Show the picture under the light of a black body of so many kelvin: low is red, high is blue. RGB only.

    Red is multiplied by (r/g)(kelvin) / (r/g)(6500), blue by (b/g)(kelvin) / (b/g)(6500), green stays; the result is
    clamped. r, g and b are the light in linear sRGB (IEC 61966-2-1), from its place on the Planckian locus by the cubic
    approximation of B. Kang et al., Design of advanced color temperature control system for HDTV applications, Journal
    of the Korean Physical Society 41, 2002. Gains act on the pixels as they are, as in S. Zini et al., Planckian
    jitter, ICLR 2023. The formula holds at multiples of 20 K; between them gains are linear (the approximation itself
    has a step of 0.0005 at 4000 K, so that there is no more to be had).
    """

    channels: ClassVar[tuple[int, ...] | None] = (3,)

    op: Literal["temperature"]
    kelvin: Kelvin
    """Colour temperature of the light: 6500 changes nothing, candles and bulbs are below, blue sky is above."""

    def steepness(self) -> float:
        """The largest gain: of red at 3000 K."""
        return 2.0

    def coarse(self, *, exact: bool) -> float:
        """A gain in 2⁻²⁰, twice rounded; in the exact domain in 2⁻¹⁴."""
        return 2.0**-20 + (2.0**-15 if exact else 0.0)

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the gains, (B, 3) in 2⁻²⁰."""
        return {"gains": arithmetic.light(draw["kelvin"])}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return each channel times its gain, clamped."""
        gains = m.xp.reshape(draw["gains"], (-1, 1, 1, 3))
        return m.clamp(m.gain(x - m.zero(), gains) + m.zero())
