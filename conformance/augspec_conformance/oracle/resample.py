"""Antialiased separable resizing, and the windows that crops take (C8, C12)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from augspec_conformance.oracle.arrays import AnyArray, FloatArray, IndexArray
from augspec_conformance.oracle.grid import cubic_kernel


@dataclass(frozen=True)
class Window:
    """A rectangle of whole pixels: rows [top, top + height), columns [left, left + width)."""

    top: int
    left: int
    height: int
    width: int


def half_up(value: float) -> int:
    """Round to the nearest integer, halves up."""
    return math.floor(value + 0.5)


def triangle_weights(side: int, target: int, *, antialias: bool) -> FloatArray:
    """Return the weights by which a line of `side` pixels becomes one of `target` pixels.

    In units of 1/(2·target) source pixel, output j has its centre at (2j + 1)·side and input i at (2i +
    1)·target; the weight falls linearly to zero over the support, max(2·side, 2·target) when antialiased,
    else 2·target. Weights are taken within the line and sum to 1 (C8, E7).
    Source: Pillow's BILINEAR filter.

    Returns:
        (target, side).
    """
    centre = (2 * np.arange(target)[:, None] + 1) * side
    distance = np.abs((2 * np.arange(side)[None, :] + 1) * target - centre)
    reach = max(2 * side, 2 * target) if antialias else 2 * target
    weights = np.maximum(reach - distance, 0).astype(np.float64)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def cubic_weights(side: int, target: int, *, antialias: bool) -> FloatArray:
    """Return the weights of Keys' kernel with a = -1/2, widened as the triangle is; within the line, with sum 1.

    Source: Pillow's BICUBIC filter.

    Returns:
        (target, side).
    """
    unit = max(side / target, 1.0) if antialias else 1.0
    centre = (np.arange(target)[:, None] + 0.5) * side / target
    weights = cubic_kernel((np.arange(side)[None, :] + 0.5 - centre) / unit)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def weigh_rows(plane: FloatArray, weights: FloatArray) -> FloatArray:
    """Combine the rows of (side, ...) by (target, side) weights; weights of zero leave rows out (C13)."""
    lines = []
    for line in weights:
        used = np.flatnonzero(line)
        lines.append(np.tensordot(line[used], plane[used], axes=1))
    return np.stack(lines)


def nearest_index(side: int, target: int) -> IndexArray:
    """Return floor((j + 1/2)·side / target), the half-pixel rule of C8, in exact integers, (target,)."""
    return np.asarray((2 * np.arange(target, dtype=np.int64) + 1) * side // (2 * target))


def resize_image(
    image: FloatArray, window: Window, size: tuple[int, int], *, interpolation: str, antialias: bool
) -> FloatArray:
    """Resize a window of an image.

    Args:
        image: (H, W, C).
        window: Which part; pixels outside it take no part.
        size: (h, w) of the result.
        interpolation: `bilinear`, `bicubic`, whose overshoot is clamped, or `nearest`.
        antialias: Widen the triangle when shrinking, as Pillow does.

    Returns:
        (h, w, C).
    """
    if interpolation == "nearest":
        return np.asarray(resize_mask(image, window, size))
    part = crop(image, window)
    weights = cubic_weights if interpolation == "bicubic" else triangle_weights
    columns = weights(window.width, size[1], antialias=antialias)
    rows = weights(window.height, size[0], antialias=antialias)
    across = weigh_rows(np.swapaxes(part, 0, 1), columns)
    result = weigh_rows(np.swapaxes(across, 0, 1), rows)
    return np.clip(result, 0.0, 1.0) if interpolation == "bicubic" else result


def paste(plane: AnyArray, size: tuple[int, int], top: int, left: int, fill: object) -> AnyArray:
    """Put (h, w) or (h, w, C) pixels onto a canvas of `size`, from a row and a column on that may be negative."""
    canvas = np.empty((*size, *plane.shape[2:]), dtype=plane.dtype)
    canvas[...] = fill
    rows = slice(max(top, 0), min(top + plane.shape[0], size[0]))
    columns = slice(max(left, 0), min(left + plane.shape[1], size[1]))
    canvas[rows, columns] = plane[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return canvas


_TIE = 2.0**-23
"""A minimum is a multiple of 2⁻²⁴, which may be above the number that the policy says: a tie with that meets it."""


@dataclass(frozen=True)
class Search:
    """Candidates of a crop that looks at boxes, each (40,), as shares; a minimum of 1 wants the whole image."""

    minimum: float
    width: FloatArray
    height: FloatArray
    top: FloatArray
    left: FloatArray
    ratio: tuple[float, float]

    def window(self, height: int, width: int, boxes: FloatArray) -> Window:
        """Return the first candidate that meets the minimum with one of the boxes (N, 4), else the whole canvas."""
        for i in range(len(self.width) if self.minimum < 1.0 else 0):
            w, h = (max(1, half_up(share * side)) for share, side in ((self.width[i], width), (self.height[i], height)))
            top, left = math.floor(self.top[i] * (height - h + 1)), math.floor(self.left[i] * (width - w + 1))
            if self.ratio[0] <= w / h <= self.ratio[1]:
                for box in boxes:
                    centre = (box[:2] + box[2:]) / 2
                    inside = left < centre[0] < left + w and top < centre[1] < top + h
                    if inside and _overlap(box, left, top, w, h) >= self.minimum - _TIE:
                        return Window(top, left, h, w)
        return Window(0, 0, height, width)


def _overlap(box: FloatArray, left: int, top: int, w: int, h: int) -> float:
    """Return intersection over union of a box and a window."""
    across = max(0.0, min(box[2], left + w) - max(box[0], left))
    down = max(0.0, min(box[3], top + h) - max(box[1], top))
    common = across * down
    return float(common / ((box[2] - box[0]) * (box[3] - box[1]) + w * h - common))


def resize_mask(mask: AnyArray, window: Window, size: tuple[int, int]) -> AnyArray:
    """Resize a window of (H, W) or (H, W, C) by the half-pixel nearest rule, dtype kept (T2)."""
    part = crop(mask, window)
    return np.array(part[nearest_index(window.height, size[0])][:, nearest_index(window.width, size[1])])


def crop(plane: AnyArray, window: Window) -> AnyArray:
    """Return a copy of a window of (H, W) or (H, W, C)."""
    rows = slice(window.top, window.top + window.height)
    columns = slice(window.left, window.left + window.width)
    return np.array(plane[rows, columns])


def move_points(points: FloatArray, window: Window, size: tuple[int, int]) -> FloatArray:
    """Move points (M, 2), continuous x and y, from the canvas to a window resized to `size` (h, w)."""
    origin = np.array([window.left, window.top])
    enlargement = np.array([size[1] / window.width, size[0] / window.height])
    return np.asarray((points - origin) * enlargement)


def resized_size(
    height: int,
    width: int,
    *,
    size: object = None,
    short_side: int | None = None,
    long_side: int | None = None,
) -> tuple[int, int]:
    """Return (h, w) after `resize`: as given, or each side = floor(side·target/reference + 1/2), at least 1.

    The reference is the side of the canvas that becomes `short_side` or `long_side`.
    """
    if isinstance(size, (list, tuple)):
        return int(size[0]), int(size[1])
    if short_side is not None:
        reference, target = min(height, width), short_side
    elif long_side is not None:
        reference, target = max(height, width), long_side
    else:
        raise ValueError("resize needs one of size, short_side, long_side")
    new_height, new_width = ((2 * side * target + reference) // (2 * reference) for side in (height, width))
    return max(1, new_height), max(1, new_width)


def centred_window(height: int, width: int, size: tuple[int, int]) -> Window:
    """Return the window of `center_crop`: offset floor((H - h)/2).

    Raises:
        ValueError: If the window is larger than the canvas.
    """
    if size[0] > height or size[1] > width:
        raise ValueError(f"a crop of {size} does not fit into {(height, width)}")
    return Window((height - size[0]) // 2, (width - size[1]) // 2, size[0], size[1])


def first_fitting(
    height: int,
    width: int,
    *,
    area: FloatArray,
    ratio: FloatArray,
    top: float,
    left: float,
    nudge: tuple[float, float] = (0.0, 0.0),
) -> Window | None:
    """Return the first candidate w = sqrt(A·r), h = sqrt(A/r), rounded half-up, that fits, at a place; or None.

    Arguments are those of `random_window`.
    """
    missed = max(height, width) / 16  # roots of ratios are rounded to 2⁻¹⁶, which counts for more in longer sides
    for share, r in zip(area, ratio, strict=True):
        w = half_up(math.sqrt(share * height * width * r) + nudge[0] * missed)
        h = half_up(math.sqrt(share * height * width / r) + nudge[1] * missed)
        if 0 < w <= width and 0 < h <= height:
            return Window(math.floor(top * (height - h + 1)), math.floor(left * (width - w + 1)), h, w)
    return None


def random_window(
    height: int,
    width: int,
    *,
    area: FloatArray,
    ratio: FloatArray,
    top: float,
    left: float,
    ratio_range: tuple[float, float],
    nudge: tuple[float, float] = (0.0, 0.0),
) -> Window:
    """Return the window of `random_resized_crop`.

    Candidates w = sqrt(A·r), h = sqrt(A/r), rounded half-up; the first that fits counts; else the central
    crop clipped to the ratio range.

    Args:
        height: Height of the canvas.
        width: Width of the canvas.
        area: (10,) share of the canvas's area.
        ratio: (10,) width over height.
        top: In [0, 1): the row offset is floor(top·(H - h + 1)).
        left: In [0, 1), likewise for columns.
        ratio_range: The support of the ratio.
        nudge: By how much sides (w, h) miss their ideal length before they are rounded, in pixels on 16 of them.
    """
    fitting = first_fitting(height, width, area=area, ratio=ratio, top=top, left=left, nudge=nudge)
    if fitting is not None:
        return fitting
    h, w = height, width
    if width / height < ratio_range[0]:
        h = half_up(width / ratio_range[0])
    elif width / height > ratio_range[1]:
        w = half_up(height * ratio_range[1])
    return centred_window(height, width, (max(1, h), max(1, w)))
