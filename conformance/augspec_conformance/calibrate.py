"""Calibration: how often the statistical tests are wrong, measured on draws and compared with what they declare.

At the level of the suite, 4e-10, no false alarm will ever be seen. The same tests are therefore run at levels at which
alarms can be counted; the bounds behind them hold at every level. Draws are those of the NumPy reference, one key per
run; what a test should see is made by drawing from another document than the one that it is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import augspec
from augspec_conformance import statistic
from augspec_conformance.cases.policies import document
from augspec_conformance.declared import cdf_of, human
from augspec_conformance.law import stable_seed
from augspec_conformance.mutants.kept import FOLDER, Kept
from augspec_conformance.runner import plan_cases, run_case, select_laws
from augspec_conformance.subject import Subject, reference
from augspec_conformance.tolerances import DRAWS, FALSE_ALARM, FALSE_PASS, PAIRS

__all__ = ["BETA", "KEPT", "LEVELS", "PARTS", "SAMPLES", "TESTS", "Rate", "Test", "budget", "declared_power", "rates"]

KEPT = Kept(FOLDER / "rates.jsonl", "rate")

LEVELS = (1e-2, 1e-3)
"""False-alarm rates at which alarms can be counted."""

BETA = 1e-2
"""Rate at which a discrepancy of the declared size may be missed in a calibration."""

SAMPLES = 4096
"""Draws of one calibrated test."""

PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Discrepancies, as parts of the declared one; at 0 every alarm is a false one."""

_P = 0.3
_WEIGHTS = (0.4, 0.1, 0.2, 0.3)
_SPAN = (-0.2, 0.3)
_SURE = 1e-6
"""A rate counts as broken if so many or more events have at most this probability (Chernoff)."""

Accepts = Callable[[Subject, augspec.Key, float, float], bool]


def _drawn(subject: Subject, key: augspec.Key, *ops: dict[str, Any]) -> augspec.Draws:
    draws: augspec.Draws = subject.augmenter(document(*ops)).draw(key, range(SAMPLES)).numpy()
    return draws


def _share(subject: Subject, key: augspec.Key, off: float, alpha: float) -> bool:
    drawn = _drawn(subject, key, {"op": "grayscale", "p": _P + off})
    return statistic.share_holds(int(np.asarray(drawn["sample/grayscale#0/apply"]).sum()), SAMPLES, _P, alpha)


def _cells(subject: Subject, key: augspec.Key, off: float, alpha: float) -> bool:
    """The first member takes from the others, in proportion."""
    first, *others = _WEIGHTS
    weights = [first + off, *(w * (1 - off / (1 - first)) for w in others)]
    members = [{"op": "brightness_scale", "factor": 0.5 + n / 8} for n in range(len(weights))]
    drawn = _drawn(subject, key, {"op": "one_of", "weights": weights, "ops": members})
    counts = np.bincount(np.asarray(drawn["sample/one_of#0/branch"]).reshape(-1), minlength=len(weights))
    return statistic.cells_hold(counts, _WEIGHTS, alpha) is None


def _cdf(subject: Subject, key: augspec.Key, off: float, alpha: float) -> bool:
    """A range that is moved by a share of its width is at this Kolmogorov distance."""
    low, high = _SPAN
    moved = off * (high - low)
    drawn = _drawn(subject, key, {"op": "brightness_shift", "delta": {"uniform": [low + moved, high + moved]}})
    values = human(drawn, "sample/brightness_shift#0/delta")
    distance = statistic.cdf_distance(values, cdf_of({"uniform": list(_SPAN)}), 1 / 65280, alpha)
    return distance <= statistic.cdf_envelope(SAMPLES, alpha)


def _correlation(subject: Subject, key: augspec.Key, off: float, alpha: float) -> bool:
    """A share of the pairs is one value twice."""
    names = ("translate_x", "translate_y", "shear_x")
    drawn = _drawn(subject, key, {"op": "affine", **{name: {"uniform": list(_SPAN)} for name in names}})
    cdf = cdf_of({"uniform": list(_SPAN)})
    x, y, which = (cdf(human(drawn, f"sample/affine#0/{name}")) for name in names)
    found = statistic.rank_correlation(x, np.where(which < off, x, y), alpha)
    return abs(found) <= statistic.correlation_envelope(SAMPLES, alpha)


