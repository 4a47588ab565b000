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


def box_blur(image: FloatArray, radius: float) -> FloatArray:
    """Return the mean of the square of 2·radius + 1 pixels around each, mirror border."""
    r = int(radius)
    shifts = range(-r, r + 1)
    return np.asarray(sum(neighbour(image, down, right) for down in shifts for right in shifts) / (2 * r + 1) ** 2)


def unsharp_mask(image: FloatArray, sigma: float, largest_sigma: float, amount: float) -> FloatArray:
    """Return x + (x − G)·amount with G the Gaussian blur."""
    return image + (image - gaussian_blur(image, sigma, largest_sigma)) * amount


def emboss(image: FloatArray, share: float, strength: float) -> FloatArray:
    """Return x + (E − x)·share with E the correlation with a matrix that lights the upper left."""
    s = strength
    kernel = ((-1 - s, -s, 0), (-s, 1, s), (0, s, 1 + s))
    relief = sum(kernel[1 + i][1 + j] * neighbour(image, i, j) for i in (-1, 0, 1) for j in (-1, 0, 1))
    return np.asarray(image + (relief - image) * share)


def neighbour(image: FloatArray, down: int, right: int) -> FloatArray:
    """Return the pixel so far down and right of each, mirror border."""
    rows, _ = border_index(np.arange(image.shape[0]) + down, image.shape[0], "mirror")
    columns, _ = border_index(np.arange(image.shape[1]) + right, image.shape[1], "mirror")
    return image[rows][:, columns]


def motion_blur(image: FloatArray, length: float, degrees: float) -> FloatArray:
    """Return the mean of points one pixel apart on a line through each pixel, read bilinearly, mirror border."""
    angle, count = math.radians(degrees), int(length)
    total = np.zeros_like(image)
    for j in range(count):
        t = j - (count - 1) / 2
        x, y = t * math.cos(angle), -t * math.sin(angle)
        for i, row in ((math.floor(y), 1 - y % 1), (math.floor(y) + 1, y % 1)):
            for k, column in ((math.floor(x), 1 - x % 1), (math.floor(x) + 1, x % 1)):
                if row * column > 2.0**-17:  # what is rounded to nothing must not carry a NaN along (C13)
                    total += row * column * neighbour(image, i, k)
    return total / count


def defocus(image: FloatArray, radius: float) -> FloatArray:
    """Return the mean of the disc around each pixel, its rim one pixel wide, mirror border."""
    far = range(-math.ceil(radius + 0.5), math.ceil(radius + 0.5) + 1)
    weights = {(i, k): min(1.0, radius + 0.5 - math.hypot(i, k)) for i in far for k in far}
    inside = {tap: weight for tap, weight in weights.items() if weight > 0}
    return np.asarray(sum(w * neighbour(image, *tap) for tap, w in inside.items()) / sum(inside.values()))


def median_blur(image: FloatArray) -> FloatArray:
    """Return the median of the 3 × 3 pixels around each, mirror border."""
    return np.asarray(np.median([neighbour(image, i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0))
