"""T7–T9 in mosaics: stacks, named masks, masks of instances and boxes with an angle of four samples."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import augspec

RNG = np.random.default_rng(6)
B, H, W = 5, 12, 10
IMAGES = RNG.integers(0, 256, (B, H, W, 3)).astype(np.uint8)
BOXES = np.tile(np.array([[1, 2, 5, 8], [0, 0, W, H]], np.float32), (B, 1, 1))
IDS = [3, 2**40 + 1, 7, 1, 9]
MIDDLE = {"op": "mosaic", "x": 0.5, "y": 0.5}


def compiled(op: dict[str, Any], targets: dict[str, Any] | None = None, **options: Any) -> Any:
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [op], "targets": targets or {}}))
    return augspec.compile(policy, "numpy", **options)


def four(draws: augspec.Draws) -> np.ndarray:
    partner = draws["batch/mosaic#0/partner"]
    return np.stack([np.arange(B), partner, partner[partner], partner[partner[partner]]], 1)


def test_t7_frames_come_together_with_the_same_frames_of_others() -> None:
    stacks = np.stack([IMAGES, IMAGES[:, ::-1]], 1)
    boxes, labels = np.stack([BOXES, BOXES / 2], 1), np.arange(4 * B).reshape(B, 2, 2)
    op = {"op": "mosaic", "scale": {"uniform": [0.5, 1.0]}, "p": 0.8}
    out = compiled(op, frames=True)(7, {"image": stacks, "boxes": boxes, "labels": labels}, IDS)
    assert (out["boxes"].shape, out["labels"].shape) == ((B, 2, 8, 4), (B, 2, 8))
    for frame in range(2):
        alone = {"image": stacks[:, frame], "boxes": boxes[:, frame], "labels": labels[:, frame]}
        for name, value in compiled(op)(7, alone, IDS).items():
            np.testing.assert_array_equal(out[name][:, frame], value)


def test_t2_named_masks_have_fills_of_their_own() -> None:
    depth = RNG.random((B, H, W)).astype(np.float32)
    op = {"op": "mosaic", "x": 1.0, "y": 1.0, "scale": 0.5}
    out = compiled(op, {"masks": {"depth": {"fill": -2.5}}})(
        7, {"image": IMAGES, "mask": IMAGES[..., 0], "depth": depth}
    )
    np.testing.assert_array_equal(out["depth"][:, :, :5], -2.5)
    np.testing.assert_array_equal(out["mask"][:, :6], 0)
    np.testing.assert_array_equal(out["depth"][:, 6:, 5:], depth[:, 1::2, 1::2])


def test_t8_masks_of_instances_are_seen_in_their_tile_and_boxes_hold_them() -> None:
    masks = np.zeros((B, 2, H, W), np.uint8)
    masks[:, 0, 3:7, 2:4], masks[:, 1, 1:, 1:] = 1, 1
    sample = {"image": IMAGES, "boxes": BOXES, "instance_masks": masks}
    targets = {"instance_masks": {"tight_boxes": True}}
    augment = compiled({**MIDDLE, "p": 0.6}, targets)
    out, who = augment(7, sample, IDS), four(augment.draw(7, IDS))
    spec = augment.output_spec(sample)
    assert spec["instance_masks"].shape == out["instance_masks"].shape == (B, 8, H, W)
    applied = augment.draw(7, IDS)["sample/mosaic#0/apply"] == 1
    assert applied.any()
    assert not applied.all()
    np.testing.assert_array_equal(out["boxes"][~applied, :2], BOXES[~applied])
    assert not out["instance_masks"][~applied, 2:].any()
    assert not out["boxes_valid"][~applied, 2:].any()
    for i in np.flatnonzero(applied):
        for k, source in enumerate(who[i]):
            rows, columns = (slice(6 * (k // 2), 6 * (k // 2) + 6), slice(5 * (k % 2), 5 * (k % 2) + 5))
            block = out["instance_masks"][i, 2 * k : 2 * k + 2].copy()
            np.testing.assert_array_equal(
                block[:, rows, columns], np.roll(masks[source], (6, 5), (1, 2))[:, rows, columns]
            )
            for n, mask in enumerate(block):
                y, x = np.nonzero(mask)
                box = [x.min(), y.min(), x.max() + 1, y.max() + 1] if len(x) else [0, 0, 0, 0]
                np.testing.assert_array_equal(out["boxes"][i, 2 * k + n], box)
                assert out["boxes_valid"][i, 2 * k + n] == bool(len(x))
            block[:, rows, columns] = 0
            assert not block.any()


def test_t9_boxes_with_an_angle_are_valid_where_their_centre_is_seen() -> None:
    turned = np.tile(np.array([[7, 9, 4, 2, 30], [2, 2, 4, 2, -30]], np.float32), (B, 1, 1))
    out = compiled(MIDDLE, box_format="cxcywhr")(7, {"image": IMAGES, "boxes": turned}, IDS)
    assert out["boxes"].shape == (B, 8, 5)
    np.testing.assert_allclose(out["boxes"][:, 0], np.tile([2, 3, 4, 2, 30], (B, 1)), atol=1e-4)
    np.testing.assert_allclose(out["boxes"][:, 7], np.tile([7, 8, 4, 2, -30], (B, 1)), atol=1e-4)
    np.testing.assert_array_equal(out["boxes_valid"], np.tile([True] + [False] * 6 + [True], (B, 1)))
