"""Ops that look at a histogram, on pictures whose levels are unevenly used: the ideal itself, level by level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import augspec
from augspec_conformance.oracle import levels


def skewed(seed: int = 5, side: int = 24) -> np.ndarray:
    """Return levels (side, side, 3), dark ones oftener than light ones, with few of the ends."""
    share = np.random.default_rng(seed).random((side, side, 3)) ** np.array([3.0, 1.0, 0.4])
    return np.floor(20 + 210 * share).astype(np.uint8)


def after(image: np.ndarray, **op: Any) -> np.ndarray:
    return np.asarray(augspec.compile(augspec.parse({"augspec": 1, "ops": [op], "eval": []}))(0, image))


@pytest.mark.parametrize("method", ["pil", "opencv"])
@pytest.mark.parametrize("side", [3, 24, 61])
def test_e1_equalize_is_the_ideal_to_the_level(method: str, side: int) -> None:
    image = skewed(side=side)
    ideal = np.round(levels.equalize(image / 255, method) * 255)
    np.testing.assert_array_equal(after(image, op="equalize", method=method), ideal)


@pytest.mark.parametrize("cutoff", [0.0, 0.02, 0.1, 0.49])
def test_e1_autocontrast_is_the_ideal_rounded(cutoff: float) -> None:
    image = skewed()
    ideal = levels.autocontrast(image / 255, cutoff) * 255
    assert np.abs(after(image, op="autocontrast", cutoff=cutoff) - ideal).max() <= 0.51
    floats = after((image / 255).astype(np.float32), op="autocontrast", cutoff=cutoff)
    assert np.abs(floats * 255 - ideal).max() <= 1e-3


def test_cutting_off_counts_pixels_at_both_ends() -> None:
    """Of 100 pixels, a cutoff of 0.05 takes five of each end: the sixth is the first that stays."""
    image = np.full((10, 10, 1), 100, np.uint8)
    image.flat[:5], image.flat[5:7], image.flat[7:9], image.flat[9:14] = 0, 40, 200, 255
    out = after(image, op="autocontrast", cutoff=0.05)
    assert [int(out.flat[n]) for n in (0, 5, 7, 9)] == [0, 0, 255, 255]
    assert int(out.flat[50]) == round((100 - 40) / (200 - 40) * 255)
    image.flat[0] = 100  # four are left at the lower end: the fifth is one of the two that follow
    out = after(image, op="autocontrast", cutoff=0.05)
    assert [int(out.flat[n]) for n in (1, 5, 7)] == [0, 0, 255]


@pytest.mark.parametrize("op", [{"op": "equalize"}, {"op": "equalize", "method": "opencv"}, {"op": "autocontrast"}])
def test_c13_what_is_no_number_reaches_its_own_channel_and_no_other(op: dict[str, Any]) -> None:
    image = (skewed() / 255).astype(np.float32)
    image[3, 4, 1] = np.nan
    out = after(image, **op)
    assert np.isnan(out[..., 1]).all()  # the histogram holds every pixel of it
    whole = after((skewed() / 255).astype(np.float32), **op)
    np.testing.assert_array_equal(out[..., [0, 2]], whole[..., [0, 2]])
