"""A drawn order, in place of a distribution of numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MOST", "Permutation"]

MOST = 16
"""Most things that can be put in order: ranks are exact up to 16 words (R12)."""


@dataclass(frozen=True)
class Permutation:
    """The ranks of n words, all orders equally likely (R12)."""

    n: int = MOST

    def support(self) -> tuple[float, float]:
        """Return the smallest and the largest rank."""
        return 0.0, float(self.n - 1)
