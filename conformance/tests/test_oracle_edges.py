"""The oracle at its edges: ranges with a low end, nudges, places on the rim, what it refuses, and what it leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from augspec_conformance.oracle import boxes, colour, filters, keypoints, resample, run
from augspec_conformance.oracle.by_hand import augmented, op, picture, policy
from augspec_conformance.oracle.distributions import support
from augspec_conformance.oracle.draws import Draws


def test_c13_a_weight_that_underflowed_carries_no_nan() -> None:
    image = np.zeros((1, 101, 1))
    image[0, 0] = np.nan
    narrow = filters.gaussian_blur(image, sigma=0.1, largest_sigma=15.0)
    assert np.isnan(narrow[0, 0, 0])
    assert np.isfinite(narrow[0, 20:, 0]).all()  # the radius is 45, but weights beyond four pixels are zero
    assert not filters.gaussian_weights(0.1, 45)[[0, -1]].any()


@pytest.mark.parametrize("low_high", [(-1.0, 1.0), (16.0, 235.0), (-3.0, -1.0)])
def test_c1_a_range_with_a_low_end_is_the_unit_range_stretched(low_high: tuple[float, float]) -> None:
    image, (low, high) = picture(), low_high
    for one in (op("brightness_scale", factor=0.5), op("contrast", factor=2.0, pivot="mid"), op("rotate", degrees=9)):
        out = run(policy(one), {}, {"image": low + image * (high - low)}, value_range=low_high)["image"]
        np.testing.assert_allclose(out, low + augmented(image, one) * (high - low), atol=1e-12)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_nudges_move_where_nearest_pixels_are_read_and_nothing_else(interpolation: str) -> None:
    image, mask = picture(6, 7, 1), np.arange(42).reshape(6, 7)
    move = op("translate", x=1 / 7, y=0.0, border="wrap", interpolation=interpolation)
    plain = run(policy(move), {}, {"image": image, "mask": mask})
    for nudge, shift in (((1.0, 0.0), (0, -1)), ((0.0, 2.0), (-2, 0)), ((-2.0, 1.0), (-1, 2))):
        out = run(policy(move), {}, {"image": image, "mask": mask}, nudges=(nudge,))
        moved = np.roll(plain["image"], shift, (0, 1)) if interpolation == "nearest" else plain["image"]
        np.testing.assert_allclose(out["image"], moved, atol=1e-9)
        np.testing.assert_array_equal(out["mask"], np.roll(plain["mask"], shift, (0, 1)))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_nudges_of_a_map_move_nearest_pixels_alone(interpolation: str) -> None:
    image, mask = picture(6, 7, 1), np.arange(42).reshape(6, 7)
    still = op("perspective", distortion=0.5, border="wrap", fill=0.0, interpolation=interpolation)
    draws = {"sample/perspective#0/x": [0.0] * 4, "sample/perspective#0/y": [0.0] * 4}
    out = run(policy(still), draws, {"image": image, "mask": mask}, nudges=((1.0, 2.0),))
    moved = np.roll(image, (-2, -1), (0, 1)) if interpolation == "nearest" else image
    np.testing.assert_allclose(out["image"], moved, atol=1e-9)
    np.testing.assert_array_equal(out["mask"], np.roll(mask, (-2, -1), (0, 1)))


def test_nudges_are_for_one_resampled_run_each() -> None:
    mask = np.arange(42).reshape(6, 7)
    ops = (op("translate", x=1 / 7, y=0.0, border="wrap"), op("grayscale"), op("horizontal_flip"), op("grayscale"))
    ops = (*ops, {**op("translate", x=1 / 7, y=0.0, border="wrap"), "id": "translate#1"})
    out = run(policy(*ops), {}, {"mask": mask}, nudges=((1.0, 0.0), (0.0, 1.0)))["mask"]
    first = mask[:, ::-1]  # one pixel to the right, and one nudged back
    np.testing.assert_array_equal(out, np.roll(first, (-1, 1), (0, 1)))


def test_t4_the_near_edge_is_inside_and_what_lies_before_it_is_not() -> None:
    points = np.array([[0.0, 0.0], [-0.5, 3.0], [3.0, -0.5], [3.0, -1e-9], [-1e-9, 3.0]])
    assert keypoints.inside(points, 6, 7).tolist() == [True, False, False, False, False]


def test_t3_a_box_turned_inside_out_has_no_area() -> None:
    inverted = np.array([[3.0, 3.0, 2.0, 5.0], [3.0, 3.0, 5.0, 2.0], [3.0, 3.0, 1.0, 1.0], [1.0, 1.0, 3.0, 4.0]])
    assert boxes.area(inverted).tolist() == [0.0, 0.0, 0.0, 6.0]


def test_swapping_leaves_its_rows_alone() -> None:
    rows = np.array([1, 2, 3])
    assert keypoints.swap(rows, [(0, 2)]).tolist() == [3, 2, 1]
    assert rows.tolist() == [1, 2, 3]


def test_c3_normalize_asks_for_no_image() -> None:
    mask = np.arange(6).reshape(2, 3)
    out = run(policy(op("normalize", mean=[0.5], std=[0.5])), {}, {"mask": mask})
    np.testing.assert_array_equal(out["mask"], mask)


def test_a_sequence_without_a_probability_is_certain() -> None:
    image = picture()
    nested = op("sequence", ops=[{**op("rotate", degrees=-30), "id": "rotate#1"}])
    del nested["p"]
    np.testing.assert_allclose(augmented(image, op("rotate", degrees=30), nested), image, atol=1e-10)


def test_realised_numbers_are_float64_whatever_they_came_as() -> None:
    for given in (np.float32(0.25), [1, 2], np.array([3], np.int16)):
        assert Draws({"sample/x": given}).every("x").dtype == np.float64


@pytest.mark.parametrize(
    "field", [{"uniform": [0, 1], "choice": [1]}, {}, {"gamma": [1, 2]}, "a", None, True, {"normal": {"low": 0}}]
)
def test_what_has_no_bounded_support_is_refused(field: Any) -> None:
    with pytest.raises(ValueError, match="no bounded support"):
        support(field)


def test_what_the_oracle_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown pivot 'median'"):
        colour.contrast(picture(), 2.0, "median")
    with pytest.raises(ValueError, match="one of size, short_side, long_side"):
        resample.resized_size(4, 5)
    with pytest.raises(ValueError, match="needs an image or a mask"):
        run(policy(), {}, {"boxes": np.zeros((1, 4))})
