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


def solarize(image: FloatArray, threshold: float, *, shift: float = 0.0) -> FloatArray:
    """Return 1 − x from the threshold on."""
    return np.where(image + shift >= threshold, 1.0 - image, image)


def solarize_add(image: FloatArray, delta: float, threshold: float, *, shift: float = 0.0) -> FloatArray:
    """Return x + δ below the threshold."""
    return np.where(image + shift < threshold, image + delta, image)


def invert(image: FloatArray) -> FloatArray:
    """Return 1 − x."""
    return 1.0 - image


def hue(image: FloatArray, turns: float) -> FloatArray:
    """Return the image with its HSV hue moved, value and chroma kept; by the textbook's division and sextants."""
    red, green, blue = (image[..., k] for k in range(3))
    high, low = image.max(-1), image.min(-1)
    chroma = high - low
    safe = np.where(chroma > 0, chroma, 1.0)
    sextant = np.where(
        high == red, (green - blue) / safe, np.where(high == green, 2 + (blue - red) / safe, 4 + (red - green) / safe)
    )
    turned = np.where(chroma > 0, (sextant + 6 * turns) % 6, 0.0)

    def channel(place: int) -> FloatArray:
        k = (place + turned) % 6
        return np.asarray(high - chroma * np.maximum(0.0, np.minimum(np.minimum(k, 4 - k), 1.0)))

    return np.stack([channel(5), channel(3), channel(1)], -1)


def gamma(image: FloatArray, exponent: float, gain: float) -> FloatArray:
    """Return gain · x^γ; x is clamped first, and 0⁰ is 1."""
    return gain * np.clip(image, 0.0, 1.0) ** exponent
