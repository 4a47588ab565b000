"""The oracle's resizing and crops, against Pillow and by hand (C8, C12)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PIL import Image

from augspec_conformance.oracle import grid, resample, run
from augspec_conformance.oracle.by_hand import augmented, op, picture, policy
from augspec_conformance.oracle.distributions import support


@pytest.mark.parametrize("size", [(7, 9), (40, 61), (23, 30), (5, 61)])
def test_c8_antialiased_resize_equals_pillow(size: tuple[int, int]) -> None:
    image = picture(23, 30)
    ours = augmented(image, op("resize", size=list(size), interpolation="bilinear", antialias=True))
    for k in range(3):
        plane = Image.fromarray(image[..., k].astype(np.float32))
        theirs = np.asarray(plane.resize(size[::-1], Image.Resampling.BILINEAR))
        np.testing.assert_allclose(ours[..., k], theirs, atol=1e-5)
    levels = np.floor(image * 255 + 0.5).astype(np.uint8)
    in_levels = np.asarray(Image.fromarray(levels).resize(size[::-1], Image.Resampling.BILINEAR))
    ours = augmented(levels / 255.0, op("resize", size=list(size), interpolation="bilinear", antialias=True))
    assert np.abs(ours * 255 - in_levels).max() <= 1.0


def test_c8_window_of_a_crop_equals_pillow_on_the_part() -> None:
    image = picture(23, 30, 1)
    window = resample.Window(top=3, left=11, height=15, width=17)
    ours = resample.resize_image(image, window, (8, 20), interpolation="bilinear", antialias=True)
    part = Image.fromarray(image[3:18, 11:28, 0].astype(np.float32))
    np.testing.assert_allclose(ours[..., 0], np.asarray(part.resize((20, 8), Image.Resampling.BILINEAR)), atol=1e-5)


def test_c8_without_antialias_it_is_plain_bilinear() -> None:
    image = picture(23, 30)
    ours = augmented(image, op("resize", size=[7, 9], interpolation="bilinear", antialias=False))
    x, y = grid.pixel_centres(7, 9)
    theirs = grid.interpolate(image, x * 30 / 9, y * 23 / 7, interpolation="bilinear", border="edge", fill=np.zeros(3))
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("target", [3, 13, 29, 64])
def test_c8_nearest_takes_half_pixel_centres_like_pillow(target: int) -> None:
    line = Image.fromarray(np.arange(29, dtype=np.uint8)[None, :])
    theirs = np.asarray(line.resize((target, 1), Image.Resampling.NEAREST))[0]
    np.testing.assert_array_equal(resample.nearest_index(29, target), theirs)


def test_resize_of_one_side_rounds_the_other_half_up() -> None:
    assert resample.resized_size(20, 30, short_side=15) == (15, 23)
    assert resample.resized_size(30, 20, short_side=15) == (23, 15)
    assert resample.resized_size(20, 30, long_side=10) == (7, 10)
    assert resample.resized_size(1, 300, long_side=10) == (1, 10)
    assert resample.resized_size(5, 7, size=[2, 3]) == (2, 3)


def test_center_crop_offset_is_the_floor() -> None:
    image = picture(11, 16)
    np.testing.assert_array_equal(augmented(image, op("center_crop", size=[4, 5])), image[3:7, 5:10])
    with pytest.raises(ValueError, match="does not fit"):
        augmented(image, op("center_crop", size=[12, 5]))


def crop_op() -> dict[str, Any]:
    ratio = {"log_uniform": [0.75, 4 / 3]}
    return op("random_resized_crop", size=[6, 7], area={"uniform": [0.1, 1]}, ratio=ratio, antialias=True)


def crop_values(area: list[float], ratio: list[float], top: float, left: float) -> dict[str, Any]:
    path = "sample/random_resized_crop#0"
    return {f"{path}/area": area, f"{path}/ratio": ratio, f"{path}/top": top, f"{path}/left": left}


def test_c12_random_resized_crop_takes_the_first_window_that_fits() -> None:
    image = picture(20, 30)
    # 0.9·600·1.2 = 648: w 25, h 21 does not fit; then 0.25·600 = 150: w = √150 = 12.2, h = 12.2.
    values = crop_values([0.9, 0.25, *[0.5] * 8], [1.2, 1.0, *[1.1] * 8], 0.95, 0.99)
    out = run(
        policy(crop_op()),
        values,
        {
            "image": image,
            "mask": np.arange(600).reshape(20, 30),
            "keypoints": np.array([[18.0, 8.0], [30.0, 20.0]]),
        },
    )
    window = resample.Window(math.floor(0.95 * 9), math.floor(0.99 * 19), 12, 12)
    expected = resample.resize_image(image, window, (6, 7), interpolation="bilinear", antialias=True)
    np.testing.assert_array_equal(out["image"], expected)
    rows, columns = resample.nearest_index(12, 6) + 8, resample.nearest_index(12, 7) + 18
    np.testing.assert_array_equal(out["mask"], rows[:, None] * 30 + columns)
    np.testing.assert_allclose(out["keypoints"], [[0.0, 0.0], [7.0, 6.0]])
    assert out["keypoints_visible"].tolist() == [True, False]


def test_c12_random_resized_crop_falls_back_to_the_clipped_central_window() -> None:
    def window(height: int, width: int, low: float, high: float) -> resample.Window:
        ten = np.ones(10)
        return resample.random_window(
            height, width, area=ten, ratio=3 * ten, top=0.9, left=0.9, ratio_range=(low, high)
        )

    assert window(20, 30, 0.75, 4 / 3) == resample.Window(0, 1, 20, 27)
    assert window(30, 20, 0.75, 4 / 3) == resample.Window(1, 0, 27, 20)
    assert window(20, 20, 0.75, 4 / 3) == resample.Window(0, 0, 20, 20)


def test_support_of_every_distribution() -> None:
    fields: dict[str, Any] = {
        "constant": 2,
        "list": [3, 1, 2],
        "uniform": {"uniform": [0.5, 2]},
        "log_uniform": {"log_uniform": [0.5, 2]},
        "integers": {"integers": [1, 3]},
        "normal": {"normal": {"mean": 1, "std": 1, "low": 0, "high": 4}},
        "choice": {"choice": {"values": [1, 5], "weights": [1, 0]}},
        "bare choice": {"choice": [1, 5]},
        "beta": {"beta": [2, 3]},
    }
    ends = [(2, 2), (1, 3), (0.5, 2), (0.5, 2), (1, 3), (0, 4), (1, 5), (1, 5), (0, 1)]
    assert [support(field) for field in fields.values()] == ends
    with pytest.raises(ValueError, match="support"):
        support({"normal": {"mean": 1, "std": 1}})
