"""Drawn weights of several things that sum to one, in place of a distribution of one number."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Dirichlet"]


@dataclass(frozen=True)
class Dirichlet:
    """Dirichlet(alpha, …, alpha) of n ≥ 2 weights: uniform over all that sum to one where alpha is 1.

    Each weight but the last is a share of what the ones before it leave, and these shares are independent betas.
    """

    n: int
    alpha: float

    def support(self) -> tuple[float, float]:
        """Return the smallest and the largest weight."""
        return 0.0, 1.0

    def shares(self) -> tuple[tuple[float, float], ...]:
        """Return (a, b) of the beta distribution of the share that each weight but the last takes of the rest."""
        return tuple((self.alpha, (self.n - 1 - i) * self.alpha) for i in range(self.n - 1))
