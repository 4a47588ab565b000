"""Filters: weighted sums over a neighbourhood."""

from __future__ import annotations

import math

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.grid import border_index


def gaussian_weights(sigma: float, radius: int) -> FloatArray:
    """Return exp(-j²/2σ²), j = -radius..radius, scaled to sum 1, shape (2·radius + 1,); σ > 0 in pixels."""
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    return np.asarray(weights / weights.sum())


def downscale(image: FloatArray, factor: float, method: str) -> FloatArray:
    """Shrink by `area`, the mean over what each pixel covers, or by `nearest`; enlarge again by nearest.

    Args:
        image: (H, W, C).
        factor: Of the sides, at most 1; the small ones are rounded half-up, at least 1.
        method: `area` or `nearest`.

    Returns:
        (H, W, C).
    """
    for axis in (0, 1):
        side = image.shape[axis]
        small = max(1, math.floor(factor * side + 0.5))
        lines = np.moveaxis(image, axis, 0)
        if method == "nearest":
            shrunk = lines[[(2 * k + 1) * side // (2 * small) for k in range(small)]]
        else:
            shrunk = np.stack([_covered(lines, k * side / small, (k + 1) * side / small) for k in range(small)])
        shown = shrunk[[(2 * j + 1) * small // (2 * side) for j in range(side)]]
        image = np.moveaxis(shown, 0, axis)
    return image


def _covered(lines: FloatArray, start: float, end: float) -> FloatArray:
    """Return the mean of lines (n, ...) over [start, end), of which line i holds [i, i + 1); others take no part."""
    total = np.zeros(lines.shape[1:])
    for i in range(math.floor(start + 1e-9), math.ceil(end - 1e-9)):
        total = total + lines[i] * (min(i + 1, end) - max(i, start))
    return np.asarray(total / (end - start))


def gaussian_blur(image: FloatArray, sigma: float, largest_sigma: float) -> FloatArray:
    """Blur along rows and columns, mirror border.

    Args:
        image: (H, W, C).
        sigma: Pixels.
        largest_sigma: Upper end of sigma's support: the radius ⌈3·σmax⌉ is one for all samples.

    Returns:
        (H, W, C).
    """
    radius = math.ceil(3.0 * largest_sigma)
    weights = gaussian_weights(sigma, radius)
    for axis in (1, 0):
        side = image.shape[axis]
        blurred = np.zeros_like(image)
        for offset, weight in zip(range(-radius, radius + 1), weights, strict=True):
            index, _ = border_index(np.arange(side) + offset, side, "mirror")
            if weight > 0.0:  # a weight that underflowed must not carry a NaN along (C13)
                blurred += weight * np.take(image, index, axis=axis)
        image = blurred
    return image


def sharpness(image: FloatArray, factor: float) -> FloatArray:
    """Return S + (x − S)·f with S the mean of 3 × 3 pixels, the middle five times; border pixels stay."""
    result = image.copy()
    if min(image.shape[:2]) > 2:
        height, width = image.shape[:2]
        total = 4 * image[1:-1, 1:-1]
        for down in range(3):
            for right in range(3):
                total = total + image[down : height - 2 + down, right : width - 2 + right]
        smooth = total / 13
        result[1:-1, 1:-1] = smooth + (image[1:-1, 1:-1] - smooth) * factor
    return result
