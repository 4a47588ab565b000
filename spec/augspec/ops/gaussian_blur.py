"""The op `gaussian_blur`."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Sigma
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp, bounds

__all__ = ["GaussianBlur"]


class GaussianBlur(FilterOp):
    """Blur with a normalised Gaussian of `sigma` pixels; radius ⌈3·σ_max⌉, mirror border.

    The radius is static: σ_max is the largest σ that the policy can draw, at most 15 pixels (radius 45).
    """

    op: Literal["gaussian_blur"]
    linear: ClassVar[bool] = True
    sigma: Sigma
    """Width of the Gaussian."""

    def reach(self) -> int:
        """Return ⌈3·σ_max⌉."""
        return math.ceil(3 * bounds(self.sigma)[1])

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the quantised Gaussian, (B, radius + 1)."""
        return {"weights": arithmetic.gaussian(draw["sigma"], self.reach())}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x blurred, clamped."""
        return m.clamp(m.convolve(x, draw["weights"]))
