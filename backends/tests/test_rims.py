"""What lies exactly on a limit and just beyond it, in NumPy: ranges, coordinates, sides, weights, and memory."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.errors import SampleError, Unsupported
from augspec_backends.generic.filters import FilterArithmetic
from augspec_backends.generic.numbers import FloatNumbers
from augspec_backends.generic.plane import cosine, sine
from augspec_backends.generic.warp import positions, warp_pixels
from augspec_backends.numpy.backend import Backend
from augspec_backends.numpy.namespace import NumpyNamespace

XP = NumpyNamespace()
IMAGE = np.random.default_rng(0).integers(0, 256, (6, 9, 3), np.uint8)


def compiled(*ops: dict[str, Any], targets: Any = None, **options: Any) -> Any:
    document = {"augspec": 1, "ops": list(ops), "targets": targets or {}, "eval": []}
    return augspec.compile(augspec.loads(json.dumps(document)), **options)


def test_t4_keypoints_that_come_from_outside_are_invisible_from_the_start() -> None:
    points = np.array([[0, 0], [-0.5, 3], [3, -0.5], [9, 3], [3, 6], [8.5, 5.5]], np.float32)
    for ops in ((), ({"op": "grayscale"},)):
        out = compiled(*ops)(1, {"image": IMAGE, "keypoints": points})
        assert out["keypoints_visible"].tolist() == [True, False, False, False, False, True]


def test_a_value_range_ends_below_a_thousand_millions_on_both_sides() -> None:
    for good in ((-999_999_999, 999_999_999), np.array([0, 255]), [np.float32(-1), 1]):
        found = compiled(value_range=good).options.value_range
        assert found == tuple(good)
        assert [type(end) for end in found] == [float, float]
    for bad in ((-1e9, 0), (0, 1e9), (-1e9 + 0.5, 1e9 + 0.5), (1, 1), (2, 1)):
        with pytest.raises(Unsupported, match="a pair of finite numbers"):
            compiled(value_range=bad)


@pytest.mark.parametrize("name", ["boxes", "keypoints"])
def test_coordinates_reach_to_a_thousand_millions(name: str) -> None:
    augment = compiled({"op": "grayscale"})

    def call(far: float) -> Any:
        row = [-far, 1, 2, far] if name == "boxes" else [far, -far]
        return augment(1, {"image": IMAGE, name: np.array([row])})

    call(1e9)
    for far in (1e9 + 0.5, 1e9 + 1):
        with pytest.raises(SampleError, match=f"{name}: expected numbers from"):
            call(far)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_small_floats_hold_boxes_and_keypoints(dtype: str) -> None:
    sample = {"image": IMAGE, "boxes": np.array([[1, 1, 4, 5]], dtype), "keypoints": np.array([[2, 3]], dtype)}
    out = compiled({"op": "horizontal_flip", "p": 1.0})(1, sample)
    assert (out["boxes"].tolist(), out["keypoints"].tolist()) == ([[5, 1, 8, 5]], [[7, 3]])
    assert out["boxes"].dtype == out["keypoints"].dtype == dtype


def test_one_image_with_channels_first_is_the_same_image() -> None:
    ops: Any = ({"op": "rotate", "degrees": 20}, {"op": "saturation", "factor": 1.5})
    last, first = compiled(*ops), compiled(*ops, layout="NCHW")
    np.testing.assert_array_equal(first(1, IMAGE.transpose(2, 0, 1)).transpose(1, 2, 0), last(1, IMAGE))
    assert first.output_spec(IMAGE.transpose(2, 0, 1)).shape == (3, 6, 9)


@pytest.mark.parametrize("shape", [(8193, 1, 1), (1, 8193, 1)])
def test_either_side_of_an_image_has_at_most_8192_pixels(shape: tuple[int, ...]) -> None:
    with pytest.raises(SampleError, match="at most 8192 pixels"):
        compiled()(1, np.zeros(shape, np.uint8))
    compiled()(1, np.zeros(tuple(min(side, 8192) for side in shape), np.uint8))


@pytest.mark.parametrize("size", [[7, 9], [6, 10], [7, 10]])
def test_a_crop_larger_on_either_side_is_refused(size: list[int]) -> None:
    with pytest.raises(SampleError, match="before center_crop"):
        compiled({"op": "center_crop", "size": size})(1, IMAGE)
    assert compiled({"op": "center_crop", "size": [6, 9]})(1, IMAGE).shape == (6, 9, 3)


def test_c3_grey_of_values_outside_of_the_range_is_clamped() -> None:
    image = np.array([[[1.5, 1.5, 1.5], [-1.0, -1.0, -1.0], [2.0, 0.0, 0.0]]], np.float32)
    out = compiled({"op": "grayscale"})(1, image)
    np.testing.assert_allclose(out[0, :, 0], [1.0, 0.0, 0.598], atol=1e-6)


def test_c3_contrast_about_the_middle_of_the_range() -> None:
    flat = {"op": "contrast", "factor": 0, "pivot": "mid"}
    assert (compiled(flat)(1, IMAGE) == 128).all()  # 127.5, halves up
    assert (compiled(flat, value_range=(-1, 3))(1, IMAGE.astype(np.float32)) == 1).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_warps_compute_in_the_dtype_of_their_numbers(interpolation: str, dtype: str) -> None:
    one, zero = np.full(2, 1 << 24, np.int32), np.zeros(2, np.int32)
    matrix = np.stack([one - 12345, zero + 54321, zero + 777, zero, one, zero], 1)
    sx, sy = positions(XP, matrix, 6, 9)
    image = np.stack([IMAGE, IMAGE]).astype(dtype) / 255
    out = warp_pixels(FloatNumbers(XP, 0, 1, dtype), image, sx, sy, interpolation, "constant", (0.0, 0.5, 1.0))
    assert (out.dtype, out.shape) == (dtype, image.shape)


def test_e4_sine_and_cosine_in_every_quadrant() -> None:
    turns = np.concatenate([np.arange(0, 1 << 24, 4099), np.arange(8) << 21]).astype(np.int32)
    for found, ideal in ((sine(XP, turns), np.sin), (cosine(XP, turns), np.cos)):
        assert np.abs(found / 2**24 - ideal(turns * (2 * math.pi / 2**24))).max() < 2.5e-7
    quarters = np.arange(-4, 5, dtype=np.int32) << 22
    assert (sine(XP, quarters) >> 24).tolist() == [0, 1, 0, -1, 0, 1, 0, -1, 0]


def test_e7_no_weight_of_three_quarters_of_a_step_is_lost() -> None:
    sigma = np.arange(26, 3841, dtype=np.int32)
    weights = FilterArithmetic(XP).gaussian(sigma, 45)
    j, s = np.arange(46), sigma[:, None] / 256
    ideal = np.exp(-0.5 * (j / s) ** 2)
    ideal *= 32768 / (2 * ideal.sum(1, keepdims=True) - 1)
    assert (weights[ideal >= 0.75] > 0).all()
    assert np.abs(weights - ideal)[:, 1:].max() < 3
    assert (weights[:, 0] + 2 * weights[:, 1:].sum(1) == 32768).all()


def test_e5_sums_stay_in_the_dtype_of_what_is_added() -> None:
    for dtype in ("int32", "float32", "float64"):
        assert XP.sum(np.ones((2, 3, 4), dtype), 1).dtype == dtype
        assert XP.sum(np.ones((2, 3, 4), dtype), (0, 2)).dtype == dtype
    assert XP.sum(np.full((1, 2), 2**31 - 1, np.int32), 1).tolist() == [-2]  # int32 wraps around


def test_s11_results_are_dense_and_share_no_memory_and_nothing_else_is_copied() -> None:
    backend, given, other = Backend(), np.arange(24).reshape(2, 3, 4), np.arange(3)
    dense = np.arange(24).reshape(2, 3, 4)
    assert backend.fresh(dense, {"a": given, "b": other}) is dense
    for inputs in ({"a": given, "b": other}, {"b": other, "a": given}):
        for shared in (given, given[:, 1:], given.transpose(0, 2, 1)):
            out = backend.fresh(shared, inputs)
            assert not np.shares_memory(out, given)
            assert out.flags.c_contiguous
            np.testing.assert_array_equal(out, shared)
    for loose in (dense.transpose(2, 1, 0), np.asfortranarray(dense)):
        out = backend.fresh(loose, {"a": given})
        assert out.flags.c_contiguous
        np.testing.assert_array_equal(out, loose)


def test_shapes_and_dtypes_of_a_spec_are_plain() -> None:
    spec = compiled({"op": "grayscale"}).output_spec(IMAGE)
    assert (type(spec.dtype), type(spec.shape)) == (str, tuple)
    assert (spec.dtype, spec.shape) == ("uint8", (6, 9, 3))


@pytest.mark.parametrize("flips", [1, 2, 3])
@pytest.mark.parametrize("beside", ["rotate", "resize"])
def test_t4_pairs_swap_after_an_odd_number_of_mirrorings(flips: int, beside: str) -> None:
    names = ("horizontal_flip", "vertical_flip", "horizontal_flip")[:flips]
    ops: list[dict[str, Any]] = [{"op": name, "p": 1.0} for name in names]
    stage = {"op": "rotate", "degrees": 0} if beside == "rotate" else {"op": "resize", "size": [6, 9]}
    augment = compiled(stage, *ops, targets={"keypoints": {"swap_pairs": [[0, 1]]}})
    points = np.array([[1, 1], [4, 2]], np.float32)
    out = augment(1, {"image": IMAGE, "keypoints": points})["keypoints"]
    x = points[:, 0] if flips == 3 else 9 - points[:, 0]
    np.testing.assert_allclose(out[:, 0], x[::-1] if flips % 2 else x)


def test_t4_pairs_are_exchanged_in_the_samples_that_a_mirror_beside_a_warp_reaches() -> None:
    ops: Any = ({"op": "horizontal_flip", "p": 0.5}, {"op": "translate", "x": 0.25})
    augment = compiled(*ops, targets={"keypoints": {"swap_pairs": [[0, 1]]}})
    points = np.tile(np.array([[[4, 2], [4, 5]]], np.float32), (16, 1, 1))
    out = augment(1, {"image": np.zeros((16, 8, 8, 3), np.uint8), "keypoints": points})["keypoints"]
    mirrored = np.array(augment.draw(1, range(16)).human()["sample/horizontal_flip#0/apply"]) == 1
    assert 0 < mirrored.sum() < 16
    np.testing.assert_array_equal(out[:, 0, 1], np.where(mirrored, 5, 2))
