"""Gradients held against differences of the function itself, along random directions.

A gradient that is right gives, along any direction, the slope of the function. Pixels are piecewise linear, so that a
central difference over `STEP` is the slope itself but for float32 rounding and for the few pixels within a step of a
clamp. A direction is -1 or 1 in every pixel, and the result is summed with random weights: a plain sum would not see
pixels that change places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["DIRECTIONS", "SHARE", "STEP", "slope_error", "weights_for"]

STEP = 2.0**-9
"""Half a step of the difference, for a range of width 1: far above float32's rounding, far below a level."""

DIRECTIONS = 6
"""How many directions are tried."""

SHARE = 0.02
"""How far slopes may be apart, as a share of the gradient's length: root mean square over all directions."""

Array = npt.NDArray[Any]


def weights_for(shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float32]:
    """Return the weights with which a result of a shape is summed, from 0.5 to 1.5."""
    return np.random.Generator(np.random.Philox(key=[seed, 20])).uniform(0.5, 1.5, shape).astype(np.float32)


def slope_error(
    function: Callable[[Array], Array], image: Array, gradient: Array, weights: Array, *, seed: int
) -> float:
    """Return how far a gradient is from the differences of its function, as a share of its length.

    Args:
        function: from an image (B, H, W, C), float32, to a result.
        image: where.
        gradient: of the weighted sum of the result by the image; the image's shape.
        weights: of the result's shape.
        seed: of the directions.

    Returns:
        The root mean square, over the directions, of slope minus gradient times direction, over the larger of the
        gradient's own length and the slopes' root mean square; 0 where both are zero.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, 21]))
    errors, slopes = [], []
    for _ in range(DIRECTIONS):
        direction = rng.choice([-1.0, 1.0], image.shape)
        ends = [image + np.float32(sign * STEP) * direction.astype(np.float32) for sign in (1, -1)]
        high, low = (np.sum(function(end).astype(np.float64) * weights) for end in ends)
        # What was added in float32, not what should have been.
        taken = float(np.mean(np.abs(ends[0].astype(np.float64) - ends[1])))
        slopes.append((high - low) / taken)
        errors.append(slopes[-1] - float(np.sum(gradient.astype(np.float64) * direction)))
    length = max(float(np.linalg.norm(gradient.astype(np.float64))), float(np.sqrt(np.mean(np.square(slopes)))))
    return float(np.sqrt(np.mean(np.square(errors)))) / length if length else 0.0
