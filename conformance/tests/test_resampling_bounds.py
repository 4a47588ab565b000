"""What the rounding of weights may cost a resampled pixel is computed, over every image, and is what tolerances say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import augspec
from augspec_backends.generic.resample import Axis, axis_weights
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.laws.ideal import anchored_cases, ideal, ideal_cases
from augspec_conformance.oracle import resample
from augspec_conformance.subject import reference
from augspec_conformance.tolerances import CUBIC_WEIGHTS, WEIGHTS

KERNELS = {"bilinear": resample.triangle_weights, "bicubic": resample.cubic_weights}


@cache
def worst(kernel: str, side: int, target: int) -> float:
    """Return how far a pixel may be from the ideal, over all images of the unit range, after two such axes.

    Weights that are off sum to nothing, so that one axis is off by at most half of the sum of what they are off by; the
    other axis hands that on, times the sum of its weights' magnitudes.
    """
    length = np.array([side], np.int32)
    axis = Axis(length * 0, length, side, target)
    first, weights = (part[0] for part in axis_weights(NumpyNamespace(), axis, kernel=kernel, antialias=True))
    places = np.clip(first[:, None] + np.arange(weights.shape[1]), 0, side - 1)
    rounded = np.zeros((target, side))
    np.add.at(rounded, (np.arange(target)[:, None], places), weights / 2**15)
    exact = KERNELS[kernel](side, target, antialias=True)
    off = np.abs(rounded - exact).sum(1).max() / 2
    return float(off * (np.abs(exact).sum(1).max() + np.abs(rounded).sum(1).max()))


def pairs(most: float, longest: int) -> Iterator[tuple[int, int]]:
    """Yield sides and targets, of which at most `most` pixels become one."""
    for side in range(1, longest + 1):
        yield from ((side, target) for target in (*range(1, longest + 1), 96, 224) if side <= most * target)


@pytest.mark.parametrize(
    ("kernel", "most", "longest", "bound"), [("bilinear", 1.5, 50, WEIGHTS), ("bicubic", 7.0, 64, 4.2e-4)]
)
def test_e7_weights_are_off_by_what_is_said_and_hardly_less(
    kernel: str, most: float, longest: int, bound: float
) -> None:
    found = max(worst(kernel, *pair) for pair in pairs(most, longest))
    assert bound * 0.8 < found <= bound


def test_e7_beyond_that_more_is_said_honestly() -> None:
    assert WEIGHTS < worst("bilinear", 30, 7) < 2.21e-4
    assert CUBIC_WEIGHTS < worst("bicubic", 55, 3) < 8e-4


def test_no_case_goes_beyond_what_the_bound_of_keys_kernel_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = set()

    def noted(side: int, target: int, *, antialias: bool) -> Any:
        asked.add((side, target))
        return KERNELS["bicubic"](side, target, antialias=antialias)

    monkeypatch.setattr(resample, "cubic_weights", noted)
    for case in (*ideal_cases("full"), *anchored_cases("full")):
        ops = [op for op in case.policy["ops"] if augspec.ops()[op["op"]].stage == "resample"]
        if any(op.get("interpolation") == "bicubic" for op in ops):
            ideal(reference(), case, sample_of(case))
    assert len(asked) > 50
    assert max(side / target for side, target in asked) <= 3
    assert max(worst("bicubic", *pair) for pair in asked) <= 1.8e-4
