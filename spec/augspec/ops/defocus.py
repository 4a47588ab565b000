"""The op `defocus`."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Disc
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp, bounds

__all__ = ["Defocus"]


class Defocus(FilterOp):
    """Replace each pixel by the mean of a disc around it, as a lens does out of focus; mirror border.

    A pixel at distance d counts clamp(radius + ½ − d, 0, 1): the rim fades over one pixel, so that the blur grows
    evenly with the radius; up to ½ nothing changes. Source: the disc of D. Hendrycks and T. Dietterich, Benchmarking
    neural network robustness to common corruptions, ICLR 2019, whose rim is smoothed by a small Gaussian instead.
    """

    op: Literal["defocus"]
    linear: ClassVar[bool] = True
    radius: Disc
    """Radius of the disc in pixels, up to 5."""

    def reach(self) -> int:
        """Return the farthest pixel of the largest disc."""
        return max(max(tap) for tap in self.taps())

    def coarse(self, *, exact: bool) -> float:
        """All taps in 2⁻¹⁵."""
        return len(self.taps()) * 2.0**-16

    def taps(self) -> tuple[tuple[int, int], ...]:
        """Return the (down, right) in the largest disc."""
        most = bounds(self.radius)[1] + 0.5
        far = range(-math.ceil(most), math.ceil(most) + 1)
        return tuple((i, j) for i in far for j in far if (i, j) == (0, 0) or math.hypot(i, j) < most)

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the weights of the taps, (B, K)."""
        return {"tap_weights": arithmetic.disc(draw["radius"], self.taps())}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x blurred, clamped."""
        return m.clamp(m.correlate(x, self.taps(), draw["tap_weights"]))
