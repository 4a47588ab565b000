"""A smooth random field that displaces places, and its inverse for points."""

from __future__ import annotations

import math

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray, WordArray
from augspec_conformance.oracle.grid import border_index
from augspec_conformance.oracle.noise import words

STEPS = 16
"""Of the inverse: whole and half ones in turn."""

DEVIATION = math.sqrt((2.0**32 - 1.0) / 12.0)
"""Of numbers that are uniform on the integers of 16 bits."""


def integer_gaussian(sigma: float, radius: int) -> FloatArray:
    """Return the weights that E7 gives a Gaussian, j = -radius..radius, multiples of 2⁻¹⁵ with sum 1.

    They decide how rough the field is, so that no ideal weights will do: exp(-j²/2σ²) = 2^-(j²·c), c in multiples of
    2⁻²² for σ in 2⁻⁸ pixels, through a table of 2^(-k/256) that is linear in between; rounded to 2⁻¹⁵, divided by the
    sum and rounded again, with the remainder in the middle.
    """
    steps = round(sigma * 256)
    c = (math.floor(math.log2(math.e) / 2 * 2**30 + 0.5) << 8) // (steps * steps)
    table = [math.floor(2**22 * 2.0 ** (-k / 256) + 0.5) for k in range(257)]
    units = []
    for j in range(radius + 1):
        power = min(c, (2**31 - 1) // max(j * j, 1)) * j * j
        octaves, k, share = power >> 22, (power >> 14) & 255, (power >> 6) & 255
        left, right = table[k], table[k + 1]
        value = left - (((left - right) * share + 128) >> 8)
        units.append(((value >> octaves) + 64) >> 7 if octaves <= 15 else 0)
    total = 2 * sum(units) - units[0]
    sides = [((unit << 15) + (total >> 1)) // total for unit in units[1:]]
    return np.array([*sides[::-1], 2**15 - 2 * sum(sides), *sides]) / 2.0**15


def field(size: tuple[int, int], alpha: float, sigma: float, largest_sigma: float, key: WordArray) -> FloatArray:
    """Return the displacement (right, down) of each pixel centre, in pixels.

    Args:
        size: (H, W).
        alpha: Standard deviation away from the border, pixels.
        sigma: Of the Gaussian, pixels.
        largest_sigma: Upper end of sigma's support: the radius ⌈3·σmax⌉ is one for all samples.
        key: (3,) words: the two of K2, and the sample's id_lo32. Word row·W + column holds the noise of both axes.

    Returns:
        (H, W, 2).
    """
    height, width = size
    word = words(key[:2], int(key[2]), height * width).reshape(height, width)
    smooth = np.stack([(word >> np.uint32(16)), word & np.uint32(0xFFFF)], -1).astype(np.uint16).view(np.int16)
    result: FloatArray = smooth.astype(np.float64)
    weights = integer_gaussian(sigma, math.ceil(3.0 * largest_sigma))
    radius = len(weights) // 2
    for axis in (1, 0):
        lines = np.zeros_like(result)
        for offset, weight in zip(range(-radius, radius + 1), weights, strict=True):
            index, _ = border_index(np.arange(size[axis]) + offset, size[axis], "mirror")
            lines += weight * np.take(result, index, axis=axis)
        result = lines
    return np.asarray(result * (alpha / (DEVIATION * np.sum(weights**2))))


def between(displacement: FloatArray, places: FloatArray) -> FloatArray:
    """Return the displacement at places (..., 2) in pixels: linear between centres, the nearest one's beyond them."""
    height, width = displacement.shape[:2]
    at = np.clip(places - 0.5, 0.0, [width - 1.0, height - 1.0])
    first = np.floor(at).astype(int)
    (j, i), (fx, fy) = np.moveaxis(first, -1, 0), np.moveaxis((at - first)[..., None], -2, 0)
    right, down = np.minimum(j + 1, width - 1), np.minimum(i + 1, height - 1)
    upper = displacement[i, j] * (1.0 - fx) + displacement[i, right] * fx
    lower = displacement[down, j] * (1.0 - fx) + displacement[down, right] * fx
    return np.asarray(upper * (1.0 - fy) + lower * fy)


def undisplaced(displacement: FloatArray, points: FloatArray) -> FloatArray:
    """Return where points go (M, 2): steps towards q + d(q) = p."""
    q = points
    for step in range(STEPS):
        aim = points - between(displacement, q)
        q = aim if step % 2 == 0 else (q + aim) / 2.0
    return q
