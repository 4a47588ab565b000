"""The matrices of the warp ops (C6).

All are 3x3, map input to output (forward), act on columns (x, y, 1) in pixels with x to the right and y down,
relative to the image centre. An op's function takes the canvas (height, width) first and then the op's
fields.
"""

from __future__ import annotations

import math

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray

Canvas = tuple[int, int]

IDENTITY: FloatArray = np.eye(3)


def cosine_sine(degrees: float) -> tuple[float, float]:
    """Return cosine and sine, exact at multiples of 90 degrees (E4)."""
    quarters, rest = divmod(degrees % 360.0, 90.0)
    c, s = math.cos(math.radians(rest)), math.sin(math.radians(rest))
    for _ in range(int(quarters)):
        c, s = -s, c
    return c, s


def horizontal_flip(_canvas: Canvas) -> FloatArray:
    """Mirror left and right."""
    return np.diag([-1.0, 1.0, 1.0])


def vertical_flip(_canvas: Canvas) -> FloatArray:
    """Mirror top and bottom."""
    return np.diag([1.0, -1.0, 1.0])


def rotate(_canvas: Canvas, degrees: float) -> FloatArray:
    """Turn counter-clockwise for the viewer: as y points down, the matrix is [c s; -s c] (C6)."""
    c, s = cosine_sine(degrees)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def translate(canvas: Canvas, x: float, y: float) -> FloatArray:
    """Move right by `x` of the width and down by `y` of the height (C6)."""
    height, width = canvas
    return np.array([[1.0, 0.0, x * width], [0.0, 1.0, y * height], [0.0, 0.0, 1.0]])


def scale(_canvas: Canvas, factor: float | None = None, x: float | None = None, y: float | None = None) -> FloatArray:
    """Enlarge about the centre by one factor, or by one for each axis; above 1 makes things bigger (C6)."""
    both = 1.0 if factor is None else factor
    return np.diag([both if x is None else x, both if y is None else y, 1.0])


def shear(_canvas: Canvas, x: float, y: float) -> FloatArray:
    """Slant by the tangents `x` and `y` about the centre, x after y: Shx·Shy (C6)."""
    along_x = np.array([[1.0, x, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    along_y = np.array([[1.0, 0.0, 0.0], [y, 1.0, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(along_x @ along_y)


def affine(
    canvas: Canvas,
    degrees: float,
    translate_x: float,
    translate_y: float,
    scale_factor: float,
    shear_x: float,
    shear_y: float,
) -> FloatArray:
    """Scale, then shear, then rotate, then translate: T·R·Sh·S."""
    factors = (
        translate(canvas, translate_x, translate_y),
        rotate(canvas, degrees),
        shear(canvas, shear_x, shear_y),
        scale(canvas, scale_factor),
    )
    return np.asarray(np.linalg.multi_dot(factors))


def move_points(points: FloatArray, matrix: FloatArray, canvas: Canvas) -> FloatArray:
    """Move points of the plane by a forward matrix about the centre of the canvas.

    Args:
        points: (M, 2), continuous x and y in pixels (C5).
        matrix: (3, 3), affine.
        canvas: (height, width).

    Returns:
        (M, 2).
    """
    centre = np.array([canvas[1] / 2.0, canvas[0] / 2.0])
    return np.asarray((points - centre) @ matrix[:2, :2].T + matrix[:2, 2] + centre)
