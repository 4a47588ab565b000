"""Albumentations, one image after the other on one core: what most data-loader workers run today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import missing
from benchmarks.workloads import Images, Workload

NOTE = "one fused affine by OpenCV, in steps of 1/32 pixel; brightness and contrast round to uint8 each; one core"


def available() -> str | None:
    """Tell why Albumentations cannot run here, or None."""
    return missing("albumentations", "cv2")


def make(batch: Images, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Loop over the samples with one composition, whose generators go on from call to call."""
    del road  # it has only one
    import albumentations
    import cv2

    cv2.setNumThreads(0)
    colours = {"brightness": work.brightness, "contrast": work.contrast, "saturation": (1, 1), "hue": (0, 0)}
    augment = albumentations.Compose(
        [
            albumentations.Affine(rotate=work.degrees, scale=work.scale, p=1.0),
            albumentations.ColorJitter(**colours, p=1.0),
        ],
        seed=0,
    )

    def call(step: int) -> Images:
        del step
        return np.stack([augment(image=pixels)["image"] for pixels in batch])

    return call
