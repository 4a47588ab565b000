"""Ops on 8-bit levels and their histograms (E6a), on images (H, W, C) of unit range."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from augspec_conformance.oracle.arrays import FloatArray

IntArray = npt.NDArray[np.int64]


def levels(image: FloatArray) -> IntArray:
    """Return the nearest levels, 0 … 255, halves up."""
    return np.floor(np.clip(image, 0.0, 1.0) * 255 + 0.5).astype(np.int64)


def posterize(image: FloatArray, bits: float, *, shift: float = 0.0) -> FloatArray:
    """Keep the highest bits of each level."""
    step = 2 ** (8 - int(bits))
    return np.asarray(levels(image + shift) // step * step / 255)


def autocontrast(image: FloatArray, cutoff: float) -> FloatArray:
    """Stretch each channel from its darkest to its lightest value, or level after a share is cut off at both ends."""
    channels = []
    for k in range(image.shape[2]):
        one = image[..., k]
        if cutoff:
            ordered = np.sort(levels(one), axis=None)
            cut = int(ordered.size * cutoff)
            low, high = ordered[cut] / 255, ordered[ordered.size - 1 - cut] / 255
        else:
            low, high = one.min(), one.max()
        channels.append(one if high <= low else (np.clip(one, low, high) - low) / (high - low))
    return np.stack(channels, -1)


def equalize(image: FloatArray, method: str, *, shift: float = 0.0) -> FloatArray:
    """Map each level to the share of pixels below it, by the rule of Pillow or of OpenCV."""
    table = {"pil": _pillow, "opencv": _opencv}[method]
    channels = []
    for k in range(image.shape[2]):
        one = levels(image[..., k] + shift)
        counts = np.bincount(one.ravel(), minlength=256)
        channels.append(table(counts)[one] / 255)
    return np.stack(channels, -1)


def _pillow(counts: IntArray) -> IntArray:
    used = np.flatnonzero(counts)
    step = (counts.sum() - counts[used[-1]]) // 255
    if step == 0:
        return np.arange(256, dtype=np.int64)
    below = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.asarray(np.minimum((step // 2 + below) // step, 255))


def _opencv(counts: IntArray) -> IntArray:
    first = np.flatnonzero(counts)[0]
    rest = counts.sum() - counts[first]
    if rest == 0:
        return np.arange(256, dtype=np.int64)
    share = np.maximum(np.cumsum(counts) - counts[first], 0) / rest
    return np.asarray(np.floor(share * 255 + 0.5).astype(np.int64))
