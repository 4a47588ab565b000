"""The float64 oracle, held against Pillow, SciPy, scikit-image, numpy.pad and cases worked out by hand."""

from __future__ import annotations

import ast
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from scipy import ndimage, special
from skimage import transform as sk_transform

import augspec_conformance.oracle as oracle_package
from augspec_conformance.oracle import OPS, colour, filters, grid, matrices, noise, resample, run, warp
from augspec_conformance.oracle.distributions import support

WARP = {"interpolation": "bilinear", "border": "constant", "fill": 0.0}
SCIPY_MODES = {
    "constant": "grid-constant",
    "edge": "nearest",
    "mirror": "mirror",
    "symmetric": "reflect",
    "wrap": "grid-wrap",
}
PAD_MODES: dict[str, Any] = {"edge": "edge", "mirror": "reflect", "symmetric": "symmetric", "wrap": "wrap"}


def op(kind: str, /, **fields: Any) -> dict[str, Any]:
    """Return an op as normalization writes it; the warp fields only where they belong."""
    warps = ("rotate", "translate", "scale", "shear", "affine")
    return {"op": kind, "id": f"{kind}#0", "p": 1.0, **(WARP if kind in warps else {}), **fields}


def policy(*ops: dict[str, Any], **targets: Any) -> dict[str, Any]:
    return {"augspec": 1, "ops": list(ops), "targets": targets}


def picture(height: int = 11, width: int = 16, channels: int = 3, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, channels))


def augmented(image: np.ndarray, *ops: dict[str, Any], values: dict[str, Any] | None = None) -> np.ndarray:
    return run(policy(*ops), values or {}, {"image": image})["image"]


