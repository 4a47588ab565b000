"""The oracle's exact moves and placements, by hand and against NumPy and Pillow (C7, C8, C11, C12)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from augspec_conformance.oracle import moves, resample, run
from augspec_conformance.oracle.by_hand import augmented, op, picture, policy


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_c11_points_turn_with_their_pixels(turns: int) -> None:
    image = np.zeros((5, 5, 1))
    image[1, 3] = 1.0
    out = run(policy(op("rot90", turns=turns)), {}, {"image": image, "keypoints": np.array([[3.5, 1.5]])})
    ((row, column),) = np.argwhere(out["image"][..., 0])
    assert out["keypoints"].tolist() == [[column + 0.5, row + 0.5]]
    np.testing.assert_array_equal(out["image"], np.rot90(image, turns))


def test_t4_a_transposition_mirrors() -> None:
    sample = {"image": picture(4, 4), "keypoints": np.array([[0.5, 1.5], [2.5, 3.5]])}
    out = run(policy(op("transpose"), keypoints={"swap_pairs": [[0, 1]]}), {}, sample)
    assert out["keypoints"].tolist() == [[3.5, 2.5], [1.5, 0.5]]


@pytest.mark.parametrize(
    ("border", "mode"), [("edge", "edge"), ("mirror", "reflect"), ("symmetric", "symmetric"), ("wrap", "wrap")]
)
def test_c7_pad_is_numpys(border: str, mode: Any) -> None:
    image = picture(4, 5)
    ours = moves.pad(image, (7, 1, 0, 9), border, 0.0)
    np.testing.assert_array_equal(ours, np.pad(image, ((7, 0), (9, 1), (0, 0)), mode=mode))


def test_crops_keep_what_they_name() -> None:
    image = picture(11, 16)
    np.testing.assert_array_equal(augmented(image, op("crop", top=2, left=3, height=4, width=5)), image[2:6, 3:8])
    values = {"sample/random_crop#0/top": 0.99, "sample/random_crop#0/left": 0.0}
    last = op("random_crop", size=[4, 5], pad=[0, 0, 2, 1], border="constant", fill=0.5)
    out = augmented(image, last, values=values)
    np.testing.assert_array_equal(out[:2, 1:], image[9:, :4])
    assert (out[2:] == 0.5).all()
    assert (out[:, 0] == 0.5).all()


def test_r12_channels_follow_the_ranks_of_the_first() -> None:
    image = picture(2, 3, 3)
    order = [7.0, 1.0, 4.0, *(float(k) for k in (0, 2, 3, 5, 6, *range(8, 16)))]
    shuffled = augmented(image, op("channel_shuffle"), values={"sample/channel_shuffle#0/order": order})
    np.testing.assert_array_equal(shuffled, image[..., [2, 0, 1]])
    drop = op("channel_drop", count=1, fill=0.25)
    dropped = augmented(image, drop, values={"sample/channel_drop#0/order": order})
    np.testing.assert_array_equal(dropped[..., [0, 2]], image[..., [0, 2]])
    assert (dropped[..., 1] == 0.25).all()


@pytest.mark.parametrize("size", [(7, 9), (40, 61), (23, 30), (5, 61)])
def test_c8_bicubic_weights_are_pillows(size: tuple[int, int]) -> None:
    image = picture(23, 30, 1) * 0.4 + 0.3  # nothing to clamp
    ours = augmented(image, op("resize", size=list(size), interpolation="bicubic", antialias=True))
    plane = Image.fromarray(image[..., 0].astype(np.float32))
    theirs = np.asarray(plane.resize(size[::-1], Image.Resampling.BICUBIC))
    np.testing.assert_allclose(ours[..., 0], theirs, atol=1e-5)


def test_paste_cuts_at_every_side() -> None:
    small = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(resample.paste(small, (2, 2), -1, -2, 9), small[1:, 2:])
    assert resample.paste(small, (4, 5), 2, 3, 9).tolist() == [
        [9, 9, 9, 9, 9],
        [9, 9, 9, 9, 9],
        [9, 9, 9, 0, 1],
        [9, 9, 9, 4, 5],
    ]


def test_c12_a_crop_by_boxes_takes_the_first_that_meets_the_minimum() -> None:
    def window(minimum: float, boxes: list[list[float]]) -> resample.Window:
        search = resample.Search(
            minimum,
            width=np.array([0.5, 0.5, 0.9]),
            height=np.array([0.1, 0.5, 0.9]),
            top=np.array([0.0, 0.99, 0.0]),
            left=np.array([0.0, 0.99, 0.0]),
            ratio=(0.5, 2.0),
        )
        return search.window(20, 20, np.array(boxes).reshape(-1, 4))

    corner = [[11.0, 11.0, 19.0, 19.0]]
    assert window(0.0, corner) == resample.Window(10, 10, 10, 10)  # the first is too flat
    assert window(0.65, corner) == resample.Window(0, 0, 20, 20)  # 64 of 100 pixels
    assert window(0.64, corner) == resample.Window(10, 10, 10, 10)
    assert window(0.0, [[1.0, 1.0, 5.0, 5.0]]) == resample.Window(0, 0, 18, 18)
    assert window(1.0, corner) == resample.Window(0, 0, 20, 20)
    assert window(0.0, []) == resample.Window(0, 0, 20, 20)


def test_c12_a_minimum_that_was_rounded_up_is_met() -> None:
    def window(minimum: float) -> resample.Window:
        half, first = np.array([0.5]), np.array([0.0])
        search = resample.Search(minimum, width=half, height=half, top=first, left=first, ratio=(0.5, 2.0))
        return search.window(16, 16, np.array([[0.0, 0.0, 8.0, 4.0]]))

    for above, found in ((0.0, 8), (1.5 * 2.0**-24, 8), (2.5 * 2.0**-24, 16)):  # half of the window is in the box
        assert window(0.5 + above).height == found


SHUT: list[dict[str, Any]] = [
    op("resize", size=[4, 5], interpolation="bilinear", antialias=True),
    op("random_resized_crop", size=[4, 5], area=0.5, ratio=1.0, antialias=True),
    op("center_crop", size=[4, 5]),
    op("crop", top=1, left=1, height=4, width=5),
    op("pad", top=1, right=1, bottom=1, left=1, border="edge", fill=0.0),
    op("random_crop", size=[4, 5], pad=0, border="edge", fill=0.0),
    op("rot90", turns=2),
    op("transpose"),
]


@pytest.mark.parametrize("one", SHUT, ids=lambda one: one["op"])
def test_where_a_gate_is_shut_nothing_is_moved(one: dict[str, Any]) -> None:
    image, points = picture(8, 8), np.array([[1.0, 2.0]])
    values = {f"sample/{one['id']}/apply": 0}
    out = run(policy({**one, "p": 0.5}), values, {"image": image, "keypoints": points})
    np.testing.assert_array_equal(out["image"], image)
    np.testing.assert_array_equal(out["keypoints"], points)


def test_c10_a_quarter_turn_ends_a_run_of_warps() -> None:
    image = picture(9, 9)
    move, turn, back = op("translate", x=1 / 3, y=0.0), op("rot90", turns=1), op("translate", x=0.0, y=1 / 3)
    out = augmented(image, move, turn, {**back, "id": "translate#1"})
    right = np.concatenate([np.zeros((9, 3, 3)), image[:, :-3]], 1)
    down = np.concatenate([np.zeros((3, 9, 3)), np.rot90(right)[:-3]])
    np.testing.assert_allclose(out, down, atol=1e-12)
    # Nor does one that is not applied let them become one.
    half, other = op("translate", x=0.5 / 9, y=0.0), op("translate", x=-0.5 / 9, y=0.0)
    shut = {**turn, "p": 0.5}
    blurred = augmented(image, half, shut, {**other, "id": "translate#1"}, values={"sample/rot90#0/apply": 0})
    np.testing.assert_allclose(blurred[:, 1:-1], (image[:, :-2] + 2 * image[:, 1:-1] + image[:, 2:]) / 4, atol=1e-12)
