"""The op `gamma`."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Factor
from augspec.language.parameters import Gamma as Exponent
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp, bounds, largest

__all__ = ["Gamma"]


class Gamma(PointwiseOp):
    """Raise values of the unit range to a power, and scale them: gain · x^gamma, clamped.

    In the exact domain the power is a table over the 8-bit levels, linear between them.
    """

    op: Literal["gamma"]
    monotone: ClassVar[bool] = True
    gamma: Exponent
    """The exponent: above 1 is darker, below 1 lighter."""

    gain: Factor = 1.0
    """Multiplies the power."""

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the table of powers with the draws."""
        return {**draw, "table": arithmetic.powers(draw["gamma"])}

    def steepness(self) -> float:
        """γ at the top; below γ = 1 there is no bound at 0."""
        return largest(self.gamma) * largest(self.gain) if bounds(self.gamma)[0] >= 1 else math.inf

    def enlarges(self) -> float:
        """The power is multiplied by the gain."""
        return max(1.0, largest(self.gain))

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the scaled power."""
        power = m.power(m.clamp(x), draw["gamma"], draw["table"])
        return m.clamp(m.times(power - m.zero(), draw["gain"]) + m.zero())
