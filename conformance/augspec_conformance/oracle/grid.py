"""The pixel plane: coordinates (C5), borders (C7) and interpolation (C8)."""

from __future__ import annotations

import numpy as np

from augspec_conformance.oracle.arrays import AnyArray, BoolArray, FloatArray, IndexArray


def pixel_centres(height: int, width: int) -> tuple[FloatArray, FloatArray]:
    """Return the continuous coordinates of all pixel centres (C5): pixel (i, j) has (j + 1/2, i + 1/2).

    Returns:
        x and y, each (height, width), from 1/2 to the side less 1/2.
    """
    y, x = np.meshgrid(np.arange(height) + 0.5, np.arange(width) + 0.5, indexing="ij")
    return x, y


def border_index(index: IndexArray, side: int, border: str) -> tuple[IndexArray, BoolArray]:
    """Bring indices back onto a line of pixels (C7).

    Args:
        index: Any integers, any shape.
        side: Number of pixels of the line, at least 1.
        border: `constant`, `edge`, `mirror` (dcb|abcd|cba), `symmetric` (cba|abc|cba) or `wrap`.

    Returns:
        Indices in [0, side), and where the pixel's own value counts: false only outside under `constant`.
    """
    known = np.ones(index.shape, dtype=np.bool_)
    if border == "constant":
        return np.clip(index, 0, side - 1), (index >= 0) & (index < side)
    if border == "edge" or side == 1:
        return np.clip(index, 0, side - 1), known
    if border == "wrap":
        return np.mod(index, side), known
    if border == "symmetric":
        folded = np.mod(index, 2 * side)
        return np.minimum(folded, 2 * side - 1 - folded), known
    if border == "mirror":
        folded = np.mod(index, 2 * side - 2)
        return np.minimum(folded, 2 * side - 2 - folded), known
    raise ValueError(f"unknown border {border!r}")


def cubic_kernel(distance: FloatArray) -> FloatArray:
    """Evaluate Keys' cubic with a = -1/2 (C8) at distances in pixels.

    Source: R. Keys, "Cubic convolution interpolation for digital image processing", 1981, equation 4.
    """
    d = np.abs(distance)
    near = 1.5 * d**3 - 2.5 * d**2 + 1.0
    far = -0.5 * d**3 + 2.5 * d**2 - 4.0 * d + 2.0
    return np.where(d <= 1.0, near, np.where(d < 2.0, far, 0.0))


def taps(position: FloatArray, interpolation: str) -> list[tuple[IndexArray, FloatArray]]:
    """Return the pixels, with weights, from which one axis of an interpolated value is made (C8).

    Args:
        position: Continuous coordinates along the axis, any shape.
        interpolation: `nearest`, `bilinear` or `bicubic`.

    Returns:
        One (index, weight) pair for each tap, in the shape of `position`; the weights of a position sum to 1.
    """
    if interpolation == "nearest":
        # The pixel that covers the position. Float64 leaves errors near 1e-13 px on positions; one that
        # should be a whole number must not fall to the pixel below on their account.
        return [(np.floor(np.round(position, 9)).astype(np.int64), np.ones_like(position))]
    index = position - 0.5
    base = np.floor(index).astype(np.int64)
    fraction = index - base
    if interpolation == "bilinear":
        return [(base, 1.0 - fraction), (base + 1, fraction)]
    if interpolation == "bicubic":
        return [(base + k, cubic_kernel(fraction - k)) for k in (-1, 0, 1, 2)]
    raise ValueError(f"unknown interpolation {interpolation!r}")


def interpolate(
    plane: FloatArray, x: FloatArray, y: FloatArray, *, interpolation: str, border: str, fill: FloatArray
) -> FloatArray:
    """Look a picture up at continuous positions.

    Outside under `constant`, each single tap is replaced by the fill, so that values fade into it over one
    pixel (C7). A tap of weight zero is not part of the footprint (C13).

    Args:
        plane: (H, W, C).
        x: (h, w) continuous positions.
        y: (h, w) continuous positions.
        interpolation: `nearest`, `bilinear` or `bicubic`.
        border: As in `border_index`.
        fill: (C,).

    Returns:
        (h, w, C).
    """
    height, width, _ = plane.shape
    total = np.zeros((*x.shape, plane.shape[2]))
    for row, row_weight in taps(y, interpolation):
        row_index, row_known = border_index(row, height, border)
        for column, column_weight in taps(x, interpolation):
            column_index, column_known = border_index(column, width, border)
            known = (row_known & column_known)[..., None]
            weight = (row_weight * column_weight)[..., None]
            value = np.where(known, plane[row_index, column_index], fill)
            total += np.multiply(weight, value, out=np.zeros_like(total), where=weight != 0.0)
    return total


def pick(plane: AnyArray, x: FloatArray, y: FloatArray, *, border: str, fill: object) -> AnyArray:
    """Look a mask up at continuous positions: the value of the covering pixel, dtype kept exactly (T2).

    Args:
        plane: (H, W) or (H, W, C), any dtype.
        x: (h, w) continuous positions.
        y: (h, w) continuous positions.
        border: As in `border_index`.
        fill: The value outside under `constant`.

    Returns:
        (h, w) or (h, w, C), in the dtype of `plane`.
    """
    ((row, _),) = taps(y, "nearest")
    ((column, _),) = taps(x, "nearest")
    row_index, row_known = border_index(row, plane.shape[0], border)
    column_index, column_known = border_index(column, plane.shape[1], border)
    picked = np.array(plane[row_index, column_index])
    picked[~(row_known & column_known)] = fill
    return picked
