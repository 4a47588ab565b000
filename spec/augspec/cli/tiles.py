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
        sample: `image` uint8 (H, W, 3) and, if there are any, `mask`, `boxes`, `keypoints`.
        seed: the key.
        name: the sample's name: its id and its label.
        draws: how many.
    """
    augment = augspec.compile(policy)
    height, width = sample["image"].shape[:2]
    ids = [augspec.sample_id(name)]
    tiles = [Tile(_drawn(sample), name, ("original",), first=True)]
    for view in range(draws):
        drawn = augment.draw(augspec.Key(seed).view(view), index=ids)
        out = augment.apply(drawn, sample)
        done = captions(policy, drawn, 0, (height, width)) or ("unchanged",)
        tiles.append(Tile(_drawn(out), f"draw {view + 1}", done))
    return tiles


def _drawn(sample: dict[str, Any]) -> Image.Image:
    image = picture(sample["image"])
    if "mask" in sample:
        image = with_mask(image, sample["mask"])
    if "boxes" in sample:
        image = with_boxes(image, sample["boxes"], sample.get("boxes_valid", np.ones(len(sample["boxes"]), bool)))
    if "keypoints" in sample:
        points = sample["keypoints"]
        image = with_keypoints(image, points, sample.get("keypoints_visible", np.ones(len(points), bool)))
    return image
