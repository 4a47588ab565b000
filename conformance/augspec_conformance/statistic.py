"""Statistical tests with a finite-sample false-alarm rate, and the smallest discrepancy that each is sure to see.

Every test comes in threes: does it hold, how far off may it be, how many samples does a discrepancy need. The bounds
(Chernoff, Dvoretzky–Kiefer–Wolfowitz–Massart) hold for every n, so a red one is real. What the tests of a run may cost
in false alarms is added up as they run (`spending`), so the budget of a run is counted and not promised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.headroom import within
from augspec_conformance.tolerances import FALSE_ALARM, FALSE_PASS

__all__ = [
    "Spending",
    "cdf_distance",
    "cdf_envelope",
    "cdf_holds",
    "cdf_least_discrepancy",
    "cells_hold",
    "cells_least_discrepancy",
    "correlation_envelope",
    "correlation_holds",
    "correlation_least_discrepancy",
    "end_is_reached",
    "end_least_discrepancy",
    "kl",
    "rank_correlation",
    "share_holds",
    "share_interval",
    "share_least_discrepancy",
    "spending",
]

Floats = npt.NDArray[np.float64]


@dataclass
class Spending:
    """What statistical tests have cost.

    Attributes:
        tests: how many there were; the cells of a table are one.
        alpha: the probability that any of them is a false alarm, at most: the sum of what each may cost.
    """

    tests: int = 0
    alpha: float = 0.0


_SPENDING: ContextVar[Spending | None] = ContextVar("augspec_conformance_spending", default=None)


@contextmanager
def spending() -> Iterator[Spending]:
    """Add up what the tests inside may cost in false alarms."""
    found = Spending()
    token = _SPENDING.set(found)
    try:
        yield found
    finally:
        _SPENDING.reset(token)


def _spend(alpha: float, tests: int = 1) -> None:
    found = _SPENDING.get()
    if found is not None:
        found.tests, found.alpha = found.tests + tests, found.alpha + alpha


def kl(a: float, b: float) -> float:
    """Return the relative entropy of Bernoulli(a) to Bernoulli(b)."""
    if b in (0.0, 1.0):
        return 0.0 if a == b else math.inf
    left = a * math.log(a / b) if a > 0 else 0.0
    right = (1 - a) * math.log((1 - a) / (1 - b)) if a < 1 else 0.0
    return left + right


def share_holds(count: int, n: int, p: float, alpha: float = FALSE_ALARM) -> bool:
    """Return whether `count` of `n` can be Binomial(n, p); wrongly no with probability at most `alpha` (Chernoff)."""
    _spend(alpha)
    return _share_holds(count, n, p, alpha)


def _share_holds(count: int, n: int, p: float, alpha: float) -> bool:
    if p in (0.0, 1.0):
        return count == n * p
    return within(n * kl(count / n, p), math.log(2 / alpha))


def share_interval(n: int, p: float, alpha: float = FALSE_ALARM) -> tuple[float, float]:
    """Return the shares that `share_holds` accepts."""

    def edge(end: float) -> float:
        inner, outer = p, end
        for _ in range(60):
            middle = (inner + outer) / 2
            inner, outer = (middle, outer) if n * kl(middle, p) <= math.log(2 / alpha) else (inner, middle)
        return inner

    return edge(0.0), edge(1.0)


def share_least_discrepancy(n: int, p: float, alpha: float = FALSE_ALARM, beta: float = FALSE_PASS) -> float:
    """Return d such that a true share p ± d is missed with probability at most `beta`."""
    low, high = share_interval(n, p, alpha)

    def reach(edge: float, sign: int) -> float:
        near, far = 0.0, (1 - edge if sign > 0 else edge)
        for _ in range(60):
            middle = (near + far) / 2
            truth = min(max(edge + sign * middle, 1e-12), 1 - 1e-12)
            near, far = (near, middle) if n * kl(edge, truth) >= math.log(1 / beta) else (middle, far)
        return far + abs(edge - p)

    return max(reach(high, 1), reach(low, -1))


def cells_hold(counts: Any, shares: Any, alpha: float = FALSE_ALARM) -> int | None:
    """Return the first cell whose count cannot have its share, or None; the budget is split over the cells."""
    counts, shares = np.ravel(counts), np.ravel(shares)
    n = int(counts.sum())
    _spend(alpha)
    for cell, (count, share) in enumerate(zip(counts.tolist(), shares.tolist(), strict=True)):
        if not _share_holds(int(count), n, float(share), alpha / len(counts)):
            return cell
    return None


def cells_least_discrepancy(n: int, shares: Any, alpha: float = FALSE_ALARM, beta: float = FALSE_PASS) -> float:
    """Return d such that a cell whose share is off by d is missed with probability at most `beta`, whichever it is."""
    flat = np.ravel(shares)
    return max(share_least_discrepancy(n, float(share), alpha / len(flat), beta) for share in set(flat.tolist()))


def rank_correlation(a: Floats, b: Floats, alpha: float = FALSE_ALARM) -> float:
    """Return Spearman's correlation of two samples whose own distributions are uniform on (0, 1).

    It is there to be compared with `correlation_envelope` at `alpha`, which is spent here.
    """
    _spend(alpha)
    return float(np.mean(12 * (a - 0.5) * (b - 0.5)))


def correlation_envelope(n: int, alpha: float = FALSE_ALARM) -> float:
    """Return what |`rank_correlation`| of n independent pairs exceeds with probability at most `alpha` (Bernstein).

    Each term has mean 0, variance 1 and magnitude at most 3.
    """
    share = math.log(2 / alpha) / n
    return share + math.sqrt(share * share + 2 * share)


def correlation_holds(found: float, n: int, *, slack: float = 0.0, alpha: float = FALSE_ALARM) -> bool:
    """Return whether n independent pairs can have this `rank_correlation`, give or take `slack`."""
    _spend(alpha)
    return within(abs(found), correlation_envelope(n, alpha) + slack)


def correlation_least_discrepancy(n: int, alpha: float = FALSE_ALARM, beta: float = FALSE_PASS) -> float:
    """Return the correlation that is missed with probability at most `beta`: terms are at most 4 from their mean."""
    share = math.log(1 / beta) / n
    return correlation_envelope(n, alpha) + 4 * share / 3 + math.sqrt(2 * 2 * share)


def cdf_envelope(n: int, alpha: float = FALSE_ALARM) -> float:
    """Return the distance that an empirical CDF of n draws exceeds with probability at most `alpha` (DKWM)."""
    return math.sqrt(math.log(2 / alpha) / (2 * n))


def cdf_holds(distance: float, n: int, *, slack: float = 0.0, alpha: float = FALSE_ALARM) -> bool:
    """Return whether n draws can be this far from their CDF (`cdf_distance`), give or take `slack`."""
    _spend(alpha)
    return within(distance, cdf_envelope(n, alpha) + slack)


def cdf_least_discrepancy(n: int, alpha: float = FALSE_ALARM, beta: float = FALSE_PASS) -> float:
    """Return the Kolmogorov distance that is missed with probability at most `beta`."""
    return cdf_envelope(n, alpha) + math.sqrt(math.log(2 / beta) / (2 * n))


def cdf_distance(draws: Floats, cdf: Callable[[Floats], Floats], step: float, alpha: float = FALSE_ALARM) -> float:
    """Return how far the empirical CDF leaves the band of a CDF whose values are rounded to a grid of `step`.

    It is there to be compared with `cdf_envelope` at `alpha`, which is spent here.
    """
    _spend(alpha)
    values, counts = np.unique(draws, return_counts=True)
    right = np.cumsum(counts) / len(draws)
    left = right - counts / len(draws)
    above = right - cdf(values + step)
    below = cdf(values - step) - left
    return float(max(above.max(), below.max()))


def end_is_reached(missed: float, n: int, alpha: float = FALSE_ALARM) -> bool:
    """Return whether n draws come near enough to an end of their range.

    Args:
        missed: the mass of the declared distribution between the end and the draw that is nearest to it.
        n: how many draws there are.
        alpha: the probability with which n draws miss so much, at most.
    """
    _spend(alpha)
    return within(missed, end_least_discrepancy(n, alpha))


def end_least_discrepancy(n: int, alpha: float = FALSE_ALARM) -> float:
    """Return the mass at an end that, where it is never drawn, is always noticed: (1 − d)ⁿ = alpha."""
    return -math.expm1(math.log(alpha) / n)
