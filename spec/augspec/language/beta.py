"""The regularised incomplete beta function and its inverse, in float64 NumPy.

The continued fraction is DLMF 8.17.22 evaluated by the modified Lentz method; the inverse is bisection on it,
so that it is monotone by construction. SciPy would do, but the default installation has only NumPy.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

__all__ = ["beta_cdf", "beta_quantile"]

Floats = npt.NDArray[np.float64]


def beta_cdf(x: Floats, a: float, b: float) -> Floats:
    """Return I_x(a, b) for x of any shape; values outside [0, 1] are clipped."""
    x = np.asarray(np.clip(x, 0.0, 1.0))
    # The fraction converges fast below the mean; above it, use the symmetry I_x(a, b) = 1 − I_{1−x}(b, a).
    flip = x > (a + 1) / (a + b + 2)
    found = np.empty_like(x)
    found[~flip] = _fraction(x[~flip], a, b)
    found[flip] = 1.0 - _fraction(1.0 - x[flip], b, a)
    return found


def beta_quantile(u: Floats, a: float, b: float) -> Floats:
    """Return x with I_x(a, b) = u, by 80 bisections in x (in 1 − x for the upper half, to keep precision)."""
    upper = u > beta_cdf(np.asarray(0.5), a, b)
    found = np.empty_like(u)
    found[~upper] = _bisect(u[~upper], a, b)
    found[upper] = 1.0 - _bisect(1.0 - u[upper], b, a)
    return found


def _bisect(u: Floats, a: float, b: float) -> Floats:
    low, high = np.zeros_like(u), np.full_like(u, 0.5)
    for _ in range(80):
        middle = (low + high) / 2
        below = beta_cdf(middle, a, b) < u
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(u <= 0.0, 0.0, (low + high) / 2)


def _fraction(x: Floats, a: float, b: float) -> Floats:
    tiny = 1e-300
    safe = np.clip(x, 1e-300, 1.0)
    log_front = a * np.log(safe) + b * np.log1p(-np.minimum(safe, 1 - 1e-16))
    front = np.exp(log_front + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)) / a
    c = np.ones_like(x)
    d = 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
    h = d
    for m in range(1, 200):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + numerator * d
            d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
            c = 1.0 + numerator / c
            c = np.where(np.abs(c) < tiny, tiny, c)
            h = h * d * c
        if np.all(np.abs(c * d - 1.0) < 1e-15):  # the factors only come closer to one from here on
            break
    return np.where(x <= 0.0, 0.0, front * h)
