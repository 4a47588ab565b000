"""The op `unsharp_mask`."""

import math
from collections.abc import Mapping
from typing import Any, Literal

from augspec.language.parameters import Amount, Sigma
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp, bounds, largest

__all__ = ["UnsharpMask"]


class UnsharpMask(FilterOp):
    """Add what a Gaussian blur takes away: x + (x − G)·amount, clamped.

    G is `gaussian_blur` by `sigma` (radius ⌈3·σ_max⌉, mirror border). There is no threshold, as in scikit-image 0.25
    (`filters.unsharp_mask`), whose `radius` is this `sigma`.
    """

    op: Literal["unsharp_mask"]
    sigma: Sigma
    """Width of the Gaussian: how fine the detail is that gets stronger."""

    amount: Amount
    """How much of the difference is added; 0 changes nothing."""

    def reach(self) -> int:
        """Return ⌈3·σ_max⌉."""
        return math.ceil(3 * bounds(self.sigma)[1])

    def neutral(self) -> Mapping[str, float] | None:
        """An amount of 0 changes nothing."""
        return {"amount": 0.0}

    def steepness(self) -> float:
        """1 + a of the pixel, a of its neighbours."""
        return 1.0 + 2.0 * largest(self.amount)

    def enlarges(self) -> float:
        """The blur's own error is multiplied by the amount."""
        return max(1.0, largest(self.amount))

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the quantised Gaussian, (B, radius + 1), and the amount."""
        return {"weights": arithmetic.gaussian(draw["sigma"], self.reach()), "amount": draw["amount"]}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x + (x − G)·amount."""
        return m.clamp(x + m.times(x - m.convolve(x, draw["weights"]), draw["amount"]))
