"""Rain and snow: flecks in the cells of a turned lattice, over a haze, on a canvas (H, W)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.noise import words_at
from augspec_conformance.oracle.resample import half_up

__all__ = ["rain", "snow"]

IntArray = npt.NDArray[np.int64]


def rain(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Lay three layers of streaks over the image: cells of 4 widths by 2 lengths, ½ and ⅓ as long."""
    width, length = (draws.number(op, name) for name in ("width", "length"))
    return _veiled(image, op, draws, (width, 4), (length, 2), ((1, 1), (1, 2), (1, 3)))


def snow(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Lay four layers of flakes over the image: cells of 4 by 4 sizes, ½, ⅓ and ¼ as large."""
    size, length = (draws.number(op, name) for name in ("size", "length"))
    return _veiled(image, op, draws, (size, 4), (max(length, size), 4), ((1, 1), (2, 2), (3, 3), (4, 4)))


def _veiled(
    image: FloatArray,
    op: Op,
    draws: Draws,
    wide: tuple[float, int],
    long: tuple[float, int],
    layers: Sequence[tuple[int, int]],
) -> FloatArray:
    """Return the image under haze and flecks; a side is a share of the shorter side, a cell so many of it."""
    height, width = image.shape[:2]
    angle = math.radians(draws.number(op, "degrees"))
    x, y = np.arange(width)[None, :] + 0.5 - width / 2, np.arange(height)[:, None] + 0.5 - height / 2
    # Places are turned clockwise, so that what stands upright among them leans counter-clockwise; y points down.
    across, along = math.cos(angle) * x - math.sin(angle) * y, math.sin(angle) * x + math.cos(angle) * y
    left, top = (math.floor(float(draws.drawn(name)[0]) * 2**16) / 2**16 for name in ("left", "top"))
    cell_width, cell_length = (
        max(half_up(share * min(height, width) * 2**13) / 2**13, 2.0) * times for share, times in (wide, long)
    )
    thick = np.zeros((height, width))
    for number, (columns, rows) in enumerate(layers):
        u = across / cell_width * columns + left
        column = np.floor(u)
        v = along / cell_length * rows + top + (column * 40503 % 65536) / 65536
        row = np.floor(v)
        counter = number * 2**28 + (row + 8192) * 2**14 + column + 8192
        word = words_at(draws.words("noise", 3), counter.astype(np.int64))
        bump = 1.0 - _away(u - column, word // 1024, wide[1]) ** 2 - _away(v - row, word, long[1]) ** 2
        there = word // 2**20 < draws.number(op, "amount") * 4096
        thick = np.maximum(thick, np.where(there, np.maximum(bump, 0.0) * (1 - number / 4), 0.0))
    haze = draws.number(op, "haze")
    weight = haze + (1 - haze) * draws.number(op, "opacity") * thick[..., None]
    return np.asarray(image + (draws.number(op, "grey") - image) * weight)


def _away(place: FloatArray, word: IntArray, times: int) -> FloatArray:
    """Return how far places in cells are from the middle of their fleck, 1/times of a cell long, in halves of it."""
    room = 1 - 1 / times
    middle = 0.5 / times + room * (word % 1024 + 0.5) / 1024
    return np.asarray((place - middle) * 2 * times)
