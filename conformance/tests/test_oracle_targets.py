"""The oracle's masks, boxes and keypoints, by hand (T2–T4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from augspec_conformance.oracle import run
from augspec_conformance.oracle.by_hand import both, op, picture, policy
from augspec_conformance.oracle.state import Stage, State, move


def test_t2_masks_take_nearest_their_own_fill_and_keep_their_dtype() -> None:
    image, mask = picture(8, 8), np.arange(64, dtype=np.int16).reshape(8, 8)
    moved = run(
        policy(op("translate", x=0.25, y=0.0, fill=1.0), mask={"fill": 255}),
        {},
        {"image": image, "mask": mask},
    )["mask"]
    assert moved.dtype == np.int16
    np.testing.assert_array_equal(moved[:, 2:], mask[:, :-2])
    assert (moved[:, :2] == 255).all()
    ops = (op("rotate", degrees=33), op("brightness_scale", factor=2))
    turned = run(policy(*ops), {}, {"mask": mask})["mask"]
    expected = ndimage.rotate(mask, 33, order=0, reshape=False, mode="grid-constant", cval=0)
    np.testing.assert_array_equal(turned, expected)
    channels = np.stack([mask, mask + 1], axis=-1)
    wrapped = run(policy(op("translate", x=0.5, y=0.0, border="wrap")), {}, {"mask": channels})["mask"]
    np.testing.assert_array_equal(wrapped, np.roll(channels, 4, axis=1))


def test_t3_boxes_follow_known_moves() -> None:
    image, boxes = picture(10, 20), np.array([[2.0, 1.0, 6.0, 4.0]])

    def moved(*ops: dict[str, Any]) -> list[float]:
        out = run(policy(*ops), {}, {"image": image, "boxes": boxes})
        assert out["boxes_valid"].tolist() == [True]
        return [round(float(side), 9) for side in out["boxes"][0]]

    assert moved(op("horizontal_flip")) == [14, 1, 18, 4]
    assert moved(op("vertical_flip")) == [2, 6, 6, 9]
    assert moved(op("translate", x=0.1, y=0.2)) == [4, 3, 8, 6]
    assert moved(op("translate", x=-0.2, y=0.0)) == [0, 1, 2, 4]
    assert moved(op("rotate", degrees=180)) == [14, 6, 18, 9]
    assert moved(op("center_crop", size=[10, 10])) == [0, 1, 1, 4]
    assert moved(op("resize", size=[20, 10], interpolation="bilinear", antialias=True)) == [1, 2, 3, 8]
    assert moved(op("scale", factor=0.5)) == [6, 3, 8, 4.5]


def test_t3_rotated_box_is_the_hull_of_its_corners() -> None:
    boxes = np.array([[4.0, 4.0, 6.0, 6.0], [9.0, 4.0, 10.0, 6.0]])
    out = run(policy(op("rotate", degrees=90)), {}, {"image": picture(10, 10), "boxes": boxes})
    np.testing.assert_allclose(out["boxes"], [[4, 4, 6, 6], [4, 0, 6, 1]], atol=1e-12)
    out = run(policy(op("rotate", degrees=45)), {}, {"image": picture(10, 10), "boxes": boxes[:1]})
    np.testing.assert_allclose(out["boxes"][0], 5 + math.sqrt(2) * np.array([-1, -1, 1, 1]))


def test_t3_a_run_is_one_stage_and_other_settings_make_two() -> None:
    box = np.array([[1.0, 4.0, 9.0, 6.0]])
    there, back = both(op("rotate", degrees=30), op("rotate", degrees=-30))
    one = run(policy(there, back), {}, {"image": picture(10, 10), "boxes": box})["boxes"]
    np.testing.assert_allclose(one, box, atol=1e-12)
    two = run(policy(there, {**back, "fill": 1.0}), {}, {"image": picture(10, 10), "boxes": box})["boxes"]
    assert (two[0, 3] - two[0, 1]) > 6


def test_t3_validity_by_area_and_visible_share() -> None:
    boxes = np.array([[0.0, 0.0, 4.0, 4.0], [4.0, 0.0, 8.0, 4.0], [6.0, 0.0, 10.0, 4.0], [3.0, 3.0, 3.0, 5.0]])
    move = op("translate", x=-0.5, y=0.0)

    def valid(**rules: float) -> list[bool]:
        out = run(policy(move, boxes=rules), {}, {"image": picture(10, 10), "boxes": boxes})
        return [bool(good) for good in out["boxes_valid"]]

    assert valid() == [False, True, True, False]
    assert valid(min_area=12.0) == [False, True, True, False]
    assert valid(min_area=12.1) == [False, False, True, False]
    assert valid(min_visibility=0.75) == [False, True, True, False]
    assert valid(min_visibility=0.8) == [False, False, True, False]


def test_t3_visible_shares_multiply_over_stages() -> None:
    box = np.array([[0.0, 0.0, 8.0, 8.0]])
    left, right = both(op("translate", x=-0.5, y=0.0), op("translate", x=0.0, y=-0.5, border="edge"))
    sample = {"image": picture(8, 8), "boxes": box}
    for share, expected in ((0.25, True), (0.26, False)):
        out = run(policy(left, right, boxes={"min_visibility": share}), {}, sample)
        assert out["boxes"].tolist() == [[0, 0, 4, 4]]
        assert out["boxes_valid"].tolist() == [expected]


def test_t3_what_left_the_canvas_never_returns() -> None:
    gone = np.array([[0.0, 0.0, 2.0, 8.0]])
    out = run(
        policy(op("translate", x=-0.5, y=0.0), op("rotate", degrees=45, fill=1.0)),
        {},
        {"image": picture(8, 8), "boxes": gone, "keypoints": np.array([[1.0, 4.0]])},
    )
    assert out["boxes_valid"].tolist() == [False]
    assert out["keypoints_visible"].tolist() == [False]


def test_t4_keypoints_move_with_the_pixel_that_marks_them() -> None:
    image = np.zeros((9, 9, 1))
    image[2, 6] = 1.0
    ops = (op("rotate", degrees=90), op("horizontal_flip"), op("translate", x=1 / 9, y=-1 / 9))
    out = run(policy(*ops), {}, {"image": image, "keypoints": np.array([[6.5, 2.5]])})
    (x, y) = out["keypoints"][0]
    row, column = np.unravel_index(np.argmax(out["image"]), (9, 9))
    np.testing.assert_allclose([x, y], [column + 0.5, row + 0.5])
    assert out["image"].max() == pytest.approx(1.0)


def test_t4_the_far_edge_is_outside() -> None:
    points = np.array([[0.0, 0.0], [16.0, 3.0], [3.0, 11.0], [15.99, 10.99]])
    out = run(policy(op("horizontal_flip")), {}, {"image": picture(), "keypoints": points})
    assert out["keypoints"][:, 0].tolist() == pytest.approx([16.0, 0.0, 13.0, 0.01])
    assert out["keypoints_visible"].tolist() == [False, False, False, True]


@pytest.mark.parametrize(("vertical", "swapped"), [(0, True), (1, False)])
def test_t4_pairs_swap_after_an_odd_number_of_mirrorings(vertical: int, swapped: bool) -> None:
    points = np.array([[1.0, 1.0], [4.0, 2.0], [99.0, 3.0]])
    out = run(
        policy(
            op("horizontal_flip"),
            op("brightness_scale", factor=1.0),
            op("vertical_flip", p=0.5),
            keypoints={"swap_pairs": [[1, 2]]},
        ),
        {"sample/vertical_flip#0/apply": vertical},
        {"image": picture(), "keypoints": points},
    )
    x = [15.0, -83.0, 12.0] if swapped else [15.0, 12.0, -83.0]
    assert out["keypoints"][:, 0].tolist() == x
    assert out["keypoints_visible"].tolist() == ([True, False, True] if swapped else [True, True, False])


def test_t2_a_named_mask_is_what_it_would_be_alone() -> None:
    mask = np.arange(64, dtype=np.int16).reshape(8, 8)
    move = op("translate", x=0.25, y=0.0)
    sample = {"mask": mask, "depth": mask / 3}
    out = run(policy(move, mask={"fill": 255}, masks={"depth": {"fill": -1}, "absent": {}}), {}, sample)
    np.testing.assert_array_equal(out["mask"], run(policy(move, mask={"fill": 255}), {}, sample)["mask"])
    alone = run(policy(move, mask={"fill": -1}), {}, {"mask": mask / 3})["mask"]
    np.testing.assert_array_equal(out["depth"], alone)
    assert (out["depth"][:, :2] == -1).all()


def test_t7_frames_of_a_stack_have_noise_of_their_own() -> None:
    image, key = np.full((4, 5, 3), 0.5), [1, 2, 3]
    noise = op("gaussian_noise", std=0.1, per_channel=True)
    values = {"sample/gaussian_noise#0/noise": key}
    tall = run(policy(noise), values, {"image": np.tile(image, (3, 1, 1))})["image"]
    for frame in range(3):
        one = run(policy(noise), values, {"image": image}, frame=frame)["image"]
        np.testing.assert_array_equal(one, tall[4 * frame : 4 * frame + 4])


def test_t8_tight_boxes_hold_what_is_left_of_their_masks() -> None:
    masks = np.zeros((3, 8, 8), np.uint8)
    masks[0, 2:4, 1:3] = 1
    masks[1, 5:7, 6:8] = 2
    masks[2, 1:2, 1:7] = 3
    boxes = np.array([[1.0, 1.0, 4.0, 5.0], [6, 5, 8, 7], [1, 1, 7, 2]])
    sample = {"image": picture(8, 8), "instance_masks": masks, "boxes": boxes}
    still = run(policy(instance_masks={"tight_boxes": True}), {}, sample)
    np.testing.assert_array_equal(still["boxes"], boxes)
    move = op("translate", x=0.25, y=0.0)
    out = run(policy(move, instance_masks={"tight_boxes": True}, boxes={"min_area": 5.0}), {}, sample)
    np.testing.assert_array_equal(out["instance_masks"][:, :, 2:], masks[:, :, :-2])
    assert out["boxes"].tolist() == [[3, 2, 5, 4], [0, 0, 0, 0], [3, 1, 8, 2]]
    assert out["boxes_valid"].tolist() == [False, False, True]


def test_t9_boxes_with_an_angle_turn_and_keep_their_sides() -> None:
    boxes = np.array([[10.0, 8.0, 6.0, 2.0, 20.0], [3.0, 4.0, 2.0, 2.0, 0.0]])

    def moved(*ops: dict[str, Any], **targets: Any) -> Any:
        return run(policy(*ops, **targets), {}, {"image": picture(16, 20), "boxes": boxes})

    np.testing.assert_array_equal(moved()["boxes"], boxes)
    np.testing.assert_allclose(moved(op("rotate", degrees=30))["boxes"][0], [10, 8, 6, 2, 50], atol=1e-9)
    np.testing.assert_allclose(moved(op("rotate", degrees=80))["boxes"][0], [10, 8, 6, 2, -80], atol=1e-9)
    np.testing.assert_allclose(moved(op("horizontal_flip"))["boxes"][0], [10, 8, 6, 2, -20], atol=1e-9)
    np.testing.assert_allclose(moved(op("scale", factor=0.5))["boxes"][0], [10, 8, 3, 1, 20], atol=1e-9)
    away = moved(op("translate", x=0.5, y=0.0))
    np.testing.assert_allclose(away["boxes"][0], [20, 8, 6, 2, 20], atol=1e-9)
    assert away["boxes_valid"].tolist() == [False, True]
    assert moved(boxes={"min_area": 5.0})["boxes_valid"].tolist() == [True, False]


def test_t9_a_sheared_box_is_held_by_a_rectangle_of_the_mean_direction() -> None:
    boxes = np.array([[10.0, 8.0, 4.0, 4.0, 0.0]])
    out = run(policy(op("shear", x=0.0, y=0.5)), {}, {"image": picture(16, 20), "boxes": boxes})["boxes"][0]
    # u = (4, ±2) and v = (0, 4): u and v turned back are (4, ±2) and (4, 0), together (8, ±2).
    direction = np.array([8.0, 2.0]) / math.hypot(8, 2)
    corners = np.array([(x, y + 0.5 * x) for x in (-2, 2) for y in (-2, 2)])
    along, across = corners @ direction, corners @ (-direction[1], direction[0])
    np.testing.assert_allclose(out[2:4], [np.ptp(along), np.ptp(across)], atol=1e-9)
    assert abs(out[4]) == pytest.approx(math.degrees(math.atan2(2, 8)))


@pytest.mark.parametrize(("degrees", "x"), [(45.0, -0.125), (-135.0, 0.125), (-45.0, 0.125), (135.0, -0.125)])
def test_t9_the_visible_share_is_that_of_the_hull_of_all_corners(degrees: float, x: float) -> None:
    """Of a square on its corner, 8 wide, a quarter of the hull leaves the canvas; either corner may be the first."""
    side, centre = math.sqrt(32), 4.0 if x < 0 else 12.0
    sample = {"image": picture(16, 16), "boxes": np.array([[centre, 8.0, side, side, degrees]])}
    for share, expected in ((0.74, True), (0.76, False)):
        out = run(policy(op("translate", x=x, y=0.0), boxes={"min_visibility": share}), {}, sample)
        assert out["boxes_valid"].tolist() == [expected]


def test_errors_of_points_are_enlarged_by_the_steps_after_them() -> None:
    def error(*ops: dict[str, Any], **targets: Any) -> float:
        points = targets or {"keypoints": np.array([[3.0, 4.0]])}
        return float(run(policy(*ops), {}, {"image": picture(8, 8), **points})["points_error"])

    larger, smaller = both(
        op("resize", size=[16, 24], interpolation="bilinear", antialias=True),
        op("resize", size=[4, 24], interpolation="bilinear", antialias=True),
    )
    assert error() == error(op("horizontal_flip")) == 0.0
    assert error(larger) == 1.0
    assert error(smaller, larger) == pytest.approx(1 * 4 + 1)  # rows become four times as many
    assert error(larger, smaller) == pytest.approx(1 * 1 + 1)  # columns stay, rows shrink
    assert error(smaller, larger, boxes=np.array([[1.0, 1.0, 2.0, 3.0]])) == pytest.approx(5)
    assert error(larger, {**larger, "id": "resize#1"}, op("horizontal_flip")) == pytest.approx(2)


def test_errors_grow_as_a_map_does_where_the_points_are() -> None:
    def bent(xy: Any) -> Any:
        return xy**3 / 48

    state = State((16, 16), keypoints=np.array([[4.0, 4.0], [12.0, 4.0]]), visible=np.ones(2, bool), error=2.0)
    moved = move(state, Stage((16, 16), image=bent, mask=bent, points=bent, error=0.5))
    assert moved.error == pytest.approx(2 * 12**2 / 16 + 0.5)
