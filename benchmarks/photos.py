"""What the work is done to: photo-like images, and masks, boxes, keypoints and labels beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

CLASSES = 1000
"""Of the labels, which are one-hot: every peer that mixes takes them so."""


def photos(batch: int, size: tuple[int, int], *, seed: int) -> npt.NDArray[np.uint8]:
    """Photo-like images (batch, H, W, 3): a 1/f spectrum, as natural scenes have, and a few hard edges."""
    rng, (height, width) = np.random.default_rng(seed), size
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    falloff = 1.0 / np.maximum(np.hypot(fy, fx), 1.0 / max(size))
    grain = rng.standard_normal((batch, 4, height, width))
    planes = np.fft.irfft2(np.fft.rfft2(grain) * falloff, s=(height, width))
    planes /= planes.std(axis=(2, 3), keepdims=True)
    # A shared luminance plane and weaker colour planes: channels of a photo are strongly correlated.
    pictures = np.moveaxis(planes[:, :1] + 0.3 * planes[:, 1:], 1, -1) * 45.0
    pictures += rng.uniform(80.0, 170.0, (batch, 1, 1, 3))
    for picture in pictures:
        for _ in range(3):
            top, left = rng.integers(0, (height * 3 // 4, width * 3 // 4))
            tall, wide = rng.integers((height // 10, width // 10), (height // 2, width // 2))
            picture[top : top + tall, left : left + wide] += rng.uniform(-70.0, 70.0, 3)
    return np.ascontiguousarray(np.clip(np.rint(pictures), 0, 255).astype(np.uint8))  # as a decoder gives them


def detection(batch: int, size: tuple[int, int], *, seed: int) -> dict[str, npt.NDArray[Any]]:
    """Return `mask` (batch, H, W) uint8, `boxes` (batch, 100, 4) and `keypoints` (batch, 17, 2) in pixels, float32."""
    rng, (height, width) = np.random.default_rng(seed), size
    mask = rng.integers(0, 21, (batch, height // 8, width // 8), np.uint8).repeat(8, 1).repeat(8, 2)
    corner = rng.uniform(0.0, 0.8, (batch, 100, 2))
    far = corner + rng.uniform(0.02, 0.2, corner.shape)
    return {
        "mask": mask,
        "boxes": (np.concatenate([corner, far], -1) * ([width, height] * 2)).astype(np.float32),
        "keypoints": (rng.uniform(0.1, 0.9, (batch, 17, 2)) * [width, height]).astype(np.float32),
    }


def labels(batch: int, *, seed: int) -> npt.NDArray[np.float32]:
    """Return one-hot labels (batch, 1000), float32."""
    rng, table = np.random.default_rng(seed), np.eye(CLASSES, dtype=np.float32)
    return table[rng.integers(0, CLASSES, batch)]
