"""The oracle's composition of warps, exact moves, and what stays untouched (C10, C11, C13)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from augspec_conformance.oracle import run
from augspec_conformance.oracle.by_hand import augmented, both, op, picture, policy

SCIPY_MODES = {
    "constant": "grid-constant",
    "edge": "nearest",
    "mirror": "mirror",
    "symmetric": "reflect",
    "wrap": "grid-wrap",
}


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
