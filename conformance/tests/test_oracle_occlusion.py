"""What the oracle hides, against rectangles counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from augspec_conformance.oracle import run
from augspec_conformance.oracle.by_hand import augmented, op, picture, policy

PLAIN = {"fill": 0.0, "fill_mask": False, "hide_keypoints": False}


def values(kind: str, **given: Any) -> dict[str, Any]:
    return {f"sample/{kind}#0/{name}": value for name, value in given.items()}


@pytest.mark.parametrize(
    ("size", "top", "left", "rows", "columns"),
    [
        (0.5, 0.5, 0.5, (3, 8), (6, 11)),  # a side of 5: two before the centre, row 5 and column 8, two after it
        (0.5, 0.0, 0.999, (0, 3), (13, 16)),  # cut off at two borders
        (0.4, 0.3, 0.0, (1, 5), (0, 2)),  # an even side: two before the centre, one after it
        (0.0, 0.5, 0.5, (0, 0), (0, 0)),
        (1.0, 0.5, 0.5, (0, 10), (3, 13)),
    ],
)
def test_a_square_lies_about_its_centre(
    size: float, top: float, left: float, rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    image = picture(10, 16)
    drawn = values("cutout", size=size, top=top, left=left)
    expected = image.copy()
    expected[slice(*rows), slice(*columns)] = 0.25
    cut = op("cutout", size=size, count=1, inside=False, **{**PLAIN, "fill": 0.25})
    np.testing.assert_array_equal(augmented(image, cut, values=drawn), expected)


def test_squares_inside_stay_inside_and_may_overlap() -> None:
    image = np.ones((10, 16, 1))
    drawn = values("cutout", size=[0.5, 0.5], top=[0.0, 0.999], left=[0.0, 0.999])
    cut = op("cutout", size=0.5, count=2, inside=True, **PLAIN)
    hidden = augmented(image, cut, values=drawn)[..., 0] == 0
    assert hidden[:5, :5].all()
    assert hidden[5:, 11:].all()
    assert hidden.sum() == 50


def test_the_first_rectangle_that_fits_is_erased_and_none_if_none_does() -> None:
    image = np.ones((10, 16, 1))
    area, ratio = [0.9] * 3 + [0.2] * 7, [4.0] * 3 + [2.0] * 7
    erase = op("random_erasing", area=0.2, ratio=2.0, **PLAIN)
    drawn = values("random_erasing", area=area, ratio=ratio, top=0.5, left=0.25)
    hidden = augmented(image, erase, values=drawn)[..., 0] == 0
    rows, columns = np.flatnonzero(hidden.any(1)), np.flatnonzero(hidden.any(0))
    assert (rows[0], rows[-1], columns[0], columns[-1], hidden.sum()) == (3, 6, 2, 9, 32)  # 8 wide, 4 high
    drawn = values("random_erasing", area=[0.9] * 10, ratio=[4.0] * 10, top=0.5, left=0.25)
    np.testing.assert_array_equal(augmented(image, erase, values=drawn), image)


def test_the_mean_is_that_of_each_channel_before() -> None:
    image = picture(10, 16)
    erase = op("cutout", size=1.0, count=1, inside=False, **{**PLAIN, "fill": "mean"})
    out = augmented(image, erase, values=values("cutout", size=1.0, top=0.5, left=0.5))
    np.testing.assert_allclose(out[4, 5], image.mean((0, 1)), rtol=1e-12)
    np.testing.assert_array_equal(out[:, :3], image[:, :3])


def test_noise_is_uniform_and_each_value_has_its_own() -> None:
    image = np.zeros((40, 40, 3))
    erase = op("cutout", size=1.0, count=1, inside=True, **{**PLAIN, "fill": "noise"})
    drawn = values("cutout", size=1.0, top=0.5, left=0.5, noise=[123, 456, 7])
    out = augmented(image, erase, values=drawn)
    assert len(np.unique(out)) > 4500
    assert abs(out.mean() - 0.5) < 0.02
    assert out.min() >= 0.0
    assert out.max() <= 1.0


def test_masks_and_keypoints_follow_only_if_they_are_asked_to() -> None:
    sample = {
        "image": np.ones((10, 16, 1)),
        "mask": np.full((10, 16), 5, np.int32),
        "keypoints": np.array([[6.0, 3.0], [10.999, 7.999], [11.0, 5.0], [5.99, 5.0], [20.0, 5.0]]),
        "boxes": np.array([[6.0, 3.0, 11.0, 8.0]]),
    }
    drawn = values("cutout", size=0.5, top=0.5, left=0.5)
    for mask, points in ((False, False), (True, False), (False, True)):
        cut = op("cutout", size=0.5, count=1, inside=False, fill=0.0, fill_mask=mask, hide_keypoints=points)
        out = run(policy(cut, mask={"fill": 9}), drawn, sample)
        hidden = out["image"][..., 0] == 0
        np.testing.assert_array_equal(out["mask"], np.where(hidden, 9, 5) if mask else 5)
        seen = [False, False, True, True, False] if points else [True, True, True, True, False]
        assert out["keypoints_visible"].tolist() == seen
        assert out["boxes_valid"].tolist() == [True]
        np.testing.assert_array_equal(out["boxes"], sample["boxes"])


def test_a_grid_hides_the_first_part_of_each_cell_shifted_from_the_centre() -> None:
    image = np.ones((12, 20, 1))
    mask = op("grid_mask", cell=0.5, ratio=0.5, degrees=0.0, **PLAIN)
    drawn = values("grid_mask", top=0.5, left=0.0)
    hidden = augmented(image, mask, values=drawn)[..., 0] == 0
    # Cells of 6, holes of 3, from the centre (column 10) on; rows are half a cell further up.
    assert np.flatnonzero(hidden.any(0)).tolist() == [0, 4, 5, 6, 10, 11, 12, 16, 17, 18]
    assert np.flatnonzero(hidden.any(1)).tolist() == [3, 4, 5, 9, 10, 11]
    assert hidden.sum() == 10 * 6


def test_a_grid_turns_counter_clockwise() -> None:
    image = np.ones((31, 31, 1))
    mask = op("grid_mask", cell=1.0, ratio=0.25, degrees=20.0, **PLAIN)
    drawn = values("grid_mask", top=0.125, left=0.0)
    hidden = augmented(image, mask, values=drawn)[..., 0] == 0
    rows, columns = np.nonzero(hidden)
    # The square to the right of the centre, 0 to 7.75 away and as high about its row: its middle is turned up.
    near = np.hypot(rows - 15, columns - 15) < 12
    assert abs(rows[near].mean() - (15 - 3.875 * np.sin(np.radians(20)))) < 0.5
    assert abs(columns[near].mean() - (15 + 3.875 * np.cos(np.radians(20)))) < 0.5


def test_a_ratio_of_0_or_1_hides_nothing_or_all() -> None:
    image, drawn = picture(9, 14), values("grid_mask", top=0.3, left=0.9)
    for ratio, expected in ((0.0, image), (1.0, image * 0)):
        mask = op("grid_mask", cell=0.37, ratio=ratio, degrees=33.0, **PLAIN)
        np.testing.assert_array_equal(augmented(image, mask, values=drawn), expected)
