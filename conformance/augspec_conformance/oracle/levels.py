"""Ops on 8-bit levels and their histograms (E6a), on images (H, W, C) of unit range."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.grid import border_index

IntArray = npt.NDArray[np.int64]


def levels(image: FloatArray) -> IntArray:
    """Return the nearest levels, 0 … 255, halves up."""
    return np.floor(np.clip(image, 0.0, 1.0) * 255 + 0.5).astype(np.int64)


def posterize(image: FloatArray, bits: float, *, shift: float = 0.0) -> FloatArray:
    """Keep the highest bits of each level."""
    step = 2 ** (8 - int(bits))
    return np.asarray(levels(image + shift) // step * step / 255)


def autocontrast(image: FloatArray, cutoff: float, *, counted: float = 0.0) -> FloatArray:
    """Stretch each channel from its darkest to its lightest value, or level after a share is cut off at both ends.

    `counted` is added to the pixels whose levels are counted.
    """
    channels = []
    for k in range(image.shape[2]):
        one = image[..., k]
        if cutoff:
            ordered = np.sort(levels(one + counted), axis=None)
            cut = int(ordered.size * cutoff)
            low, high = ordered[cut] / 255, ordered[ordered.size - 1 - cut] / 255
        else:
            low, high = one.min(), one.max()
        flat = high - low < 1 / 4080  # a sixteenth of a level
        channels.append(one if flat else (np.clip(one, low, high) - low) / (high - low))
    return np.stack(channels, -1)


def equalize(
    image: FloatArray,
    method: str,
    *,
    shift: float = 0.0,
    counted: float = 0.0,
    ends: tuple[float, float] = (0.0, 0.0),
) -> FloatArray:
    """Map each level to the share of pixels below it, by the rule of Pillow or of OpenCV.

    `shift` is added to the pixels that are mapped, `counted` to those that are counted, `ends` to those that are
    counted at the end of the levels that there are, and to the outermost of them: the highest by Pillow, the lowest by
    OpenCV.
    """
    table, outermost = {"pil": (_pillow, np.argmax), "opencv": (_opencv, np.argmin)}[method]
    channels = []
    for k in range(image.shape[2]):
        one = image[..., k]
        at_ends = one.ravel() + ends[0]
        at_ends[outermost(one)] += ends[1] - ends[0]
        counts, outer = (np.bincount(levels(some), minlength=256) for some in (one.ravel() + counted, at_ends))
        channels.append(table(counts, outer[np.flatnonzero(outer)])[levels(one + shift)] / 255)
    return np.stack(channels, -1)


def _pillow(counts: IntArray, used: IntArray) -> IntArray:
    step = (counts.sum() - used[-1]) // 255
    if step == 0:
        return np.arange(256, dtype=np.int64)
    below = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.asarray(np.minimum((step // 2 + below) // step, 255))


def _opencv(counts: IntArray, used: IntArray) -> IntArray:
    rest = counts.sum() - used[0]
    if rest == 0:
        return np.arange(256, dtype=np.int64)
    share = np.maximum(np.cumsum(counts) - used[0], 0) / rest
    return np.asarray(np.floor(share * 255 + 0.5).astype(np.int64))


def clahe(
    image: FloatArray, clip: float, tiles: tuple[int, int], *, shift: float = 0.0, counted: float = 0.0
) -> FloatArray:
    """Equalize the tiles of each channel with a limited histogram, and blend the four nearest tables.

    `shift` is added to the pixels that are mapped, `counted` to those that are counted.
    """
    height, width, channels = image.shape
    lengths = tuple(-(-side // n) for side, n in zip((height, width), tiles, strict=True))
    whole, known = levels(image + shift), levels(image + counted)
    rows, columns = (
        border_index(np.arange(n * length), side, "mirror")[0]
        for n, length, side in zip(tiles, lengths, (height, width), strict=True)
    )
    result = np.zeros_like(image)
    for k in range(channels):
        filled = known[rows][:, columns, k]
        tables = np.array(
            [
                [
                    _limited(filled[r * lengths[0] : (r + 1) * lengths[0], c * lengths[1] : (c + 1) * lengths[1]], clip)
                    for c in range(tiles[1])
                ]
                for r in range(tiles[0])
            ]
        )
        for i in range(height):
            y = i / lengths[0] - 0.5
            for j in range(width):
                x = j / lengths[1] - 0.5
                for r, down in ((math.floor(y), 1 - y % 1), (math.floor(y) + 1, y % 1)):
                    for c, right in ((math.floor(x), 1 - x % 1), (math.floor(x) + 1, x % 1)):
                        table = tables[min(max(r, 0), tiles[0] - 1), min(max(c, 0), tiles[1] - 1)]
                        result[i, j, k] += down * right * table[whole[i, j, k]] / 255
    return result


def _limited(tile: IntArray, clip: float) -> IntArray:
    """Return the table of a tile, whose levels count so many times their mean count at most."""
    counts = np.bincount(tile.ravel(), minlength=256)
    limit = max(1, math.floor(clip * tile.size / 256))
    above = int(np.maximum(counts - limit, 0).sum())
    counts = np.minimum(counts, limit) + above // 256
    if above % 256:
        counts[:: 256 // (above % 256)][: above % 256] += 1
    return np.asarray(np.floor(np.cumsum(counts) * 255 / tile.size + 0.5).astype(np.int64))
