"""Bounds against the float64 oracle are proven from both sides, without the reference: they hold, and not by far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from augspec_conformance import accuracy, statistic, tolerances
from augspec_conformance.cases.policies import document
from augspec_conformance.law import LawViolation
from augspec_conformance.laws.ideal import against_ideal, ideal_cases
from augspec_conformance.laws.independence import CELLS
from augspec_conformance.mutants import mutants
from augspec_conformance.subject import Subject

MUTANTS = {mutant.id: mutant for mutant in mutants()}


def violated(make: Callable[[], Any]) -> bool:
    """Return whether a backend is too far from the oracle in any case of the smoke tier."""
    subject = Subject(make(), "eager")
    for case in ideal_cases("smoke"):
        try:
            against_ideal(subject, case)
        except LawViolation:
            return True
    return False


@pytest.mark.parametrize("name", ["M37b", "M50", "M51", "M71", "M71b", "M71c", "M71e", "M71f", "M55b", "M55c"])
def test_small_faults_are_beyond_the_bounds(name: str) -> None:
    assert violated(MUTANTS[name].make)


def test_a_bound_is_the_sum_of_its_stages() -> None:
    turn, blur = {"op": "rotate", "degrees": 5}, {"op": "gaussian_blur", "sigma": 1.0}
    one, both = (accuracy.against_oracle(document(*ops), "float32") for ops in ((turn,), (turn, blur)))
    assert one == pytest.approx(tolerances.WARP, rel=1e-3)
    assert both - one == pytest.approx(3 * tolerances.STAGES["filter"])  # radius 3


def test_a_run_of_warps_is_one_resampling() -> None:
    turn, shear = {"op": "rotate", "degrees": 5}, {"op": "shear", "x": 0.2}
    once = accuracy.against_oracle(document(turn), "float32")
    assert accuracy.against_oracle(document(turn, shear), "float32") == once
    assert accuracy.against_oracle(document(turn, {**shear, "border": "edge"}), "float32") > 1.9 * once


def test_contrast_enlarges_what_came_before() -> None:
    turn, contrast = {"op": "rotate", "degrees": 5}, {"op": "contrast", "factor": 3.0}
    before, after = (accuracy.against_oracle(document(*ops), "float32") for ops in ((turn,), (turn, contrast)))
    assert after == pytest.approx(5 * before, rel=0.01)


def test_levels_are_half_a_level_and_a_little() -> None:
    assert accuracy.levels(document({"op": "horizontal_flip"})) == 0
    assert 0.5 < accuracy.levels(document({"op": "brightness_scale", "factor": 0.5})) < 0.52
    steep = {"op": "contrast", "factor": 8.0}
    assert 0.5 < accuracy.levels(document(steep)) <= 1
    assert accuracy.levels(document(steep, steep, steep)) > 1  # E8 is about one op; a chain adds up


def test_tests_for_independence_see_what_they_say() -> None:
    assert statistic.correlation_least_discrepancy(tolerances.PAIRS) <= tolerances.LEAST_CORRELATION
    shares = np.full((CELLS, CELLS), CELLS**-2)
    assert statistic.cells_least_discrepancy(tolerances.PAIRS, shares) <= tolerances.LEAST_CELL


def test_rank_correlation_is_that_of_the_ranks() -> None:
    rng = np.random.default_rng(5)
    a = rng.random(tolerances.PAIRS)
    b = np.where(rng.random(tolerances.PAIRS) < 0.3, a, rng.random(tolerances.PAIRS))
    assert statistic.rank_correlation(a, b) == pytest.approx(0.3, abs=0.02)
    assert abs(statistic.rank_correlation(a, rng.random(tolerances.PAIRS))) < statistic.correlation_envelope(
        tolerances.PAIRS
    )
