"""Rain and snow of the oracle, against places worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from augspec_conformance.oracle.by_hand import augmented, op, picture
from augspec_conformance.oracle.noise import words, words_at

WHITE = {"opacity": 1.0, "haze": 0.0, "grey": 1.0, "degrees": 0.0}


def values(kind: str, **given: Any) -> dict[str, Any]:
    return {f"sample/{kind}#0/{name}": value for name, value in {"left": 0.0, "top": 0.0, **given}.items()}


def test_words_at_counters_are_those_of_the_list() -> None:
    key = np.array([7, 8, 9], np.uint32)
    counters = np.array([[0, 5], [1, 40]])
    np.testing.assert_array_equal(words_at(key, counters), words(key[:2], 9, 41).astype(np.int64)[counters])


def test_the_first_layer_of_snow_is_thickest_where_its_word_says() -> None:
    key = [3, 4, 5]
    snow = op("snow", amount=1.0, size=0.25, length=0.0, **WHITE)
    shown = augmented(np.zeros((64, 64, 1)), snow, values=values("snow", noise=key))[..., 0]
    # Flakes of 16 pixels, in cells of 64: that in column 0 and row 0 of the lattice begins in the middle of the image.
    word = int(words_at(np.array(key, np.uint32), np.array(8192 * 2**14 + 8192)))
    x, y = (32 + 64 * (1 / 8 + 3 / 4 * (bits % 1024 + 0.5) / 1024) for bits in (word // 1024, word))
    inside = [(i, j) for i in range(32, 64) for j in range(32, 64) if (j + 0.5 - x) ** 2 + (i + 0.5 - y) ** 2 < 60]
    assert len(inside) > 100
    for i, j in inside:
        away = ((j + 0.5 - x) ** 2 + (i + 0.5 - y) ** 2) / 64
        assert shown[i, j] >= 1 - away - 1e-9
        assert shown[i, j] == pytest.approx(1 - away) or shown[i, j] <= 0.75


def test_nothing_falls_at_an_amount_of_zero_but_the_haze() -> None:
    image = picture(9, 12)
    rain = op("rain", amount=0.0, width=0.1, length=0.3, opacity=1.0, haze=0.25, grey=0.5, degrees=20.0)
    np.testing.assert_allclose(
        augmented(image, rain, values=values("rain", noise=[1, 2, 3])), image + (0.5 - image) / 4
    )


def test_rain_falls_straight_down_and_leans_counter_clockwise() -> None:
    def slope(degrees: float) -> float:
        """Return how far streaks go to the right per pixel down, from the moments of the pixels' own differences."""
        rain = op("rain", amount=0.3, width=0.03, length=0.3, **{**WHITE, "degrees": degrees})
        shown = augmented(np.zeros((128, 128, 1)), rain, values=values("rain", noise=[9, 9, 9]))[..., 0]
        shifts = np.arange(-8, 9)
        overlap = [(shown[:-8, 8:-8] * shown[8:, 8 + s : 120 + s]).sum() for s in shifts]
        return float(shifts[int(np.argmax(overlap))])

    assert slope(0.0) == 0
    assert slope(30.0) in (4, 5)  # 8 · tan 30° = 4.6: what is lower is farther right
    assert slope(-30.0) in (-5, -4)


def test_flakes_are_no_shorter_than_wide() -> None:
    image, drawn = np.zeros((20, 30, 1)), values("snow", noise=[2, 3, 4])
    round_, short = (
        augmented(image, op("snow", amount=0.8, size=0.3, length=n, **WHITE), values=drawn) for n in (0.0, 0.3)
    )
    np.testing.assert_array_equal(round_, short)


def test_a_cell_whose_twelve_bits_are_the_amount_is_empty() -> None:
    key = [3, 4, 1660]
    word = int(words_at(np.array(key, np.uint32), np.array(8192 * 2**14 + 8192)))
    assert word // 2**20 == 1024
    x, y = (int(64 * (1 / 8 + 3 / 4 * (bits % 1024 + 0.5) / 1024)) for bits in (word // 1024, word))
    for amount, there in ((1024 / 4096, False), (1025 / 4096, True)):
        snow = op("snow", amount=amount, size=0.25, length=0.0, **WHITE)
        shown = augmented(np.zeros((64, 64, 1)), snow, values=values("snow", noise=key, left=0.5, top=0.5))
        assert (shown[y, x, 0] > 0.9) == there  # in the middle of the first layer's flake