def both(first: dict[str, Any], second: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two ops of one kind, with the ids that normalization gives them."""
    return first, {**second, "id": f"{second['op']}#1"}


# The table, and what the oracle may lean on.


def test_every_op_of_the_vocabulary_has_one_function() -> None:
    assert sorted(OPS) == [
        "affine",
        "brightness_scale",
        "brightness_shift",
        "center_crop",
        "contrast",
        "gaussian_blur",
        "gaussian_noise",
        "grayscale",
        "horizontal_flip",
        "normalize",
        "one_of",
        "random_resized_crop",
        "resize",
        "rotate",
        "saturation",
        "scale",
        "sequence",
        "shear",
        "some_of",
        "translate",
        "vertical_flip",
    ]


def test_oracle_imports_only_numpy_and_the_standard_library() -> None:
    allowed = {"__future__", "collections", "dataclasses", "math", "statistics", "typing", "numpy"}
    for file in Path(oracle_package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                ours = name.startswith("augspec_conformance.oracle")
                assert ours or name.split(".")[0] in allowed, f"{file.name} imports {name}"


# C6: directions.


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


# C7, C8: borders and interpolation.


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


# C10, C11: composition and exact moves.


@pytest.mark.parametrize("border", SCIPY_MODES)
def test_c10_there_and_back_is_the_identity_when_composed(border: str) -> None:
    image = picture()
    there, back = both(op("rotate", degrees=30, border=border), op("rotate", degrees=-30, border=border))
    np.testing.assert_allclose(augmented(image, there, back), image, atol=1e-10)


@pytest.mark.parametrize("change", [{"interpolation": "nearest"}, {"border": "edge"}, {"fill": 0.5}])
def test_c10_different_settings_end_the_run(change: dict[str, Any]) -> None:
    image = picture()
    there, back = both(op("rotate", degrees=30), op("rotate", degrees=-30, **change))
    assert np.abs(augmented(image, there, back) - image).max() > 0.05
    np.testing.assert_array_equal(augmented(image, there, back), augmented(augmented(image, there), back))


def test_c10_anything_else_between_ends_the_run_even_if_not_applied() -> None:
    image = picture()
    there, back = both(op("rotate", degrees=30), op("rotate", degrees=-30))
    skipped = op("brightness_scale", factor=2.0, p=0.5)
    out = augmented(image, there, skipped, back, values={"sample/brightness_scale#0/apply": 0})
    np.testing.assert_array_equal(out, augmented(augmented(image, there), back))


def test_c10_the_order_is_the_declared_one_and_flips_compose() -> None:
    image = picture(12, 12)
    turned = op("rotate", degrees=90, border="edge")
    out = augmented(image, turned, op("horizontal_flip"), op("translate", x=0.25, y=0.0, border="edge"))
    expected = np.rot90(image)[:, ::-1]
    expected = np.concatenate([expected[:, :1].repeat(3, axis=1), expected[:, :-3]], axis=1)
    np.testing.assert_allclose(out, expected, atol=1e-12)
    out = augmented(image, op("rotate", degrees=30), op("horizontal_flip"))
    np.testing.assert_allclose(out, augmented(image, op("rotate", degrees=30))[:, ::-1], atol=1e-12)
    there, back = both(op("rotate", degrees=30), op("rotate", degrees=30))
    np.testing.assert_allclose(augmented(image, there, op("vertical_flip"), back), image[::-1], atol=1e-10)


def test_c10_a_closed_gate_contributes_the_identity() -> None:
    image = picture()
    there, back = both(op("rotate", degrees=30), op("rotate", degrees=-30))
    middle = op("shear", x=0.3, y=0.0, p=0.4)
    out = augmented(image, there, middle, back, values={"sample/shear#0/apply": 0})
    np.testing.assert_allclose(out, image, atol=1e-10)


def test_c11_what_was_not_changed_is_not_clipped() -> None:
    boxes = np.array([[-1.0, 2.0, 30.0, 4.0]])
    out = run(policy(op("rotate", degrees=0)), {}, {"image": picture(), "boxes": boxes})
    np.testing.assert_array_equal(out["boxes"], boxes)


def test_c8_nearest_ties_do_not_hang_on_rounding_errors() -> None:
    image = picture(12, 9, 1)  # a quarter turn takes every centre to a corner between pixels
    half = op("rotate", degrees=45, interpolation="nearest")
    whole = op("rotate", degrees=90, interpolation="nearest")
    np.testing.assert_array_equal(augmented(image, *both(half, half)), augmented(image, whole))


def test_c11_flips_alone_are_exact_moves() -> None:
    image = picture()
    np.testing.assert_array_equal(augmented(image, op("horizontal_flip")), image[:, ::-1])
    np.testing.assert_array_equal(augmented(image, op("vertical_flip")), image[::-1])
    beside = op("rotate", degrees=30, p=0.5)
    out = augmented(image, op("horizontal_flip"), beside, values={"sample/rotate#0/apply": 0})
    np.testing.assert_array_equal(out, image[:, ::-1])


@pytest.mark.parametrize(
    "neutral",
    [
        op("rotate", degrees=0),
        op("rotate", degrees=720, interpolation="bicubic"),
        op("translate", x=0, y=0),
        op("scale", factor=1),
        op("shear", x=0, y=0),
        op("brightness_scale", factor=1),
        op("brightness_shift", delta=0),
        op("contrast", factor=1, pivot="zero"),
        op("resize", size=[11, 16], interpolation="bilinear", antialias=True),
        op("center_crop", size=[11, 16]),
    ],
)
def test_c11_neutral_parameters_change_nothing(neutral: dict[str, Any]) -> None:
    image = picture()
    boxes = np.array([[-3.0, 1.0, 5.0, 9.0]])
    out = run(policy(neutral), {}, {"image": image, "boxes": boxes[:0]})
    np.testing.assert_array_equal(out["image"], image)
    assert out["image"] is not image
    assert not np.shares_memory(out["image"], image)


def test_inputs_stay_and_other_entries_pass_by_identity() -> None:
    sample = {
        "image": picture(),
        "mask": np.arange(176).reshape(11, 16),
        "boxes": np.array([[1.0, 2.0, 5.0, 6.0]]),
        "keypoints": np.array([[3.0, 4.0]]),
        "label": np.array(3),
    }
    before = {name: array.copy() for name, array in sample.items()}
    out = run(policy(op("horizontal_flip"), op("brightness_scale", factor=0.5)), {}, sample)
    for name, array in sample.items():
        np.testing.assert_array_equal(array, before[name])
        assert (out[name] is array) == (name == "label")
    assert sample.keys() == before.keys()


def test_c13_nan_stays_local() -> None:
    image = picture(12, 12, 1)
    image[4, 7] = np.nan

    def reached(*ops: dict[str, Any]) -> int:
        return int(np.isnan(augmented(image, *ops)).sum())

    assert reached(op("rotate", degrees=90)) == 1
    assert reached(op("translate", x=0.5 / 12, y=0.0)) == 2
    assert reached(op("gaussian_blur", sigma=0.3)) == 9
    assert reached(op("resize", size=[6, 6], interpolation="bilinear", antialias=True)) == 4
    assert reached(op("brightness_scale", factor=0.5)) == 1


# Resampling and windows.


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


# Colour.


def test_c4_grey_is_bt601() -> None:
    np.testing.assert_allclose(colour.grey(np.eye(3)[None])[0, :, 0], [0.299, 0.587, 0.114])
    levels = np.random.default_rng(3).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    pillow = np.asarray(Image.fromarray(levels).convert("L"))
    assert np.abs(augmented(levels / 255, op("grayscale"))[..., 1] * 255 - pillow).max() < 0.51


@pytest.mark.parametrize(
    ("kind", "enhance"), [("brightness_scale", ImageEnhance.Brightness), ("saturation", ImageEnhance.Color)]
)
@pytest.mark.parametrize("factor", [0.0, 0.4, 1.7])
def test_blends_equal_pillow_within_its_truncation(kind: str, enhance: Any, factor: float) -> None:
    levels = np.random.default_rng(3).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    theirs = np.asarray(enhance(Image.fromarray(levels)).enhance(factor)).astype(float)
    ours = augmented(levels / 255, op(kind, factor=factor)) * 255
    assert np.abs(ours - theirs).max() < 1.5  # it truncates, and rounds the grey that it blends with


def test_contrast_pivots_by_hand() -> None:
    image = np.array([[[0.2, 0.4, 0.6], [0.4, 0.4, 0.2]]])
    luma = [0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.6, 0.299 * 0.4 + 0.587 * 0.4 + 0.114 * 0.2]
    for pivot, middle in {
        "grey_mean": sum(luma) / 2,
        "channel_mean": np.array([0.3, 0.4, 0.4]),
        "zero": 0.0,
        "mid": 0.5,
    }.items():
        ours = augmented(image, op("contrast", factor=1.5, pivot=pivot))
        np.testing.assert_allclose(ours, middle + (image - middle) * 1.5)


def test_c3_colour_clamps_and_normalize_does_not() -> None:
    image = np.array([[[0.1, 0.5, 0.9]]])
    np.testing.assert_allclose(augmented(image, op("brightness_shift", delta=0.2)), [[[0.3, 0.7, 1.0]]])
    np.testing.assert_allclose(augmented(image, op("brightness_shift", delta=-0.2)), [[[0.0, 0.3, 0.7]]])
    shifted = op("normalize", mean=[0.5, 0.5, 0.4], std=[0.1, 0.2, 0.25])
    np.testing.assert_allclose(augmented(image, shifted), [[[-4.0, 0.0, 2.0]]])
    twice = augmented(image, *both(op("brightness_scale", factor=2), op("brightness_scale", factor=0.5)))
    np.testing.assert_allclose(twice, [[[0.1, 0.5, 0.5]]])


def test_c1_value_range_is_mapped_in_and_out() -> None:
    image = picture()
    out = run(policy(op("brightness_shift", delta=0.1)), {}, {"image": image * 255}, value_range=(0.0, 255.0))
    np.testing.assert_allclose(out["image"], np.clip(image + 0.1, 0, 1) * 255)
    centred = op("normalize", mean=[0.5], std=[0.25])
    out = run(policy(centred), {}, {"image": image * 255}, value_range=(0.0, 255.0))
    np.testing.assert_allclose(out["image"], (image - 0.5) * 4, atol=1e-12)


# Filters and noise.


@pytest.mark.parametrize(("sigma", "top"), [(0.4, 2.0), (2.0, 2.0), (1.1, 1.4), (3.0, 5.0)])
def test_gaussian_blur_equals_scipy_with_the_static_radius(sigma: float, top: float) -> None:
    image = picture(13, 10)
    blur = op("gaussian_blur", sigma={"uniform": [0.1, top]})
    ours = augmented(image, blur, values={"sample/gaussian_blur#0/sigma": sigma})
    theirs = ndimage.gaussian_filter(
        image, sigma, mode="mirror", radius=(math.ceil(3 * top), math.ceil(3 * top), 0), axes=(0, 1, 2)
    )
    assert filters.gaussian_weights(sigma, 4).sum() == pytest.approx(1.0)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_r1_threefry_known_answers() -> None:
    known = [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    for key, counter, expected in known:
        got = noise.threefry(np.array(key, np.uint32), np.array([counter], np.uint32))
        assert tuple(got[0].tolist()) == expected


def test_r5_words_of_a_sample() -> None:
    key = np.array([0x0A0B357C, 0xAA756C8F], np.uint32)
    first = [0xF36CE11A, 0x131292D9, 0x5B0FBB97, 0xBB96F448]
    assert noise.words(key, 0, 4).tolist() == first
    assert noise.words(key, 0, 3).tolist() == first[:3]
    assert noise.words(key, 1, 2).tolist() == [0x7676B1A3, 0xA3B0189E]


def test_r14_normal_golden_and_ideal() -> None:
    words = np.array([0x00000000, 0x7676B1A3, 0xF36CE11A, 0xFFFFFFFF], np.uint32)
    golden = [float.fromhex(h) for h in ("0x1.5ae1p+2", "-0x1.77f8p-1", "0x1.f88p-5", "0x0p+0")]
    np.testing.assert_allclose(noise.normal(words), golden, atol=1.3e-4)  # the table's own grid and error
    words = np.random.default_rng(2).integers(0, 2**32, 5000, dtype=np.uint32)
    m = 2 * (words >> 9).astype(float) + 1
    np.testing.assert_allclose(np.abs(noise.normal(words)), -special.ndtri(m * 2.0**-25), rtol=1e-10)
    z = noise.normal(noise.words(np.array([1, 2], np.uint32), 3, 40_000))
    assert abs(z.mean()) < 0.03
    assert abs(z.std() - 1) < 0.02


@pytest.mark.parametrize("per_channel", [True, False])
def test_r16_noise_counts_row_column_channel(per_channel: bool) -> None:
    image = np.full((3, 5, 2), 0.5)
    values = {"sample/gaussian_noise#0/noise": [11, -12, 13]}
    ours = augmented(image, op("gaussian_noise", std=0.05, per_channel=per_channel), values=values)
    words = noise.words(np.array([11, 2**32 - 12], np.uint32), 13, 30)
    for row, column, channel in np.ndindex(3, 5, 2):
        pixel = row * 5 + column
        z = noise.normal(words[pixel * 2 + channel :][:1] if per_channel else words[pixel:][:1])[0]
        assert ours[row, column, channel] == pytest.approx(0.5 + 0.05 * z)


# Targets.


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


# Gates and combinators.


def shift(delta: Any, **fields: Any) -> dict[str, Any]:
    return op("brightness_shift", delta=delta, **fields)


def test_c9_gates_open_and_close() -> None:
    image = np.full((2, 2, 1), 0.5)
    gated = shift(0.25, p=0.5)
    for gate in (0, 1):
        out = augmented(image, gated, values={"sample/brightness_shift#0/apply": gate})
        assert out[0, 0, 0] == 0.5 + 0.25 * gate
    with pytest.raises(KeyError, match="apply"):
        augmented(image, gated)


def test_a_missing_draw_is_an_error() -> None:
    with pytest.raises(KeyError, match="sample/rotate#0/degrees"):
        augmented(picture(), op("rotate", degrees={"uniform": [0, 1]}))


def test_one_of_takes_the_drawn_branch() -> None:
    image = np.full((2, 2, 1), 0.5)
    members = [*both(shift(0.1), shift({"uniform": [0, 1]}))]
    out = augmented(
        image,
        op("one_of", ops=members),
        values={"sample/one_of#0/branch": 1, "sample/one_of#0/brightness_shift#1/delta": 0.3},
    )
    assert out[0, 0, 0] == pytest.approx(0.8)


def test_some_of_without_replacement_acts_in_listing_order() -> None:
    image = np.full((2, 2, 1), 0.5)
    members = [shift(0.4), op("brightness_scale", factor=0.5), op("grayscale")]
    out = augmented(
        image, op("some_of", n=2, replace=False, ops=members), values={"sample/some_of#0/member": [1, 1, 0]}
    )
    assert out[0, 0, 0] == pytest.approx(0.45)


def test_r8_some_of_with_replacement_reads_one_value_per_step() -> None:
    image = np.full((2, 2, 1), 0.5)
    members = [op("brightness_scale", factor=0.5), shift({"uniform": [-1, 1]}, p=0.5)]
    path = "sample/some_of#0"
    out = augmented(
        image,
        op("some_of", n=4, replace=True, ops=members),
        values={
            f"{path}/branch": [1, 0, 1, 1],
            f"{path}/brightness_shift#0/delta": [0.1, 9.0, 0.25, 9.0],
            f"{path}/brightness_shift#0/apply": [1, 1, 1, 0],
        },
    )
    assert out[0, 0, 0] == pytest.approx(0.6 * 0.5 + 0.25)


def test_some_of_no_members_draws_nothing() -> None:
    image = picture()
    none = op("some_of", n=0, replace=True, ops=[shift(0.2)])
    np.testing.assert_array_equal(augmented(image, none), image)


def test_r16_steps_have_noise_of_their_own() -> None:
    image = np.full((3, 5, 2), 0.5)
    add = op("gaussian_noise", std=0.05, per_channel=True)
    path, first, second = "sample/some_of#0", [1, 2, 3], [4, 5, 6]
    out = augmented(
        image,
        op("some_of", n=2, replace=True, ops=[add]),
        values={
            f"{path}/branch": [0, 0],
            f"{path}/gaussian_noise#0/noise": first,
            f"{path}/gaussian_noise#0/noise#1": second,
        },
    )
    once = augmented(image, add, values={"sample/gaussian_noise#0/noise": first})
    twice = augmented(once, add, values={"sample/gaussian_noise#0/noise": second})
    np.testing.assert_array_equal(out, twice)


def test_a_sequence_is_transparent_to_runs() -> None:
    image = picture()
    nested = op("sequence", ops=[op("rotate", degrees=-30), shift(0.2)])
    out = augmented(image, op("rotate", degrees=30), nested)
    np.testing.assert_allclose(out, np.clip(image + 0.2, 0, 1), atol=1e-10)


def test_a_sequence_with_a_gate_is_a_choice_of_all_or_none() -> None:
    image = picture()
    there, back = op("rotate", degrees=30), op("rotate", degrees=-30)
    nested = op("sequence", p=0.5, ops=[back, shift(0.2)])
    for gate in (0, 1):
        out = augmented(image, there, nested, values={"sample/sequence#0/apply": gate})
        expected = augmented(image, there)
        expected = augmented(augmented(expected, back), shift(0.2)) if gate else expected
        np.testing.assert_array_equal(out, expected)
    nested, drawn = op("sequence", p=0.5, ops=[back]), {"sample/sequence#0/apply": 1}
    apart = augmented(augmented(image, back), there)
    np.testing.assert_array_equal(augmented(image, nested, there, values=drawn), apart)


def test_a_choice_ends_the_run_on_both_sides() -> None:
    image = picture()
    there, back = op("rotate", degrees=30), op("rotate", degrees=-30)
    choice, drawn = op("one_of", ops=[back]), {"sample/one_of#0/branch": 0}
    apart = augmented(augmented(image, there), back)
    np.testing.assert_array_equal(augmented(image, there, choice, values=drawn), apart)
    apart = augmented(augmented(image, back), there)
    np.testing.assert_array_equal(augmented(image, choice, there, values=drawn), apart)


def test_the_identity_policy_returns_the_sample() -> None:
    sample = {
        "image": picture(),
        "boxes": np.array([[-1.0, 2.0, 3.0, 4.0]]),
        "keypoints": np.array([[1.0, 1.0]]),
    }
    out = run(policy(), {}, sample)
    for name, array in sample.items():
        np.testing.assert_array_equal(out[name], array)
        assert out[name] is not array
    assert out["boxes_valid"].all()
    assert out["keypoints_visible"].all()
