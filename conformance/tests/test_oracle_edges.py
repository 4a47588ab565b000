"""The float64 oracle where float64 ends: weights that underflow carry nothing along."""

from __future__ import annotations

import numpy as np

from augspec_conformance.oracle import filters


def test_c13_a_weight_that_underflowed_carries_no_nan() -> None:
    image = np.zeros((1, 101, 1))
    image[0, 0] = np.nan
    narrow = filters.gaussian_blur(image, sigma=0.1, largest_sigma=15.0)
    assert np.isnan(narrow[0, 0, 0])
    assert np.isfinite(narrow[0, 20:, 0]).all()  # the radius is 45, but weights beyond four pixels are zero
    assert not filters.gaussian_weights(0.1, 45)[[0, -1]].any()
