"""Statistics: they see what they say, cost what they may, and every parameter is read from pixels or named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from augspec_conformance import statistic, tolerances
from augspec_conformance.cases.policies import document
from augspec_conformance.decoding import Decoder, decoder, ideal
from augspec_conformance.law import Case
from augspec_conformance.laws import all_laws, decoded, decoded_choices, independence
from augspec_conformance.power import powers
from augspec_conformance.runner import plan_cases, run_case
from augspec_conformance.subject import reference

BY_ID = {law.id: law for law in all_laws()}


@pytest.mark.parametrize("power", powers(), ids=lambda one: f"{one.what} {one.n}")
def test_what_is_promised_is_seen(power: Any) -> None:
    assert 0 < power.least <= power.declared


def test_tests_outside_of_a_budget_cost_nothing() -> None:
    with statistic.spending() as spent:
        assert statistic.share_holds(300, 1000, 0.3)
        assert statistic.cells_hold([500, 500], [0.5, 0.5]) is None
        assert statistic.cdf_holds(0.0, 1000)
        assert statistic.correlation_holds(0.0, 1000)
        assert statistic.end_is_reached(0.0, 1000)
    assert statistic.share_holds(300, 1000, 0.3)
    assert (spent.tests, spent.alpha) == (5, pytest.approx(5 * tolerances.FALSE_ALARM))


@pytest.mark.parametrize("name", ["R2", "R9", "R10", "R11", "R13"])
def test_a_distance_is_judged_by_the_number_of_draws_it_was_taken_from(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    distance, holds = statistic.cdf_distance, statistic.cdf_holds
    taken: list[int] = []
    judged: list[int] = []

    def measured(values: Any, *rest: Any) -> float:
        taken.append(np.size(values))
        return distance(values, *rest)

    def judge(found: float, n: int, **options: Any) -> bool:
        judged.append(n)
        return holds(found, n, **options)

    monkeypatch.setattr(statistic, "cdf_distance", measured)
    monkeypatch.setattr(statistic, "cdf_holds", judge)
    case = BY_ID[name].cases("smoke")[0]
    result = run_case(BY_ID[name], reference(), case.with_(context={**case.context, "n": 20_000}))
    assert result.status == "passed", result.message
    assert judged == taken != []


def test_a_condition_that_leaves_few_draws_raises_no_alarm() -> None:
    law = BY_ID["R9"]
    for seed in (10, 13):  # by the envelope of all draws, the few that a gate lets through were too far off
        for case in plan_cases(law, reference(), "smoke", seed=seed):
            assert run_case(law, reference(), case).status == "passed"


def test_an_end_that_is_never_drawn_is_noticed() -> None:
    n = 65_536
    least = statistic.end_least_discrepancy(n)
    assert (1 - least) ** n == pytest.approx(tolerances.FALSE_ALARM, rel=1e-6)
    assert statistic.end_is_reached(0.9 * least, n)
    assert not statistic.end_is_reached(1.1 * least, n)


def test_three_that_are_independent_by_twos_are_told_from_three_that_are() -> None:
    rng = np.random.default_rng(8)
    a, b, c = rng.random((3, tolerances.PAIRS))
    independence.require_independent({"a": a, "b": b, "c": c}, {})
    folded = (a + b) % 1.0
    for one, two in ((a, folded), (b, folded)):
        independence.require_apart(one, two, "two")
    with pytest.raises(AssertionError, match="a, b, c depend on each other"):
        independence.require_independent({"a": a, "b": b, "c": folded}, {})


@pytest.mark.parametrize("lag", [1, 4, 16])
def test_lagged_pairs_are_disjoint_and_as_far_apart_as_said(lag: int) -> None:
    one, two = independence.lagged({"n": np.arange(100.0)}, lag)
    assert (two["n"] - one["n"] == lag).all()
    assert len({*one["n"], *two["n"]}) == 2 * len(one["n"]) >= 64


def test_chi_square_equals_scipy() -> None:
    x = np.linspace(0.01, 150, 300)
    np.testing.assert_allclose(decoded._chi_square(x, 60), stats.chi2.cdf(x, 60), atol=1e-12)


UNREAD = {
    *("iou_crop.height", "iou_crop.width", "scale_jitter.factor", "zoom_out.factor"),  # the place is drawn as well
    *("salt_pepper.amount", "salt_pepper.ratio"),  # and so is every pixel
    *("fog.density", "fog.grey", "fog.patchiness", "fog.roughness"),
    *(f"rain.{name}" for name in ("amount", "degrees", "grey", "haze", "length", "opacity", "width")),
    *(f"snow.{name}" for name in ("amount", "degrees", "grey", "haze", "length", "opacity", "size")),
    *(f"sun_flare.{name}" for name in ("ghosts", "grey", "size", "strength", "x", "y")),
    *("shadow.darkness", "shadow.size", "shadow.softness"),  # and so are all corners
    *("pixel_dropout.amount", "shot_noise.scale", "speckle.std", "pca_lighting.std"),
    *("elastic.alpha", "elastic.sigma"),  # R19 reads constant ones
    *("mosaic.x", "mosaic.y", "mosaic.scale"),  # where pictures meet, of which each has four
    *(
        "box_blur.radius",
        "clahe.clip",
        "motion_blur.length",
        "unsharp_mask.sigma",
        "hue.turns",
        "jpeg.quality",
        "posterize.bits",
        "sharpness.factor",
        "solarize.threshold",
        "solarize_add.threshold",
    ),  # not monotone
    "rot90.turns",  # changes the size
    "downscale.factor",  # moves in steps: sides of whole pixels
}
"""What no reading of pixels tells; the laws on draws (R2, R3) and on values (N1) ask it."""


def test_every_parameter_is_read_from_pixels() -> None:
    asked = {case.name for case in BY_ID["R13"].cases("full")}
    assert {"rotate.degrees", "translate.x", "affine.shear_y", "contrast.factor", "gaussian_blur.sigma"} <= asked
    assert {case.name for case in BY_ID["R13"].cases("full") if decoded.undecoded(case)} == UNREAD


def test_a_parameter_that_cannot_be_read_is_named_and_does_not_pass() -> None:
    op = {"op": "random_resized_crop", "size": [9, 11], "area": {"uniform": [0.3, 0.9]}, "ratio": 1.0}
    case = Case(policy=document(op), signature="large-f32", context={"field": "area"})
    result = run_case(BY_ID["R13"], reference(), case)
    assert result.status == "not-claimed"
    assert "it also draws" in result.message
    turned = {"op": "rotate", "degrees": {"uniform": [-170, 170]}}  # every reading has a maximum on the way
    case = Case(policy=document(turned), signature="large-f32", context={"field": "degrees"})
    result = run_case(BY_ID["R13"], reference(), case)
    assert (result.status, "no reading" in result.message) == ("not-claimed", True)


@pytest.mark.parametrize(
    ("op", "field"),
    [
        ({"op": "rotate", "degrees": {"uniform": [5, 35]}}, "degrees"),
        ({"op": "shear", "x": {"uniform": [-0.1, 0.3]}, "y": 0.0}, "x"),
        ({"op": "gaussian_blur", "sigma": {"uniform": [0.4, 1.6]}}, "sigma"),
    ],
)
def test_decoders_read_what_the_oracle_drew_and_what_is_outside(op: dict[str, Any], field: str) -> None:
    how = decoder(op, field, 1)
    assert isinstance(how, Decoder)
    low, high = op[field]["uniform"]
    drawn = np.array([low - 0.02 * (high - low), *np.random.default_rng(1).uniform(low, high, 9), high])
    images = np.stack([ideal(op, how.image(1), {field: float(value)}) for value in drawn])
    assert np.abs(how.decode(images) - drawn).max() <= how.error
    assert how.error < 1e-3 * (high - low)


def test_outcomes_of_choices_have_probability_one() -> None:
    for case in BY_ID["R14"].cases("full"):
        op = case.policy["ops"][0]
        if "gate" not in case.context:
            assert sum(share for _, share in decoded_choices.outcomes(op)) == pytest.approx(1)