@dataclass(frozen=True)
class Test:
    """A kind of statistical test.

    Attributes:
        name: what it is about.
        accepts: draws under a key with a discrepancy, and tests at a level; true if the test is content.
        least: the discrepancy that n samples at a level alpha miss at rate beta, as (n, alpha, beta) say.
        samples: draws of this test in the suite's laws.
    """

    name: str
    accepts: Accepts
    least: Callable[[int, float, float], float]
    samples: int = DRAWS


TESTS = (
    Test("share of a gate", _share, lambda n, alpha, beta: statistic.share_least_discrepancy(n, _P, alpha, beta)),
    Test("shares of cells", _cells, lambda n, alpha, beta: statistic.cells_least_discrepancy(n, _WEIGHTS, alpha, beta)),
    Test("distance of CDFs", _cdf, statistic.cdf_least_discrepancy),
    Test("rank correlation", _correlation, statistic.correlation_least_discrepancy, PAIRS),
)


@dataclass(frozen=True)
class Rate:
    """How often one test at one level raised an alarm.

    Attributes:
        test: the test's name.
        level: its declared false-alarm rate.
        off: the discrepancy in the draws.
        part: the same as a part of the declared one.
        alarms: runs with an alarm.
        runs: all runs.
    """

    test: str
    level: float
    off: float
    part: float
    alarms: int
    runs: int

    @property
    def wrong(self) -> int:
        """Return how many runs were wrong: false alarms without a discrepancy, misses with one."""
        return self.runs - self.alarms if self.part else self.alarms

    @property
    def declared(self) -> float | None:
        """Return the rate of wrong runs that the test declares; None between no discrepancy and the declared one."""
        return {0.0: self.level, 1.0: BETA}.get(self.part)

    @property
    def holds(self) -> bool:
        """Return whether the declared rate can be true, given what was counted."""
        if self.declared is None or self.wrong <= self.declared * self.runs:
            return True
        return self.runs * statistic.kl(self.wrong / self.runs, self.declared) <= math.log(1 / _SURE)


def rates(
    runs: int,
    *,
    subject: Subject | None = None,
    levels: Sequence[float] = LEVELS,
    tests: Sequence[Test] = TESTS,
    kept: Kept | None = None,
) -> Iterator[Rate]:
    """Yield the measured rates of every test, level and discrepancy.

    Args:
        runs: how many keys are drawn with.
        subject: whose draws; the NumPy reference's by default.
        levels: false-alarm rates at which the tests run.
        tests: which ones.
        kept: where rates are kept; one that is kept for as many runs is not measured again.
    """
    drawing = reference() if subject is None else subject
    before = {} if kept is None else kept.lines()
    for test in tests:
        for level in levels:
            for part in PARTS:
                name = f"{test.name}, level {level:g}, {part:g} of the declared discrepancy"
                line = before.get(name)
                if line is not None and line["runs"] >= runs:
                    yield Rate(**{field: value for field, value in line.items() if field != "rate"})
                    continue
                off = part * test.least(SAMPLES, level, BETA)
                keys = (augspec.Key(stable_seed("calibrate", test.name, level, part, run)) for run in range(runs))
                alarms = sum(not test.accepts(drawing, key, off, level) for key in keys)
                rate = Rate(test.name, level, round(off, 6), part, alarms, runs)
                if kept is not None:
                    kept.add({"rate": name, **asdict(rate)})
                yield rate


def declared_power() -> list[tuple[str, int, float]]:
    """Return (test, samples, discrepancy) at the suite's own level: what its laws miss once in a million runs."""
    return [(test.name, test.samples, test.least(test.samples, FALSE_ALARM, FALSE_PASS)) for test in TESTS]


def budget(subject: Subject | None = None) -> statistic.Spending:
    """Run the laws of distributions at tier full, and return how many tests they make and what these spend."""
    subject = reference() if subject is None else subject
    with statistic.spending() as spent:
        for law in select_laws():
            if law.id.startswith("R"):
                for case in plan_cases(law, subject, "full"):
                    run_case(law, subject, case)
    return spent
