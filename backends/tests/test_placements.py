"""Bicubic weights (E2, E7) against Pillow, and windows that land beyond the canvas or look at boxes (C12, T3)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

import augspec
from augspec_backends.generic.resample import Axis, axis_weights
from augspec_backends.numpy.namespace import NumpyNamespace


def made(*ops: dict[str, Any], **options: Any) -> Any:
    return augspec.compile(augspec.loads(json.dumps({"augspec": 1, "ops": ops, "eval": []})), **options)


def picture(*shape: int, low: int = 0, high: int = 256) -> Any:
    return np.random.default_rng(3).integers(low, high, shape, np.uint8)


@pytest.mark.parametrize("size", [(20, 30), (80, 99), (5, 7), (37, 25), (12, 120), (60, 20), (1, 1), (37, 50)])
@pytest.mark.parametrize("word", ["bilinear", "bicubic"])
def test_c8_resize_is_that_of_pillow_to_a_level(size: tuple[int, int], word: str) -> None:
    image = picture(37, 50, 3, low=60, high=196)  # Pillow clips between its passes as well; here nothing overshoots
    ours = made({"op": "resize", "size": size, "interpolation": word})(1, image)
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    theirs = np.asarray(Image.fromarray(image).resize(size[::-1], filters[word]))
    assert np.abs(ours.astype(int) - theirs).max() <= 1


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
def test_e7_weights_sum_to_one_and_e2_their_magnitudes_stay_small(kernel: str) -> None:
    def magnitude(lengths: list[int], size: int) -> float:
        length = np.array(lengths, np.int32)
        axis = Axis(length * 0, length, max(lengths), size)
        _, weights = axis_weights(NumpyNamespace(), axis, kernel=kernel, antialias=True)
        assert weights.dtype == np.int32
        assert (weights.sum(2) == 1 << 15).all()
        return float(np.abs(weights.astype(np.int64)).sum(2).max() / 2**15)

    small = max(magnitude(list(range(1, 80)), size) for size in (*range(1, 50), 97, 200))
    large = max(magnitude([8192, 8191, 5000], size) for size in (1, 2, 3, 4, 5, 7, 8, 31))
    wide = magnitude([8192, 300, 2, 1], 8191)
    worst = max(small, large, wide)
    assert worst < 1.416  # 32640 · 1.416² · 2¹⁵ < 2³¹
    assert worst < 1.01 or kernel == "bicubic"


@pytest.mark.parametrize(("side", "size"), [(64, 1), (128, 2), (192, 3), (448, 7), (640, 10), (50, 80), (5, 5)])
def test_e2_up_to_128_weights_of_a_triangle_are_not_negative(side: int, size: int) -> None:
    length = np.arange(1, side + 1, dtype=np.int32)
    axis = Axis(length * 0, length, side, size)
    assert axis.taps("bilinear", antialias=True) <= 128
    for antialias in (True, False):
        _, weights = axis_weights(NumpyNamespace(), axis, kernel="bilinear", antialias=antialias)
        assert weights.min() >= 0
        assert (weights.sum(2) == 1 << 15).all()


def test_c11_bicubic_of_the_same_size_is_the_image_in_floats_too() -> None:
    image = picture(2, 9, 8, 3).astype(np.float32) / 100 - 0.5  # outside of the range as well
    np.testing.assert_array_equal(made({"op": "resize", "size": [9, 8], "interpolation": "bicubic"})(1, image), image)


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.7])
def test_scale_jitter_is_a_resize_then_a_crop_or_a_fill(factor: float) -> None:
    image = picture(16, 30, 40, 3)
    points = np.tile(np.array([[[10.0, 20.0]]], np.float32), (16, 1, 1))
    jitter = {"op": "scale_jitter", "size": [24, 24], "factor": factor, "fill": 1.0}
    out = made(jitter)(1, {"image": image, "mask": image[..., 0], "keypoints": points})
    h, w = int(18 * factor + 0.5), int(24 * factor + 0.5)
    resized = made({"op": "resize", "size": [h, w]})(1, {"image": image, "mask": image[..., 0]})
    canvas = np.full((16, max(h, 24), max(w, 24), 3), 255, np.uint8)
    canvas[:, :h, :w] = resized["image"]
    outside = np.zeros((16, max(h, 24), max(w, 24)), np.uint8)
    outside[:, :h, :w] = resized["mask"]
    places = set()
    for i in range(16):
        shift = out["keypoints"][i, 0] - [10 * w / 40, 20 * h / 30]
        left, top = (round(-float(part)) for part in shift)
        places.add((top, left))
        np.testing.assert_array_equal(out["image"][i], canvas[i, top : top + 24, left : left + 24])
        np.testing.assert_array_equal(out["mask"][i], outside[i, top : top + 24, left : left + 24])
    assert len(places) == 1 if factor <= 1 else len(places) > 8


def test_scale_jitter_refuses_what_leaves_int32() -> None:
    with pytest.raises(augspec.SampleError, match="at most 16384 pixels"):
        made({"op": "scale_jitter", "size": [8192, 8192], "factor": 4.0})(1, picture(1, 8, 8, 1))


def test_zoom_out_is_a_resize_at_a_random_place_of_the_same_canvas() -> None:
    image = picture(32, 20, 30, 3)
    out = made({"op": "zoom_out", "factor": 2.5, "fill": [0.0, 1.0, 0.2]})(
        1, {"image": image, "boxes": np.tile(np.array([[[0, 0, 30, 20]]], np.float32), (32, 1, 1))}
    )
    small = made({"op": "resize", "size": [8, 12]})(1, image)
    places = set()
    for i in range(32):
        left, top, right, bottom = (int(v) for v in out["boxes"][i, 0])
        assert (right - left, bottom - top) == (12, 8)
        places.add((top, left))
        expected = np.broadcast_to(np.array([0, 255, 51], np.uint8), (20, 30, 3)).copy()
        expected[top:bottom, left:right] = small[i]
        np.testing.assert_array_equal(out["image"][i], expected)
    assert len(places) > 20


def test_zoom_out_with_a_gate_leaves_others_alone() -> None:
    image = picture(32, 20, 30, 3)
    out = made({"op": "zoom_out", "factor": 3.0, "p": 0.5})(1, image)
    same = (out == image).all((1, 2, 3))
    assert 4 < same.sum() < 28


@pytest.mark.parametrize("least", [0.3, 0.7])
def test_iou_crop_holds_enough_of_some_box_or_is_the_whole_image(least: float) -> None:
    image = picture(64, 40, 60, 1)
    boxes = np.tile(np.array([[[15, 10, 45, 32]]], np.float32), (64, 1, 1))
    # A point in the middle of the box is in every window that meets the rule: keypoints show the window.
    marks = np.tile(np.array([[[30.0, 21.0], [31.0, 22.0]]], np.float32), (64, 1, 1))
    crop = {"op": "iou_crop", "size": [50, 50], "min_iou": [least]}
    out = made(crop)(1, {"image": image, "boxes": boxes, "keypoints": marks})["keypoints"]
    scale = out[:, 1] - out[:, 0]
    start = marks[:, 0] - out[:, 0] / scale
    end = start + 50 / scale
    whole = (np.abs(start) < 1e-3).all(1) & (np.abs(end - [60, 40]) < 1e-3).all(1)
    across = np.minimum(end, [45, 32]) - np.maximum(start, [15, 10])
    common = across.prod(1)
    overlap = common / (30 * 22 + (end - start).prod(1) - common)
    assert (whole | (overlap >= least - 1e-4)).all()
    assert (~whole).sum() > 20
    assert np.unique(start.round(2), axis=0).shape[0] > 20


def test_iou_crop_none_no_boxes_and_boxes_that_are_no_more() -> None:
    image = picture(8, 40, 60, 1)
    boxes = np.tile(np.array([[[15, 10, 45, 32]]], np.float32), (8, 1, 1))
    crop = {"op": "iou_crop", "size": [40, 60], "min_iou": [0.0]}
    assert (made(crop)(1, {"image": image, "boxes": boxes})["image"] != image).any()
    never = np.zeros((8, 1), bool)
    for case, sample in (
        ({**crop, "min_iou": ["none"]}, {"boxes": boxes}),
        (crop, {"boxes": boxes[:, :0]}),
        (crop, {"boxes": boxes, "boxes_valid": never}),
        (crop, {"boxes": boxes + 100}),
    ):
        np.testing.assert_array_equal(made(case)(1, {"image": image, **sample})["image"], image)
    with pytest.raises(augspec.SampleError, match="'boxes', which iou_crop#0 looks at"):
        made(crop)(1, image)


def test_iou_crop_sees_the_boxes_as_they_are_when_it_is_reached() -> None:
    image = picture(16, 40, 60, 1)
    left, right = np.array([2, 5, 22, 35], np.float32), np.array([38, 5, 58, 35], np.float32)
    crop = {"op": "iou_crop", "size": [40, 60], "min_iou": [0.3]}
    flip = {"op": "horizontal_flip", "p": 1.0}
    first = made(flip, crop)(1, {"image": image, "boxes": np.tile(left, (16, 1, 1))})
    second = made(crop)(1, {"image": np.ascontiguousarray(image[:, :, ::-1]), "boxes": np.tile(right, (16, 1, 1))})
    np.testing.assert_array_equal(first["image"], second["image"])
    np.testing.assert_allclose(first["boxes"], second["boxes"], atol=1e-4)
