"""Distributions against closed forms and SciPy: support, CDF and quantiles, to the ends of float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from augspec.language.beta import beta_cdf, beta_quantile
from augspec.language.distributions import Beta, Choice, Integers, LogUniform, Normal, Uniform

U = np.array([0.0, 1e-12, 0.001, 0.25, 0.5, 0.75, 0.999, 1 - 1e-12, 1.0])


def normal(mean: float, std: float, low: float, high: float) -> Normal:
    return Normal.model_validate({"normal": {"mean": mean, "std": std, "low": low, "high": high}})


CONTINUOUS: list[tuple[Any, Any]] = [
    (Uniform(uniform=(-3.0, 5.0)), stats.uniform(-3, 8)),
    (LogUniform(log_uniform=(0.5, 8.0)), stats.loguniform(0.5, 8)),
    (normal(1.0, 2.0, -1.0, 4.0), stats.truncnorm(-1, 1.5, 1, 2)),
    (normal(0.0, 1.0, 2.0, 3.0), stats.truncnorm(2, 3, 0, 1)),
    (Beta(beta=(2.0, 3.5)), stats.beta(2, 3.5)),
    (Beta(beta=(0.3, 4.0)), stats.beta(0.3, 4)),
]


@pytest.mark.parametrize(("ours", "theirs"), CONTINUOUS, ids=[repr(ours) for ours, _ in CONTINUOUS])
def test_continuous_distributions_are_scipys(ours: Any, theirs: Any) -> None:
    low, high = ours.support()
    assert (low, high) == pytest.approx(theirs.support())
    found = ours.quantile(U)
    assert (found[0], found[-1]) == pytest.approx((low, high))
    assert (np.diff(found) > 0).all()
    np.testing.assert_allclose(found, theirs.ppf(U), rtol=1e-9, atol=1e-12)
    places = np.linspace(low, high, 9)
    np.testing.assert_allclose(ours.cdf(places), theirs.cdf(places), rtol=1e-12, atol=1e-12)
    assert ours.cdf(np.array([[low - 1], [high + 1]])).tolist() == [[0.0], [1.0]]
    assert ours.quantile(U.reshape(3, 3)).shape == (3, 3)


def test_bounds_far_out_in_the_tails_are_reached() -> None:
    """A hundred deviations away the share of the mass is 0 or 1 in float64, which has no quantile."""
    far = normal(0.25, 0.01, -1.0, 1.0)
    assert (far.quantile(np.array([0.0, 1.0])) >= -1.0).all()
    assert (far.quantile(np.array([0.0, 1.0])) <= 1.0).all()
    np.testing.assert_allclose(far.quantile(U[2:-2]), stats.norm(0.25, 0.01).ppf(U[2:-2]), rtol=1e-9)


@pytest.mark.parametrize(("a", "b"), [(0.05, 0.05), (0.05, 50), (50, 0.05), (1, 1), (50, 50), (2, 7)])
def test_r14_the_beta_is_scipys_at_the_corners_of_its_domain(a: float, b: float) -> None:
    x = np.array([0.0, 1e-9, 0.01, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9, 1.0])
    np.testing.assert_allclose(beta_cdf(x, a, b), special.betainc(a, b, x), rtol=1e-11, atol=1e-14)
    u = np.array([0.001, 0.25, 0.5, 0.75, 0.999])
    # Absolutely, not relatively: at a = 0.05 the first quantiles are below 1e-50, and a draw is a multiple of 2⁻²⁴.
    np.testing.assert_allclose(beta_quantile(u, a, b), special.betaincinv(a, b, u), rtol=1e-9, atol=1e-15)
    first, last = beta_quantile(np.array([0.0, 1.0]), a, b)
    assert first == 0.0
    assert special.betainc(a, b, last) == pytest.approx(1.0, abs=1e-15)  # 1, or where all mass lies below


def test_whole_numbers_are_equally_likely_and_both_ends_occur() -> None:
    ours = Integers(integers=(-2, 3))
    values, share = ours.atoms()
    assert values.tolist() == [-2, -1, 0, 1, 2, 3]
    assert share.tolist() == [1 / 6] * 6
    assert ours.support() == (-2.0, 3.0)
    np.testing.assert_allclose(ours.cdf(np.array([-3, -2, -1.5, 0, 2.9, 3, 9])), np.array([0, 1, 1, 3, 5, 6, 6]) / 6)


def test_choices_keep_values_and_weights() -> None:
    equal, weighed = (
        Choice(choice=(3.0, -1.0, 2.0)),
        Choice.model_validate({"choice": {"values": (3.0, -1.0, 2.0), "weights": (2.0, 1.0, 1.0)}}),
    )
    for ours, share in ((equal, [1 / 3] * 3), (weighed, [0.5, 0.25, 0.25])):
        assert ours.atoms()[0].tolist() == [3.0, -1.0, 2.0]
        assert ours.atoms()[1].tolist() == pytest.approx(share)
        assert ours.support() == (-1.0, 3.0)
        found = ours.cdf(np.array([-1.1, -1.0, 2.0, 2.9, 3.0]))
        np.testing.assert_allclose(found, [0, share[1], share[1] + share[2], share[1] + share[2], 1])


def test_a_normal_needs_a_thousandth_of_its_mass_within_its_bounds() -> None:
    inside = stats.norm.ppf(0.9989)
    normal(0.0, 1.0, inside, 40.0)
    for low, high in ((stats.norm.ppf(0.9991), 40.0), (math.nextafter(8, 9), 9.0)):
        with pytest.raises(ValueError, match=r"0\.1 %"):
            normal(0.0, 1.0, low, high)
