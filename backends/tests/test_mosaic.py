"""T2–T5: four samples of a batch in one image, as callers meet them: pixels, rows, labels of boxes, refusals."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.errors import SampleError
from augspec.mixing import FINE
from augspec_backends.generic.mixing import MixArithmetic
from augspec_backends.generic.stages.tile import TileStep
from augspec_backends.numpy.namespace import NumpyNamespace

RNG = np.random.default_rng(5)
B, H, W = 5, 12, 10
IMAGES = RNG.integers(0, 256, (B, H, W, 3)).astype(np.uint8)
MASKS = np.arange(1, B * H * W + 1, dtype=np.int32).reshape(B, H, W)
BOXES = np.tile(np.array([[1, 2, 5, 8], [0, 0, W, H]], np.float32), (B, 1, 1))
POINTS = np.tile(np.array([[0.5, 0.5], [4.25, 6.0], [9.5, 11.5]], np.float32), (B, 1, 1))
BATCH = {
    "image": IMAGES,
    "mask": MASKS,
    "boxes": BOXES,
    "keypoints": POINTS,
    "labels": np.arange(2 * B).reshape(B, 2),
    "label": np.arange(B),
}
IDS = [3, 2**40 + 1, 7, 1, 9]
MIDDLE = {"op": "mosaic", "x": 0.5, "y": 0.5}


def compiled(*ops: dict[str, Any], targets: dict[str, Any] | None = None, **options: Any) -> Any:
    document = {"augspec": 1, "ops": list(ops), "targets": {"label": {"classes": 6}, **(targets or {})}}
    return augspec.compile(augspec.loads(json.dumps(document)), "numpy", **options)


def four(draws: augspec.Draws) -> np.ndarray:
    """Return the rows (B, 4) of the samples in each image."""
    partner = draws["batch/mosaic#0/partner"]
    return np.stack([np.arange(len(partner)), partner, partner[partner], partner[partner[partner]]], 1)


def test_at_its_own_size_it_is_a_window_of_four_images_side_by_side() -> None:
    augment = compiled({"op": "mosaic"})
    out, draws = augment(7, BATCH, IDS), augment.draw(7, IDS)
    for i, who in enumerate(four(draws)):
        assert len(set(who.tolist())) == 4
        y, x = (
            int(np.floor(draws.human()[f"sample/mosaic#0/{name}"][i] * side + 0.5))
            for name, side in zip("yx", (H, W), strict=True)
        )
        window = slice(H - y, 2 * H - y), slice(W - x, 2 * W - x)
        for name in ("image", "mask"):
            a, b, c, d = BATCH[name][who]
            whole = np.concatenate([np.concatenate([a, b], 1), np.concatenate([c, d], 1)], 0)
            np.testing.assert_array_equal(out[name][i], whole[window])
        areas = np.array([y * x, y * (W - x), (H - y) * x, (H - y) * (W - x)])
        assert np.abs(out["label"][i][who] - areas / (H * W)).max() <= 1 / FINE
    np.testing.assert_array_equal(out["label"].sum(1), np.ones(B, np.float32))


def test_at_half_size_it_shows_four_whole_images_as_resize_makes_them() -> None:
    out, who = compiled({**MIDDLE, "scale": 0.5})(7, BATCH, IDS), four(compiled(MIDDLE).draw(7, IDS))
    small = augspec.compile(
        augspec.loads('{"augspec": 1, "ops": [{"op": "resize", "size": [6, 5]}], "eval": []}'), "numpy"
    )(0, {"image": IMAGES, "mask": MASKS, "boxes": BOXES, "keypoints": POINTS})
    for k in range(4):
        top, left = 6 * (k // 2), 5 * (k % 2)
        part = (slice(None), slice(top, top + 6), slice(left, left + 5))
        np.testing.assert_array_equal(out["image"][part], small["image"][who[:, k]])
        np.testing.assert_array_equal(out["mask"][part], small["mask"][who[:, k]])
        moved = small["boxes"][who[:, k]] + np.array([left, top] * 2, np.float32)
        np.testing.assert_allclose(out["boxes"][:, 2 * k : 2 * k + 2], moved, atol=1e-5)
        points = small["keypoints"][who[:, k]] + np.array([left, top], np.float32)
        np.testing.assert_allclose(out["keypoints"][:, 3 * k : 3 * k + 3], points, atol=1e-5)
        np.testing.assert_array_equal(out["labels"][:, 2 * k : 2 * k + 2], BATCH["labels"][who[:, k]])
    assert out["boxes_valid"].all()
    assert out["keypoints_visible"].all()


def test_what_the_tiles_leave_free_is_filled_and_has_no_label() -> None:
    augment = compiled({"op": "mosaic", "x": 0.75, "y": 0.5, "scale": 0.5, "fill": 1.0}, targets={"mask": {"fill": -1}})
    out = augment(7, BATCH, IDS)
    np.testing.assert_array_equal(out["image"][:, :, :3], 255)  # 7.5 is rounded to 8, and tiles are five pixels wide
    np.testing.assert_array_equal(out["mask"][:, :, :3], -1)
    assert (out["mask"][:, :, 3:] > 0).all()
    own = np.bincount(four(augment.draw(7, IDS))[0], np.array([5, 2, 5, 2]) / 14, 6)
    assert np.abs(out["label"][0] - own).max() <= 1 / FINE


def test_fields_that_are_no_distributions_are_constants_of_the_scope() -> None:
    for scope in ("sample", "batch"):
        text = augspec.explain(compiled({**MIDDLE, "scale": 0.5, "scope": scope}).policy, "draws")
        assert f"{scope}/mosaic#0/scale" in text
        assert "another sample of the batch" in text


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_samples_come_several_times(count: int) -> None:
    batch = {name: value[:count] for name, value in BATCH.items()}
    out = compiled({**MIDDLE})(7, batch, IDS[:count])
    assert out["boxes"].shape == (count, 8, 4)
    if count == 1:
        np.testing.assert_array_equal(out["mask"][0], np.roll(MASKS[0], (H // 2, W // 2), (0, 1)))
        np.testing.assert_array_equal(out["label"], np.eye(6, dtype=np.float32)[:1])


def test_draws_replay_to_the_same_bytes_and_are_selected_with_all_four() -> None:
    augment = compiled({"op": "mosaic", "scale": {"uniform": [0.4, 1.2]}, "p": 0.7})
    out, draws = augment(7, BATCH, IDS), augment.draw(7, IDS)
    again = augment.apply(augspec.Draws.from_json(draws.to_json()), BATCH)
    order = [3, 1, 0, 4, 2]
    turned = augment.apply(draws.select(order), {name: value[order] for name, value in BATCH.items()})
    for name, value in out.items():
        np.testing.assert_array_equal(again[name], value)
        np.testing.assert_array_equal(turned[name], value[order])


@pytest.mark.parametrize("form", ["xyxy", "cxcywh"])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_c11_what_is_not_mixed_comes_back_as_it_was_whatever_its_format(form: str, dtype: Any) -> None:
    augment = compiled({"op": "mosaic", "p": 0.0}, box_format=form, box_units="normalized", keypoint_format="index")
    batch = {**BATCH, "boxes": (BOXES / 13).astype(dtype), "keypoints": POINTS.astype(dtype)}
    out = augment(7, batch, IDS)
    for name in ("image", "mask"):
        np.testing.assert_array_equal(out[name], batch[name])
    for name, count in (("boxes", 2), ("keypoints", 3), ("labels", 2)):
        assert out[name].dtype == batch[name].dtype
        np.testing.assert_array_equal(out[name][:, :count], batch[name])
    assert not out["boxes_valid"][:, 2:].any()
    assert not out["keypoints_visible"][:, 3:].any()
    assert not out["labels"][:, 2:].any()


def test_t4_pairs_change_places_before_samples_come_together() -> None:
    keypoints = {"keypoints": {"swap_pairs": [[0, 2]]}}
    flipped = compiled({"op": "horizontal_flip", "p": 0.5}, targets=keypoints)(7, BATCH, IDS)
    both = compiled({"op": "horizontal_flip", "p": 0.5}, {**MIDDLE, "scale": 0.5}, targets=keypoints)
    out, who = both(7, BATCH, IDS), four(both.draw(7, IDS))
    assert len(np.unique(flipped["keypoints"], axis=0)) == 2
    for k in range(4):
        shift = np.array([5 * (k % 2), 6 * (k // 2)], np.float32)
        np.testing.assert_allclose(out["keypoints"][:, 3 * k : 3 * k + 3], flipped["keypoints"][who[:, k]] / 2 + shift)


def test_no_boxes_give_no_boxes() -> None:
    none = {**BATCH, "boxes": BOXES[:, :0], "labels": BATCH["labels"][:, :0], "keypoints": POINTS[:, :0]}
    out = compiled(MIDDLE)(7, none, IDS)
    assert (out["boxes"].shape, out["labels"].shape, out["keypoints"].shape) == ((B, 0, 4), (B, 0), (B, 0, 2))


def test_labels_without_boxes_and_of_evaluation_pass_through() -> None:
    augment = compiled(MIDDLE)
    alone = {"image": IMAGES, "label": np.arange(B), "labels": ["a", "b"]}
    assert augment(7, alone, IDS)["labels"] is alone["labels"]
    assert augment(None, BATCH, training=False)["labels"] is BATCH["labels"]


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "uint16", "float16", "float64"])
def test_labels_of_boxes_keep_dtype_and_further_axes(dtype: str) -> None:
    labels = RNG.integers(0, 2, (B, 2, 3)).astype(dtype)
    augment = compiled({**MIDDLE, "p": 0.5})
    out = augment(7, {**BATCH, "labels": labels}, IDS)["labels"]
    assert (out.shape, out.dtype) == ((B, 8, 3), labels.dtype)
    spec = augment.output_spec({**BATCH, "labels": labels})
    assert (spec["labels"].shape, spec["labels"].dtype) == ((B, 8, 3), dtype)
    assert (spec["boxes"].shape, spec["boxes_valid"].shape) == ((B, 8, 4), (B, 8))
    assert (spec["keypoints"].shape, spec["keypoints_visible"].shape) == ((B, 12, 2), (B, 12))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image": IMAGES[0]}, r"image: expected a batch, rank 4 \(NHWC\), because mosaic mixes samples of a batch"),
        (
            dict.fromkeys(("label", "mask", "boxes", "keypoints", "labels")),
            "an entry 'label' or 'mask' or 'boxes' or 'k",
        ),
        (
            {"labels": np.arange(B)},
            r"labels: expected one row per box, \(5, 2, …\), of a dtype of .* got int64 of shape",
        ),
        ({"labels": np.zeros((B, 3))}, r"labels: expected one row per box, \(5, 2, …\)"),
        ({"labels": np.full((B, 2), "cat")}, "labels: expected one row per box, .* Rows of boxes come together"),
        ({"labels": [["cat", "dog"]] * B}, "labels: expected an array of the backend 'numpy', got list"),
    ],
)
def test_what_cannot_come_together_is_refused_with_the_reason(change: dict[str, Any], message: str) -> None:
    sample = {name: value for name, value in {**BATCH, **change}.items() if value is not None}
    with pytest.raises(SampleError, match=message):
        compiled(MIDDLE)(7, sample, IDS)


def test_compaction_is_refused_because_it_takes_single_samples() -> None:
    with pytest.raises(SampleError, match=r"boxes: expected one image, .* targets\.boxes\.compact"):
        compiled(MIDDLE, targets={"boxes": {"compact": True}})(7, BATCH, IDS)


def test_c13_nan_reaches_the_tiles_that_show_it() -> None:
    images = IMAGES.astype(np.float32) / 255
    images[2] = np.nan
    augment = compiled({**MIDDLE, "scale": 0.7})
    out, who = augment(7, {**BATCH, "image": images}, IDS)["image"], four(augment.draw(7, IDS))
    for k in range(4):
        tile = out[:, 6 * (k // 2) : 6 + 6 * (k // 2), 5 * (k % 2) : 5 + 5 * (k % 2)]
        np.testing.assert_array_equal(np.isnan(tile).all((1, 2, 3)), who[:, k] == 2)
        np.testing.assert_array_equal(np.isnan(tile).any((1, 2, 3)), who[:, k] == 2)


@pytest.mark.parametrize("side", [1, 2, 7, 8192])
def test_e2_weights_are_shares_of_whole_areas_that_sum_to_one(side: int) -> None:
    class Arithmetic(MixArithmetic):
        xp = NumpyNamespace()

    ends = np.array([0, 1, side // 3, side], np.int32)
    columns = np.stack([ends, side - ends], 1)
    rows = columns[[2, 3, 1, 0]]
    found = TileStep().weights(Arithmetic(), columns, rows)  # type: ignore[arg-type]
    areas = (rows[:, :, None].astype(np.int64) * columns[:, None, :]).reshape(-1, 4)
    assert found.dtype == np.int32
    assert (found >= 0).all()
    assert ((found > 0) <= (areas > 0)).all()
    np.testing.assert_array_equal(found.sum(1), FINE)
    assert np.abs(found / FINE - areas / areas.sum(1, keepdims=True)).max() <= 1 / FINE
