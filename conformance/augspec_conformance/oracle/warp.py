"""Resampling a picture or a mask through one transform of the plane (C8, C10)."""

from __future__ import annotations

import numpy as np

from augspec_conformance.oracle import grid
from augspec_conformance.oracle.arrays import AnyArray, FloatArray


def source_positions(matrix: FloatArray, height: int, width: int) -> tuple[FloatArray, FloatArray]:
    """Return where each output pixel's centre comes from.

    Args:
        matrix: (3, 3), forward, relative to the centre.
        height: Height of the canvas, the same before and after.
        width: Width of the canvas.

    Returns:
        Continuous x and y in the source, each (height, width).
    """
    x, y = grid.pixel_centres(height, width)
    x, y = x - width / 2.0, y - height / 2.0
    back = np.linalg.inv(matrix)
    source_x = back[0, 0] * x + back[0, 1] * y + back[0, 2] + width / 2.0
    source_y = back[1, 0] * x + back[1, 1] * y + back[1, 2] + height / 2.0
    return source_x, source_y


def warp_image(
    image: FloatArray,
    matrix: FloatArray,
    *,
    interpolation: str,
    border: str,
    fill: object,
    nudge: tuple[float, float] = (0.0, 0.0),
) -> FloatArray:
    """Warp an image of unit range, once.

    Args:
        image: (H, W, C).
        matrix: (3, 3), forward, relative to the centre.
        interpolation: `nearest`, `bilinear` or `bicubic`; what bicubic overshoots is clamped
            (C3).
        border: As in `grid.border_index`.
        fill: A number or one for each channel, unit range; used by `constant`.
        nudge: Added to the positions (x, y) of `nearest`, in pixels.

    Returns:
        (H, W, C).
    """
    height, width, channels = image.shape
    x, y = source_positions(matrix, height, width)
    if interpolation == "nearest":
        x, y = x + nudge[0], y + nudge[1]
    colour = np.broadcast_to(np.asarray(fill, dtype=np.float64), (channels,))
    warped = grid.interpolate(image, x, y, interpolation=interpolation, border=border, fill=colour)
    return np.clip(warped, 0.0, 1.0) if interpolation == "bicubic" else warped


def warp_mask(
    mask: AnyArray, matrix: FloatArray, *, border: str, fill: object, nudge: tuple[float, float] = (0.0, 0.0)
) -> AnyArray:
    """Warp a mask by the same transform: nearest always, `fill` outside under `constant` (C8, T2).

    Args:
        mask: (H, W) or (H, W, C), any dtype.
        matrix: (3, 3), forward, relative to the centre.
        border: The border of the image's warp.
        fill: `targets.mask.fill`.
        nudge: Added to the positions (x, y), in pixels.

    Returns:
        The shape and dtype of `mask`.
    """
    x, y = source_positions(matrix, mask.shape[0], mask.shape[1])
    return grid.pick(mask, x + nudge[0], y + nudge[1], border=border, fill=fill)


def reverse(plane: AnyArray, matrix: FloatArray) -> AnyArray:
    """Carry out a product of flips as the exact move it is (C11).

    Args:
        plane: (H, W) or (H, W, C), any dtype.
        matrix: A diagonal of -1 (reversed axis) and 1.

    Returns:
        A new array of the same shape and dtype.
    """
    columns = slice(None, None, -1) if matrix[0, 0] < 0.0 else slice(None)
    rows = slice(None, None, -1) if matrix[1, 1] < 0.0 else slice(None)
    return np.array(plane[rows, columns])
