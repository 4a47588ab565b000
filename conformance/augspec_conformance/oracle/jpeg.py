"""JPEG compression of an image (H, W, 1 or 3) of unit range, as libjpeg computes it.

Real mathematics has no say here: a coefficient that is rounded the other way moves a whole block, so what libjpeg does
in integers is the definition. It is written with matrices and index arrays; cosines are computed, not quoted.
"""

from __future__ import annotations

import math

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.levels import IntArray, levels

LUMA = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
"""Steps of brightness (ITU-T T.81, table K.1), rows of vertical frequencies."""

CHROMA = np.full((8, 8), 99)
CHROMA[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]
"""Steps of colour (table K.2)."""


def jpeg(image: FloatArray, quality: float, *, shift: float = 0.0) -> FloatArray:
    """Return what is left of an image after compression at a quality of 1 … 100."""
    before = levels(image + shift)
    height, width, channels = before.shape
    luma, chroma = (steps(base, int(quality)) for base in (LUMA, CHROMA))
    if channels == 1:
        return through(before[..., 0], luma)[..., None] / 255
    y, cb, cr = to_ycc(before)
    y = through(y, luma)
    cb, cr = (doubled(through(halved(one), chroma)[: -(-height // 2), : -(-width // 2)]) for one in (cb, cr))
    return to_rgb(y, cb[:height, :width], cr[:height, :width]) / 255


def steps(base: IntArray, quality: int) -> IntArray:
    """Return quantisation steps: the base at 50, coarser below, finer above."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((base * percent + 50) // 100, 1, 255)


def fixed(value: float, bits: int) -> int:
    """Return a real number in 2⁻ᵇ."""
    return math.floor(value * float(2**bits) + 0.5)


def to_ycc(rgb: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return brightness and two colours, each (H, W): in 2⁻¹⁶, halves up for the one and down for the others."""

    def weighted(red: float, green: float, blue: float) -> IntArray:
        weights = np.array([fixed(abs(one), 16) * (1 if one > 0 else -1) for one in (red, green, blue)])
        return np.asarray(rgb @ weights)

    y = (weighted(0.299, 0.587, 0.114) + 2**15) >> 16
    cb = (weighted(-0.16874, -0.33126, 0.5) + 2**15 - 1) >> 16
    cr = (weighted(0.5, -0.41869, -0.08131) + 2**15 - 1) >> 16
    return y, cb + 128, cr + 128


def to_rgb(y: IntArray, cb: IntArray, cr: IntArray) -> IntArray:
    """Return levels (H, W, 3)."""
    blue, red = cb - 128, cr - 128
    green = -fixed(0.34414, 16) * blue - fixed(0.71414, 16) * red
    added = [fixed(1.402, 16) * red, green, fixed(1.772, 16) * blue]
    return np.asarray(np.clip(np.stack([y + ((one + 2**15) >> 16) for one in added], -1), 0, 255))


def halved(plane: IntArray) -> IntArray:
    """Return means of 2 × 2, quarters rounded after adding 1/4 and 2/4 in turn along a row.

    To the right, the image goes on with its last column to whole blocks of 8 means; an odd last row counts twice.
    """
    height, width = plane.shape
    plane = np.pad(plane, ((0, height % 2), (0, -width % 16)), mode="edge")
    total = plane[0::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 0::2] + plane[1::2, 1::2]
    total[:, 0::2] += 1
    total[:, 1::2] += 2
    return np.asarray(total // 4)


def doubled(plane: IntArray) -> IntArray:
    """Return a plane of twice the sides: each pixel weighs its nearest neighbours 9, 3, 3 and 1; narrow ones repeat."""
    height, width = plane.shape
    rows, columns = np.arange(2 * height) // 2, np.arange(2 * width) // 2
    if width <= 2:
        return np.asarray(plane[np.ix_(rows, columns)])
    next_row = np.clip(rows + np.where(np.arange(2 * height) % 2, 1, -1), 0, height - 1)
    next_column = np.clip(columns + np.where(np.arange(2 * width) % 2, 1, -1), 0, width - 1)
    near, beside = plane[np.ix_(rows, columns)], plane[np.ix_(rows, next_column)]
    above, across = plane[np.ix_(next_row, columns)], plane[np.ix_(next_row, next_column)]
    bias = np.where(np.arange(2 * width) % 2, 7, 8)
    return np.asarray((9 * near + 3 * beside + 3 * above + across + bias) // 16)


def through(plane: IntArray, step: IntArray) -> IntArray:
    """Return a plane (H, W) of levels after transform, rounding to steps, and transform back; 8 × 8 by 8 × 8."""
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % 8), (0, -width % 8)), mode="edge")
    result = np.empty_like(padded)
    m = matrix()
    for top in range(0, height, 8):
        for left in range(0, width, 8):
            block = padded[top : top + 8, left : left + 8] - 128
            across = rounded(block @ m.T, 11)  # rows of samples become rows of frequencies, in quarters
            eightfold = rounded(m @ across, 15)
            count = (2 * np.abs(eightfold) + 8 * step) // (16 * step)  # halves away from zero
            kept = np.sign(eightfold) * count * step
            down = rounded(m.T @ kept, 11)
            result[top : top + 8, left : left + 8] = np.clip(rounded(down @ m, 18) + 128, 0, 255)
    return result[:height, :width]


def rounded(x: IntArray, bits: int) -> IntArray:
    """Return x / 2ᵇ, halves up."""
    return np.asarray((x + 2 ** (bits - 1)) >> bits)


def matrix() -> IntArray:
    """Return the DCT of eight samples, (8, 8), row k near √2 · cos((2x + 1)kπ/16) in 2⁻¹³, row 0 exactly 1.

    The fast algorithm (Loeffler, Ligtenberg and Moschytz, 1989) multiplies by twelve constants, which are rounded; an
    entry is the sum of those on its way.
    """

    def r(k: int) -> float:
        return math.sqrt(2) * math.cos(k * math.pi / 16)

    def c(value: float) -> int:
        return fixed(value, 13)

    m = np.zeros((8, 8), np.int64)
    m[0], m[4] = 2**13, 2**13 * np.array([1, -1, -1, 1, 1, -1, -1, 1])
    shared = c(r(6))
    outer, inner = shared + c(r(2) - r(6)), c(r(2) + r(6)) - shared
    m[2] = [outer, shared, -shared, -outer, -outer, -shared, shared, outer]
    m[6] = [shared, -inner, inner, -shared, -shared, inner, -inner, shared]
    # The odd rows weigh differences of opposite samples. Frequency 7 − 2i and difference 3 − i go together.
    own = {7: -r(1) + r(3) + r(5) - r(7), 5: r(1) + r(3) - r(5) + r(7)}
    own |= {3: r(1) + r(3) + r(5) - r(7), 1: r(1) + r(3) - r(5) - r(7)}
    pairs = {(1, 7): r(3) - r(7), (3, 5): r(1) + r(3), (3, 7): r(3) + r(5), (1, 5): r(3) - r(5)}
    for k in (1, 3, 5, 7):
        for other in (1, 3, 5, 7):
            entry = c(r(3)) + (c(own[k]) if k == other else 0)
            entry -= sum(c(value) for pair, value in pairs.items() if k in pair and other in pair)
            m[k, other // 2], m[k, 7 - other // 2] = entry, -entry
    return m
