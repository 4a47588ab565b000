"""The oracle's warps: directions, borders and interpolation, against Pillow, SciPy, scikit-image, numpy.pad (C6–C8)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from skimage import transform as sk_transform

from augspec_conformance.oracle import grid, matrices, warp
from augspec_conformance.oracle.by_hand import augmented, op, picture

SCIPY_MODES = {
    "constant": "grid-constant",
    "edge": "nearest",
    "mirror": "mirror",
    "symmetric": "reflect",
    "wrap": "grid-wrap",
}
PAD_MODES: dict[str, Any] = {"edge": "edge", "mirror": "reflect", "symmetric": "symmetric", "wrap": "wrap"}


def test_c6_positive_angle_turns_counter_clockwise() -> None:
    image = picture(6, 6)
    np.testing.assert_array_equal(augmented(image, op("rotate", degrees=90)), np.rot90(image))
    np.testing.assert_array_equal(augmented(image, op("rotate", degrees=-450)), np.rot90(image, -1))
    np.testing.assert_array_equal(augmented(picture(), op("rotate", degrees=180)), picture()[::-1, ::-1])


@pytest.mark.parametrize("degrees", [17.0, -140.0])
def test_c6_rotation_equals_pillow(degrees: float) -> None:
    image = picture(21, 21, 1)
    pillow = Image.fromarray(image[..., 0].astype(np.float32)).rotate(degrees, Image.Resampling.BILINEAR)
    np.testing.assert_allclose(
        augmented(image, op("rotate", degrees=degrees))[5:-5, 5:-5, 0],
        np.asarray(pillow)[5:-5, 5:-5],
        atol=1e-5,
    )


def test_c6_positive_translation_moves_right_and_down() -> None:
    image = picture(10, 8)
    moved = augmented(image, op("translate", x=0.25, y=0.1, fill=0.5))
    np.testing.assert_array_equal(moved[1:, 2:], image[:-1, :-2])
    np.testing.assert_array_equal(moved[0], np.full((8, 3), 0.5))
    np.testing.assert_array_equal(moved[:, :2], np.full((10, 2, 3), 0.5))


def test_c6_scale_above_one_makes_things_bigger() -> None:
    image = picture(8, 8)
    nearest = augmented(image, op("scale", factor=2, interpolation="nearest"))
    np.testing.assert_array_equal(nearest, image[2:6, 2:6].repeat(2, axis=0).repeat(2, axis=1))
    across = augmented(image, op("scale", factor=None, x=2, y=1, interpolation="nearest"))
    np.testing.assert_array_equal(across, image[:, 2:6].repeat(2, axis=1))


def test_c6_shear_is_a_tangent_about_the_centre_x_after_y() -> None:
    points = matrices.move_points(np.array([[10.0, 4.0], [8.0, 6.0]]), matrices.shear((8, 16), 0.5, 0.25), (8, 16))
    # (2, 0) from the centre: y' = 0 + 2/4, x' = 2 + y'/2. (0, 2): y' = 2, x' = 1.
    np.testing.assert_allclose(points, [[10.25, 4.5], [9.0, 6.0]])


def test_affine_is_t_r_sh_s() -> None:
    image = picture(15, 20)
    fields = {
        "degrees": 25.0,
        "translate_x": 0.1,
        "translate_y": -0.2,
        "scale": 1.3,
        "shear_x": 0.2,
        "shear_y": -0.1,
    }
    one = augmented(image, op("affine", **fields))
    four = augmented(
        image,
        op("scale", factor=1.3),
        op("shear", x=0.2, y=-0.1),
        op("rotate", degrees=25.0),
        op("translate", x=0.1, y=-0.2),
    )
    np.testing.assert_allclose(one, four, atol=1e-12)


def test_sine_and_cosine_are_exact_at_quarter_turns() -> None:
    exact = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1), 360: (1, 0), -90: (0, -1)}
    for degrees, expected in exact.items():
        assert matrices.cosine_sine(float(degrees)) == expected
    for degrees in np.random.default_rng(0).uniform(-1000, 1000, 100):
        c, s = matrices.cosine_sine(float(degrees))
        assert math.isclose(c, math.cos(math.radians(degrees)), abs_tol=1e-13)
        assert math.isclose(s, math.sin(math.radians(degrees)), abs_tol=1e-13)


@pytest.mark.parametrize("side", [1, 2, 5])
@pytest.mark.parametrize("border", PAD_MODES)
def test_c7_borders_equal_numpy_pad(border: str, side: int) -> None:
    line = np.arange(side)
    index, known = grid.border_index(np.arange(-13, side + 13), side, border)
    np.testing.assert_array_equal(line[index], np.pad(line, 13, mode=PAD_MODES[border]))
    assert known.all()


def test_c7_constant_marks_what_is_outside() -> None:
    _, known = grid.border_index(np.arange(-2, 5), 3, "constant")
    assert known.tolist() == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("border", SCIPY_MODES)
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_c8_interpolation_equals_scipy(border: str, interpolation: str) -> None:
    image = picture(9, 13, 1)
    x, y = np.random.default_rng(1).uniform(-20, 35, (2, 30, 30))
    ours = grid.interpolate(image, x, y, interpolation=interpolation, border=border, fill=np.array([0.25]))
    theirs = ndimage.map_coordinates(
        image[..., 0],
        [y - 0.5, x - 0.5],
        order=int(interpolation == "bilinear"),
        mode=SCIPY_MODES[border],
        cval=0.25,
    )
    np.testing.assert_allclose(ours[..., 0], theirs, atol=1e-12)


def test_c8_bicubic_equals_pillow_enlarging() -> None:
    plane = picture(12, 12, 1)
    pillow = Image.fromarray(plane[..., 0].astype(np.float32)).resize((60, 60), Image.Resampling.BICUBIC)
    x, y = grid.pixel_centres(60, 60)
    ours = grid.interpolate(plane, x / 5, y / 5, interpolation="bicubic", border="edge", fill=np.zeros(1))
    np.testing.assert_allclose(ours[10:-10, 10:-10, 0], np.asarray(pillow)[10:-10, 10:-10], atol=1e-5)


def test_c8_bicubic_weights_at_one_half() -> None:
    weights = [w[0] for _, w in grid.taps(np.array([3.0]), "bicubic")]
    np.testing.assert_allclose(weights, [-0.0625, 0.5625, 0.5625, -0.0625])
    flat = augmented(np.full((9, 9, 1), 1.0), op("rotate", degrees=10, interpolation="bicubic"))
    assert flat.max() == 1.0  # the overshoot beside the fill is clamped


@pytest.mark.parametrize("border", SCIPY_MODES)
def test_whole_warp_equals_scipy_affine_transform(border: str) -> None:
    image = picture(14, 9, 1)
    matrix = matrices.affine((14, 9), 33.0, 0.1, -0.05, 0.8, 0.3, 0.1)
    ours = warp.warp_image(image, matrix, interpolation="bilinear", border=border, fill=0.5)
    back = np.linalg.inv(matrix)
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])
    linear, shift = swap @ back[:2, :2] @ swap, swap @ back[:2, 2]
    middle = (np.array([14, 9]) - 1) / 2
    theirs = ndimage.affine_transform(
        image[..., 0],
        linear,
        middle + shift - linear @ middle,
        order=1,
        mode=SCIPY_MODES[border],
        cval=0.5,
    )
    np.testing.assert_allclose(ours[..., 0], theirs, atol=1e-12)


def test_rotation_equals_skimage() -> None:
    image = picture(17, 12, 1)
    theirs = sk_transform.rotate(image[..., 0], 40, order=1, mode="constant", cval=0.0)
    np.testing.assert_allclose(augmented(image, op("rotate", degrees=40))[..., 0], theirs, atol=1e-9)


def test_fill_may_differ_by_channel_and_fades_over_one_pixel() -> None:
    image = np.ones((4, 4, 3))
    moved = augmented(image, op("translate", x=0.125, y=0.0, fill=[0.0, 0.5, 1.0]))
    np.testing.assert_allclose(moved[:, 0], np.broadcast_to([0.5, 0.75, 1.0], (4, 3)))
    np.testing.assert_allclose(moved[:, 1:], 1.0)
