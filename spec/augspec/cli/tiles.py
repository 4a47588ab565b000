"""Makes the tiles of a contact sheet: a sample as it is, and as a policy changes it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

import augspec
from augspec.cli.captions import captions
from augspec.cli.contact_sheet import Tile
from augspec.cli.overlay import picture, with_boxes, with_keypoints, with_mask
from augspec.language.policy import Policy

__all__ = ["row_of_tiles"]


def row_of_tiles(policy: Policy, sample: dict[str, Any], *, seed: int, name: str, draws: int) -> list[Tile]:
    """Return the original, then as many draws as wanted; draw k is view k − 1 of the sample.

    Args:
        policy: what to apply.
        sample: `image` uint8 (H, W, 3) and, if there are any, `mask` and the policy's further masks (H, W),
            `instance_masks` (N, H, W), `boxes` (N, 4) as xyxy or (N, 5) as cxcywhr, `keypoints` (K, 2).
        seed: the key.
        name: the sample's name: its id and its label.
        draws: how many.
    """
    turned = "boxes" in sample and sample["boxes"].shape[1] == 5
    augment = augspec.compile(policy, box_format="cxcywhr" if turned else "xyxy")
    masks = tuple(mask for mask in ("mask", *policy.targets.masks) if mask in sample)
    height, width = sample["image"].shape[:2]
    ids = [augspec.sample_id(name)]
    tiles = [Tile(_drawn(sample, masks), name, ("original",), first=True)]
    for view in range(draws):
        drawn = augment.draw(augspec.Key(seed).view(view), index=ids)
        out = augment.apply(drawn, sample)
        done = captions(policy, drawn, 0, (height, width)) or ("unchanged",)
        tiles.append(Tile(_drawn(out, masks), f"draw {view + 1}", done))
    return tiles


def _drawn(sample: dict[str, Any], masks: tuple[str, ...]) -> Image.Image:
    image = picture(sample["image"])
    for first, name in enumerate(masks):
        image = with_mask(image, sample[name], first)
    boxes = sample.get("boxes")
    instances = sample.get("instance_masks")
    rows = len(boxes) if boxes is not None else len(instances) if instances is not None else 0
    valid = np.asarray(sample.get("boxes_valid", np.ones(rows, bool)))
    if instances is not None:
        for row in np.flatnonzero(valid):
            image = with_mask(image, np.asarray(instances)[row], int(row))
    if boxes is not None:
        image = with_boxes(image, boxes, valid)
    if "keypoints" in sample:
        points = sample["keypoints"]
        image = with_keypoints(image, points, sample.get("keypoints_visible", np.ones(len(points), bool)))
    return image
