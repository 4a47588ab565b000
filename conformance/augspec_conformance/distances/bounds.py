"""How much each habit of a library may add to a distance, in levels; a pair's bound is the sum of its habits."""

from __future__ import annotations

import numpy as np

__all__ = [
    "FLOAT32",
    "GREY_2989",
    "GREY_SHIFT",
    "HUE32",
    "OVERSHOOT",
    "POSITION32",
    "POWER32",
    "ROUNDED",
    "TRUNCATED",
    "WEIGHTS10",
    "WEIGHTS11",
    "WEIGHTS16",
    "WEIGHTS32",
    "blur_weights_of_8_bits",
]

ROUNDED = 0.5
"""The result is rounded to whole levels, once: nobody can do better with uint8."""

TRUNCATED = 1.0 + 1e-9
"""The result is cut off to whole levels instead; float64 may have it a little below the whole one that it is."""

FLOAT32 = 255 * 8 * 2.0**-24
"""Pixels in float32: some eight roundings of numbers up to 1."""

HUE32 = 6 * FLOAT32
"""Through HSV and back in float32: hue counts six sextants, so that its roundings weigh six times."""

POWER32 = 4 * FLOAT32
"""A power in float32: of numbers near 0 or 1, with an exponent of at most 2."""

WEIGHTS32 = 255 * 64 * 2.0**-24
"""Weights in float32, up to some sixty of them in a sum."""

POSITION32 = 255 * 2 * 160 * 3 * 2.0**-24
"""Positions in float32: three roundings of numbers up to 160 pixels, on two axes, times the steepest slope."""

WEIGHTS10 = 3 * 255 * 2.0**-11
"""Three weights of 10 bits after the point."""

WEIGHTS11 = 2 * 255 * 2.0**-12 + 2 * 0.25
"""Two weights of 11 bits that sum to 1, on two axes, and two sums that are cut off to quarters of a level."""

WEIGHTS16 = 2 * 255 * 6 * 2.0**-15
"""Six weights on each axis in 16 bits with a sign, of which one holds the largest of them."""

OVERSHOOT = 255 * (3 / 32) * (1 + 2 * 3 / 32)
"""Bicubic, clamped after the first axis: there it overshoots by up to 3/32 of the range (a quarter of a pixel off its
centres, Keys' negative weights add up to that), and the second axis multiplies by as much again."""

GREY_2989 = 255 * 0.0001
"""Grey with 0.2989 for the weight of red instead of 0.299."""

GREY_SHIFT = 255 * 1.5 * 2.0**-14
"""Weights of grey as multiples of 2⁻¹⁴ or finer."""


def blur_weights_of_8_bits(sigma: float, radius: int) -> float:
    """Return what Gaussian weights in multiples of 1/256 that sum to 1 may add on two axes, for pixels of 0 to 255.

    Pixels less 127.5 are at most 127.5 in magnitude, and a sum of weights of 1 moves both alike. The weights of a side
    may miss by half a step each; the centre by what all others miss together.
    """
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    weights /= weights.sum()
    off = np.abs(np.floor(weights * 256 + 0.5) / 256 - weights)
    off[radius] = max(off[radius], off.sum() - off[radius])
    return float(2 * 127.5 * off.sum())
