"""Positions of homographies: the integers decide, whatever a device's floats guess."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.generic.projective import projective
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.oracle.remap import CORNERS, homography

XP = NumpyNamespace()


class Guessing(NumpyNamespace):
    """Floats are off by up to so many units in the last place wherever an integer becomes one."""

    def __init__(self, units: int) -> None:
        self.units, self.random = units, np.random.default_rng(units)

    def astype(self, x: np.ndarray, dtype: str) -> np.ndarray:
        made = super().astype(x, dtype)
        if dtype != "float32":
            return made
        return made * (1 + self.random.integers(-self.units, self.units + 1, made.shape) * np.float32(2.0**-23))


def insets(count: int, seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    ends = random.integers(0, 2, (count, 8)) * 2048
    return np.where(random.random((count, 8)) < 0.5, ends, random.integers(0, 2049, (count, 8))).astype(np.int32)


def rows(height: int, width: int, count: int = 40) -> np.ndarray:
    drawn = insets(count)
    found, _ = Arithmetic(XP).homography(drawn[:, :4], drawn[:, 4:], height, width)
    return np.asarray(found)


@pytest.mark.parametrize("units", [2, 16, 64])
def test_positions_do_not_depend_on_how_floats_round(units: int) -> None:
    for height, width in ((24, 37), (1, 8192), (8192, 3)):
        limbs = rows(height, width, 8)
        for one, other in zip(
            projective(XP, limbs, height, width), projective(Guessing(units), limbs, height, width), strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_positions_are_the_quotients_rounded_half_up() -> None:
    height, width = 7, 8191
    limbs = rows(height, width)
    found = projective(XP, limbs, height, width)
    random = np.random.default_rng(5)
    for b, i, j in zip(
        random.integers(0, 40, 300), random.integers(0, 7, 300), random.integers(0, 8191, 300), strict=True
    ):
        x, y = 2 * int(j) + 1 - width, 2 * int(i) + 1 - height
        n = []
        for xw, xr, yw, yr, c in limbs[b].reshape(3, 5).tolist():
            n.append(xw * x + yw * y + c + ((xr * x + yr * y + 2048) >> 12))
            assert -(2**31) <= n[-1] < 2**31
        d = max(n[2], int(limbs[b, 14]) >> 2)
        for value, side, axis in ((n[0], width, 0), (n[1], height, 1)):
            expected = Fraction(value * side * 4096, d) + Fraction(1, 2)
            assert int(found[axis][b, i, j]) == expected.__floor__() + ((side - 1) << 12)


@pytest.mark.parametrize(("height", "width"), [(37, 50), (1000, 1500), (8192, 13)])
def test_positions_are_near_the_ideal(height: int, width: int) -> None:
    # The last rounding, and what the entries' own add, with the side.
    bound = 2**-14 + max(height, width) * 2**-23
    drawn = insets(12)
    limbs, _ = Arithmetic(XP).homography(drawn[:, :4], drawn[:, 4:], height, width)
    sx, sy = projective(XP, limbs, height, width)
    for b, (x, y) in enumerate(drawn.reshape(-1, 2, 4) / 4096):
        back = np.linalg.inv(homography(CORNERS * (1 - np.stack([x, y], -1))))
        u, v = np.meshgrid((np.arange(width) * 2 + 1) / width - 1, (np.arange(height) * 2 + 1) / height - 1)
        a, c, d = np.einsum("ij,jhw->ihw", back, np.stack([u, v, np.ones_like(u)]))
        seen = (np.abs(a) < d) & (np.abs(c) < d)
        assert seen.any()
        away_x = np.abs((a / d + 1) * width / 2 - 0.5 - sx[b] / 8192)
        away_y = np.abs((c / d + 1) * height / 2 - 0.5 - sy[b] / 8192)
        assert max(away_x[seen].max(), away_y[seen].max()) < bound


def test_corners_that_stay_leave_all_pixels_in_place() -> None:
    none = np.zeros((1, 4), np.int32)
    for height, width in ((1, 1), (7, 5), (480, 641)):
        limbs, _ = Arithmetic(XP).homography(none, none, height, width)
        sx, sy = projective(XP, limbs, height, width)
        assert np.abs(sx - np.arange(width) * 8192).max() <= 1
        assert np.abs(sy - np.arange(height)[:, None] * 8192).max() <= 1
