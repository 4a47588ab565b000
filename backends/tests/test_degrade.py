"""Shrinking and enlarging by chance: the samples that are not shrunk stay what they are."""

from __future__ import annotations

import numpy as np
import pytest

import augspec

HALF = {"op": "downscale", "factor": {"choice": [0.5, 1.0]}}


@pytest.mark.parametrize("method", ["area", "nearest"])
def test_c11_a_factor_of_1_changes_nothing_and_spreads_nothing(method: str) -> None:
    """C13: a pixel that is no number stays alone where the image is not made smaller."""
    policy = augspec.parse({"augspec": 1, "ops": [{**HALF, "method": method}]})
    augment = augspec.compile(policy)
    image = np.random.default_rng(4).random((7, 10, 3)).astype(np.float32)
    image[3, 4], image[5, 6] = np.nan, -0.0
    batch = np.repeat(image[None], 24, 0)
    factors = np.asarray(augment.draw(1, index=range(24)).human()["sample/downscale#0/factor"])
    out = np.asarray(augment(1, batch))
    assert {float(one) for one in factors} == {0.5, 1.0}
    for factor, one in zip(factors, out, strict=True):
        assert (one.tobytes() == image.tobytes()) == (factor == 1.0)
