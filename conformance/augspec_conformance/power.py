"""What the statistical tests are sure to see, computed from their own bounds for as many samples as they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from augspec_conformance import statistic
from augspec_conformance.tolerances import (
    DRAWS,
    FEWER,
    FEWEST_GIVEN,
    LEAST_AMONG,
    LEAST_CDF,
    LEAST_CDF_GIVEN,
    LEAST_CDF_SIMULATED,
    LEAST_END,
    LEAST_FEWER,
    LEAST_SHARE,
    PAIRS,
    SIMULATED,
)

__all__ = ["Power", "powers"]

_TABLE = np.full(64, 1 / 64)


@dataclass(frozen=True)
class Power:
    """A kind of test.

    Attributes:
        what: what is tested, in words.
        laws: where.
        n: samples or pairs.
        least: the discrepancy that is missed with probability 1e-6 at most, computed.
        declared: what the suite promises to see.
    """

    what: str
    laws: str
    n: int
    least: float
    declared: float


def powers() -> tuple[Power, ...]:
    """Return every kind of test."""
    return (
        Power("probability of a gate", "R1, R14", DRAWS, statistic.share_least_discrepancy(DRAWS, 0.3), LEAST_SHARE),
        Power(
            "share of a member, or of a value",
            "R3, R7, R14",
            DRAWS,
            statistic.cells_least_discrepancy(DRAWS, [0.4, 0.1, 0.2, 0.3]),
            LEAST_SHARE,
        ),
        Power(
            "distribution of a parameter (distance of CDFs)",
            "R2, R13",
            DRAWS,
            statistic.cdf_least_discrepancy(DRAWS),
            LEAST_CDF,
        ),
        Power(
            "distribution of a parameter, given that its op is applied, or not",
            "R9",
            FEWEST_GIVEN,
            statistic.cdf_least_discrepancy(FEWEST_GIVEN),
            LEAST_CDF_GIVEN,
        ),
        Power(
            "distribution of a crop's windows, or of holes, beside a simulation",
            "R11, R17",
            DRAWS,
            statistic.cdf_least_discrepancy(DRAWS) + statistic.cdf_envelope(SIMULATED),
            LEAST_CDF_SIMULATED,
        ),
        Power("mass at an end, drawn", "R4", 65_536, statistic.end_least_discrepancy(65_536), LEAST_END),
        Power("mass at an end, in pixels", "R13", DRAWS, statistic.end_least_discrepancy(DRAWS), LEAST_END),
        *_of_pairs(),
        *_of_fewer(),
    )


_PAIRS = (
    ("drawn", "R5", PAIRS),
    ("in pixels", "R15", DRAWS),
    ("in pixels of samples apart, and of noise far apart", "R10, R15", DRAWS // 2),
    ("in pixels, other frameworks, and of displacements", "R15, R19", FEWER),
    ("in pixels of samples apart, other frameworks, and of grey noise farthest apart", "R10, R15, R19", FEWER // 2),
)


def _of_pairs() -> Iterator[Power]:
    for where, laws, n in _PAIRS:
        least = statistic.cells_least_discrepancy(n, _TABLE)
        yield Power(f"cell of a table of two or three, {where}", laws, n, least, LEAST_AMONG[n][0])
    for where, laws, n in _PAIRS:
        least = statistic.correlation_least_discrepancy(n)
        yield Power(f"rank correlation of two, {where}", laws, n, least, LEAST_AMONG[n][1])


def _of_fewer() -> Iterator[Power]:
    cells = statistic.cells_least_discrepancy(FEWER, [0.4, 0.1, 0.2, 0.3])
    yield Power("share of a gate or a member, other frameworks", "R14", FEWER, cells, LEAST_FEWER["share"])
    cdf = statistic.cdf_least_discrepancy(FEWER)
    what = "distribution of a parameter, other frameworks; of displacements"
    yield Power(what, "R13, R19", FEWER, cdf, LEAST_FEWER["cdf"])
    end = statistic.end_least_discrepancy(FEWER)
    yield Power("mass at an end, other frameworks", "R13", FEWER, end, LEAST_FEWER["end"])
