"""Maps that stretch each axis: exact fractions, and points that come back."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from augspec_backends.generic.stretch import stretched, unstretched
from augspec_backends.numpy.namespace import NumpyNamespace

XP = NumpyNamespace()


def parts(number: int, count: int = 5) -> np.ndarray:
    random = np.random.default_rng(number)
    some = random.integers(1024 - 922, 1024 + 922, (count, number))
    return np.where(random.random((count, number)) < 0.3, 1946, some).astype(np.int32)


@pytest.mark.parametrize(("number", "side"), [(2, 1), (3, 2), (5, 37), (16, 9), (16, 8192)])
def test_sources_are_the_fractions_rounded_half_up(number: int, side: int) -> None:
    given = parts(number)
    found = stretched(XP, given, side)
    assert found.dtype == np.int32
    for b, row in enumerate(given.tolist()):
        for j in {0, side // 3, side // 2, side - 1}:
            place = Fraction((2 * j + 1) * number, 2 * side)
            cell = int(place)
            at = (sum(row[:cell]) + row[cell] * (place - cell)) / Fraction(sum(row)) * 2 * side - 1
            assert int(found[b, j]) == (at * 4096 + Fraction(1, 2)).__floor__()


def test_equal_parts_leave_all_pixels_in_place() -> None:
    for side in (1, 8, 37):
        equal = np.full((1, 7), 1024, np.int32)
        np.testing.assert_array_equal(stretched(XP, equal, side)[0], np.arange(side) * 8192)


@pytest.mark.parametrize("number", [2, 5, 16])
def test_points_come_back_and_keep_their_distance_off_the_canvas(number: int) -> None:
    side = 4096  # a pixel's centre and its source, as a point
    given = parts(number)
    sources = (stretched(XP, given, side) / 8192 + 0.5).astype(np.float32)
    back = unstretched(XP, sources, given, side)
    assert back.dtype == np.float32
    steepest = number * given.max() / given.sum(1).min() * (given.max() / given.min())
    assert np.abs(back - (np.arange(side) + 0.5)).max() < steepest * side * 2**-22
    off = np.array([[-3.0, 0.0, 4096.0, 4100.5]] * 5, np.float32)
    np.testing.assert_allclose(unstretched(XP, off, given, side), off, atol=side * 2**-22)
