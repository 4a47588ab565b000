"""Magnitudes that are drawn and then clipped to a range, as parts of a choice: the ends, and what lies between them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist

from augspec.importing.fields import Json, span

__all__ = ["Magnitude", "Part"]

_LEAST = 1e-3
"""Share of the draws below which a part is left out; a truncated normal must hold as much."""


@dataclass(frozen=True)
class Part:
    """Some of the draws: how many of them, and where they lie; both ends are equal for a constant.

    Attributes:
        share: of all draws.
        low: lower end.
        high: upper end.
        mean: of the normal that is truncated to both ends.
        std: its deviation; 0 where draws are uniform or constant.
    """

    share: float
    low: float
    high: float
    mean: float = 0.0
    std: float = 0.0

    def scaled(self, factor: float, shift: float = 0.0) -> float | Json:
        """Return the distribution of factor · magnitude + shift, as a document writes it."""
        low, high = sorted(_plain(factor * end + shift) for end in (self.low, self.high))
        if low == high or not self.std:
            return span(low, high)
        mean, std = _plain(factor * self.mean + shift), _plain(abs(factor) * self.std)
        return {"normal": {"mean": mean, "std": std, "low": low, "high": high}}


@dataclass(frozen=True)
class Magnitude:
    """A magnitude: a number, a normal around it (`std`), or uniform from 0 to it (`std` infinite); clipped to [0, top].

    Attributes:
        level: the number.
        std: of the normal.
        top: the largest that is possible.
    """

    level: float
    std: float = 0.0
    top: float = 10.0

    def capped(self, top: float) -> Magnitude:
        """Return it clipped once more, as formulas do that have an end of their own."""
        return replace(self, top=min(self.top, top))

    def parts(self) -> list[Part]:
        """Return the parts, whose shares add up to 1; those with less than a thousandth of the draws are left out."""
        if self.std == math.inf:
            inside = min(1.0, self.top / self.level) if self.level else 1.0
            found = [Part(inside, 0.0, min(self.level, self.top)), Part(1 - inside, self.top, self.top)]
            return [part for part in found if part.share >= _LEAST]
        if not self.std:
            only = max(0.0, min(self.level, self.top))
            return [Part(1.0, only, only)]
        normal = NormalDist(self.level, self.std)
        below, above = normal.cdf(0.0), 1 - normal.cdf(self.top)
        found = [
            Part(below, 0.0, 0.0),
            Part(1 - below - above, 0.0, self.top, self.level, self.std),
            Part(above, self.top, self.top),
        ]
        return [part for part in found if part.share >= _LEAST]

    def whole(self, function: Callable[[float], float], scale: float) -> dict[int, float]:
        """Return how often each whole number comes that `function` makes of ⌊scale · magnitude⌋.

        Args:
            function: of a whole number.
            scale: above 0.
        """
        found: dict[int, float] = {}
        for k in range(math.floor(scale * self.top) + 1):
            share = self._below((k + 1) / scale) - self._below(k / scale)
            if share > 0:
                value = int(function(k))
                found[value] = found.get(value, 0.0) + share
        return {value: share for value, share in found.items() if share >= _LEAST}

    def _below(self, x: float) -> float:
        """Return the share of the draws, clipped, that are less than x."""
        if x > self.top:
            return 1.0
        if x <= 0:
            return 0.0
        if self.std == math.inf:
            return min(1.0, x / self.level) if self.level else 1.0
        if not self.std:
            return float(max(0.0, min(self.level, self.top)) < x)
        return NormalDist(self.level, self.std).cdf(x)


def _plain(value: float) -> float:
    """Return a number without the digits that sums of decimals leave behind."""
    return round(value, 9)
