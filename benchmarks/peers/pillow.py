"""Pillow, one image after the other on one core: what a data-loader worker does today."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import missing
from benchmarks.workloads import Images, Samples, Workload

NOTE = "one fused affine by hand; every step rounds to uint8; the same colour formulas; one core"


def available() -> str | None:
    """Tell why Pillow cannot run here, or None."""
    return missing("PIL")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Loop over the samples with a generator seeded by the step."""
    batch = samples["image"]
    del road  # it has only one
    from PIL import Image, ImageEnhance

    centre = batch.shape[1] / 2.0
    ranges = np.array([work.degrees, work.scale, work.brightness, work.contrast])

    def augment(pixels: Images, angle: float, scale: float, brightness: float, contrast: float) -> Any:
        cosine, sine = (f(math.radians(angle)) / scale for f in (math.cos, math.sin))
        shift_x, shift_y = centre * (1 - cosine + sine), centre * (1 - sine - cosine)
        matrix = (cosine, -sine, shift_x, sine, cosine, shift_y)
        image = Image.fromarray(pixels)
        image = image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        image = ImageEnhance.Brightness(image).enhance(brightness)
        return np.asarray(ImageEnhance.Contrast(image).enhance(contrast))

    def call(step: int) -> Images:
        draws = np.random.default_rng(step).uniform(ranges[:, 0], ranges[:, 1], (len(batch), 4))
        return np.stack([augment(pixels, *draw) for pixels, draw in zip(batch, draws, strict=True)])

    return call
