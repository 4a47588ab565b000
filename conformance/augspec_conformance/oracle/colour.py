"""Colour ops on images (H, W, C) of unit range; none clamps here, `ops.py` does (C3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray

BT601 = np.array([0.299, 0.587, 0.114])


def grey(image: FloatArray) -> FloatArray:
    """Return BT.601 luma, (H, W, 1) (C4); an image of one channel is its own.

    Raises:
        ValueError: For any number of channels but 1 and 3.
    """
    channels = image.shape[2]
    if channels == 1:
        return image
    if channels != 3:
        raise ValueError(f"grey is defined for 1 or 3 channels, not {channels}")
    red, green, blue = (image[..., k : k + 1] for k in range(3))
    return np.asarray(BT601[0] * red + BT601[1] * green + BT601[2] * blue)


def brightness_scale(image: FloatArray, factor: float) -> FloatArray:
    """Return x·f."""
    return image * factor


def brightness_shift(image: FloatArray, delta: float) -> FloatArray:
    """Return x + δ."""
    return image + delta


def contrast(image: FloatArray, factor: float, pivot: str = "grey_mean") -> FloatArray:
    """Return m + (x - m)·f about the pivot m: the mean of grey, each channel's mean, 0, or 1/2."""
    middle: float | FloatArray
    if pivot == "grey_mean":
        middle = float(grey(image).mean())
    elif pivot == "channel_mean":
        middle = image.mean(axis=(0, 1))
    elif pivot == "zero":
        middle = 0.0
    elif pivot == "mid":
        middle = 0.5
    else:
        raise ValueError(f"unknown pivot {pivot!r}")
    return np.asarray(middle + (image - middle) * factor)


def saturation(image: FloatArray, factor: float) -> FloatArray:
    """Return G + (x - G)·f with G the pixel's grey."""
    luma = grey(image)
    return luma + (image - luma) * factor


def grayscale(image: FloatArray) -> FloatArray:
    """Return grey in every channel; the number of channels stays."""
    return np.repeat(grey(image), image.shape[2], axis=2)


def normalize(image: FloatArray, mean: float | Sequence[float], std: float | Sequence[float]) -> FloatArray:
    """Return (x - mean)/std for each channel, mean and std in unit range; not clamped."""
    return np.asarray((image - np.asarray(mean, dtype=np.float64)) / np.asarray(std, dtype=np.float64))
