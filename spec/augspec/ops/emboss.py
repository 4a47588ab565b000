"""The op `emboss`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Blend, Strength
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp, largest

__all__ = ["Emboss"]


class Emboss(FilterOp):
    """Light the picture as a relief, from the upper left: x + share·(E − x), clamped; mirror border.

    E is the sum of the 3 × 3 pixels around x by the weights ((−1−s, −s, 0), (−s, 1, s), (0, s, 1+s)), s the `strength`;
    they sum to 1. Source: imgaug 0.4 (`Emboss`), whose `alpha` is this `share`.
    """

    op: Literal["emboss"]
    share: Blend
    """How much of the relief shows: 0 changes nothing, 1 is the relief alone."""

    strength: Strength = 0.5
    """How strongly neighbours that are not on the diagonal count."""

    def reach(self) -> int:
        """Return 1."""
        return 1

    def neutral(self) -> Mapping[str, float] | None:
        """A share of 0 changes nothing."""
        return {"share": 0.0}

    def steepness(self) -> float:
        """1 of the pixel, share·(1 + 3·strength) of the neighbours on either side."""
        return 1.0 + 2.0 * largest(self.share) * (1.0 + 3.0 * largest(self.strength))

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x + share·(d + strength·(d + e)): d on the diagonal, e beside it.

        With strength ≤ 2, |d + e| ≤ 3 · 65280 and |d + strength·(d + e)| ≤ 7 · 65280, so that neither product of
        `times` reaches 65280 · 2¹⁵.
        """
        at = m.around(x, 1)
        diagonal = at(1, 1) - at(-1, -1)
        beside = (at(0, 1) - at(0, -1)) + (at(1, 0) - at(-1, 0))
        more = m.times(diagonal + beside, draw["strength"])
        relief = diagonal + m.xp.where(draw["strength"] == 0, 0, more)  # weight zero is outside the footprint (C13)
        return m.clamp(x + m.times(relief, draw["share"]))
