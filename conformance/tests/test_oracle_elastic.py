"""The oracle's random field of displacement, against numbers by hand, and its change of type to floats."""

from __future__ import annotations

import numpy as np

from augspec_conformance.oracle import run
from augspec_conformance.oracle.by_hand import op, picture, policy
from augspec_conformance.oracle.elastic import between, field, integer_gaussian, undisplaced
from augspec_conformance.oracle.filters import gaussian_weights
from augspec_conformance.oracle.noise import words

KEY = np.array([3, 2**31 + 5, 77], np.uint32)


def test_integer_weights_are_near_the_gaussian_and_sum_to_one() -> None:
    for sigma, radius in ((1.0, 3), (2.5, 8), (4.0, 45), (15.0, 45)):
        weights = integer_gaussian(sigma, radius)
        assert weights.shape == (2 * radius + 1,)
        assert weights.sum() == 1.0
        assert (weights * 2**15 == np.round(weights * 2**15)).all()
        np.testing.assert_array_equal(weights, weights[::-1])
        np.testing.assert_allclose(weights, gaussian_weights(sigma, radius), atol=radius * 2.0**-16)
    assert (integer_gaussian(1.0, 45)[:30] == 0).all()


def test_one_pixel_by_hand() -> None:
    # Mirrored, every neighbour is the pixel itself: smoothing leaves its two numbers, the scale divides by Σ w².
    word = int(words(KEY[:2], 77, 1)[0])
    halves = [(word >> 16 ^ 0x8000) - 0x8000, ((word & 0xFFFF) ^ 0x8000) - 0x8000]
    weights = integer_gaussian(2.0, 6)
    scale = 0.5 / (np.sqrt((2.0**32 - 1) / 12) * (weights**2).sum())
    np.testing.assert_allclose(field((1, 1), 0.5, 2.0, 2.0, KEY)[0, 0], np.array(halves) * scale, rtol=1e-12)


def test_a_field_has_its_deviation_and_its_length() -> None:
    inner = field((140, 150), 0.8, 2.0, 2.0, KEY)[6:-6, 6:-6]
    assert np.abs(inner.std((0, 1)) - 0.8).max() < 0.05
    assert abs(np.corrcoef(inner[..., 0].ravel(), inner[..., 1].ravel())[0, 1]) < 0.1
    for axis in (0, 1):
        one, other = (np.take(inner, np.arange(start, start + 120), axis) for start in (0, 4))
        assert abs((one * other).mean() / (one * one).mean() - np.exp(-1.0)) < 0.1


def test_between_centres_is_linear_and_beyond_them_constant() -> None:
    ramp = np.stack(np.meshgrid(np.arange(4.0), np.arange(3.0) * 10), -1)
    places = np.array([[0.5, 0.5], [1.0, 0.5], [2.75, 1.25], [3.5, 2.5], [-9.0, 1.5], [50.0, 70.0]])
    expected = [[0.0, 0.0], [0.5, 0.0], [2.25, 7.5], [3.0, 20.0], [0.0, 10.0], [3.0, 20.0]]
    np.testing.assert_allclose(between(ramp, places), expected, atol=1e-12)


def test_points_come_back() -> None:
    d = field((60, 70), 0.5, 3.0, 3.0, KEY)
    q = np.random.default_rng(1).uniform(5, 55, (200, 2))
    np.testing.assert_allclose(undisplaced(d, q + between(d, q)), q, atol=1e-3)
    shift = np.broadcast_to([0.25, -0.5], (6, 7, 2))
    np.testing.assert_allclose(undisplaced(shift, np.array([[3.0, 2.0]])), [[2.75, 2.5]], atol=1e-12)


def test_all_targets_follow_one_field() -> None:
    image = np.stack(np.meshgrid(np.arange(40.0), np.arange(30.0)), -1)[..., [0, 1, 1]] / 64
    points, boxes = np.array([[20.0, 15.0]]), np.array([[10.0, 8.0, 25.0, 20.0]])
    one = op("elastic", alpha=0.8, sigma=2.0, interpolation="bilinear", border="edge", fill=0.0)
    sample = {"image": image, "mask": np.arange(1200).reshape(30, 40), "keypoints": points, "boxes": boxes}
    out = run(policy(one), {"sample/elastic#0/noise": KEY.tolist()}, sample)
    d = field((30, 40), 0.8, 2.0, 2.0, KEY)
    inner = np.s_[6:-6, 6:-6]
    source = np.stack(np.meshgrid(np.arange(40), np.arange(30)), -1) + d
    np.testing.assert_allclose(out["image"][inner][..., :2] * 64, source[inner], atol=1e-9)
    column, row = np.floor(source + 0.5).astype(int)[inner].transpose(2, 0, 1)
    np.testing.assert_array_equal(out["mask"][inner], row * 40 + column)
    np.testing.assert_allclose(out["keypoints"], undisplaced(d, points), atol=1e-12)
    sides = np.linspace([10.0, 8.0], [25.0, 8.0], 9), np.linspace([25.0, 8.0], [25.0, 20.0], 9)
    assert out["boxes"][0, 1] <= undisplaced(d, sides[0])[:, 1].min() + 1e-12
    assert out["boxes"][0, 2] >= undisplaced(d, sides[1])[:, 0].max() - 1e-12


def test_nothing_moves_without_alpha_or_where_the_gate_is_shut() -> None:
    image = picture(9, 8)
    still = op("elastic", alpha=0.0, sigma=2.0)
    np.testing.assert_array_equal(run(policy(still), {"sample/elastic#0/noise": KEY}, {"image": image})["image"], image)
    shut = {**op("elastic", alpha=0.5, sigma=2.0), "p": 0.5}
    values = {"sample/elastic#0/apply": 0, "sample/elastic#0/noise": KEY}
    np.testing.assert_array_equal(run(policy(shut), values, {"image": image})["image"], image)


def test_e6_to_float_leaves_the_unit_range_for_good() -> None:
    image = picture(4, 5) * 2 - 1
    out = run(policy(op("to_float")), {}, {"image": image}, value_range=(-1.0, 1.0))["image"]
    np.testing.assert_allclose(out, (image + 1) / 2, atol=1e-15)
    shut = run(policy({**op("to_float"), "p": 0}), {}, {"image": image}, value_range=(-1.0, 1.0))["image"]
    np.testing.assert_allclose(shut, image, atol=1e-15)


def test_the_first_of_the_steps_in_turn_is_a_whole_one() -> None:
    # d rises from −1 to 1 between two centres: from 1.75 a whole step leads to 0.75, a half one to 1.5, and so on.
    rising = np.array([[[-1.0, 0.0], [1.0, 0.0]]])
    assert undisplaced(rising, np.array([[1.75, 0.5]])).tolist() == [[1.5, 0.5]]
