"""Fields of displacement: exact for the worst noise, as wide as declared, and points that come back."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import augspec
from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.generic.displacement import displaced, rough, undisplaced
from augspec_backends.numpy.namespace import NumpyNamespace

XP = NumpyNamespace()
DEVIATION = math.sqrt((2**32 - 1) / 12)
SIGMAS = (1.0, 1.5, 2.5, 4.0, 7.0, 15.0)


def _prepared(sigmas: tuple[float, ...], ratio: float = 0.4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sigma = np.array(sigmas)
    alpha = np.floor(sigma * ratio * 4096).astype(np.int32)
    weights = Arithmetic(XP).gaussian((sigma * 256).astype(np.int32), math.ceil(3 * max(sigmas)))
    return weights, Arithmetic(XP).displacement_gain(weights, alpha), alpha / 4096


def _words(random: np.random.Generator, height: int, width: int) -> np.ndarray:
    return random.integers(-(2**31), 2**31, (len(SIGMAS), height, width, 1)).astype(np.int32)


def _ideal(words: np.ndarray, weights: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the field in pixels, by convolution of a mirrored picture in float64."""
    noise = np.stack([words[..., 0] >> 16, (words[..., 0] << 16) >> 16], -1).astype(np.float64)
    radius = weights.shape[1] - 1
    kernel = np.concatenate([weights[:, :0:-1], weights], 1) / 2**15
    for axis in (1, 2):
        side = noise.shape[axis]
        period = np.concatenate([np.arange(side), np.arange(side - 2, 0, -1)])
        index = period[np.arange(-radius, side + radius) % len(period)]
        wide = np.take(noise, index, axis)
        noise = sum(
            kernel[:, j].reshape(-1, 1, 1, 1) * np.take(wide, np.arange(j, j + side), axis)
            for j in range(2 * radius + 1)
        )
    scale = alpha / (DEVIATION * (kernel**2).sum(1))
    return noise * scale.reshape(-1, 1, 1, 1)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (12, 2), (31, 40)])
def test_fields_are_near_the_ideal_whatever_the_noise(height: int, width: int) -> None:
    weights, gain, alpha = _prepared(SIGMAS)
    least, most = np.int32(-(2**31) + 2**15), np.int32(2**31 - 1 - 2**15)  # halves of −2¹⁵ both, and of 2¹⁵ − 1
    every = np.zeros((len(SIGMAS), height, width, 1), np.int32)
    for words in (every + least, every + most, _words(np.random.default_rng(1), height, width)):
        field = rough(XP, words, weights, gain)
        assert field.dtype == np.int32
        ideal = _ideal(words, weights, alpha)
        # Rounding is 1e-5 pixel of what occurs; noise that is all one number moves places by hundreds of pixels.
        assert (np.abs(field / 2**20 - ideal) < 1e-5 + 3e-7 * np.abs(ideal)).all()
        columns, rows = displaced(XP, field)
        own = np.stack(np.broadcast_arrays(np.arange(width), np.arange(height)[:, None]), -1)
        source = np.stack([columns, rows], -1) / 8192
        assert np.abs(source - own - field / 2**20).max() <= 2**-14


def test_without_a_deviation_nothing_moves() -> None:
    weights, gain, _ = _prepared(SIGMAS, 0.0)
    assert (rough(XP, _words(np.random.default_rng(2), 9, 8), weights, gain) == 0).all()


def test_the_deviation_is_alpha_away_from_borders() -> None:
    weights, gain, alpha = _prepared((1.0, 2.0, 3.0))
    words = np.random.default_rng(3).integers(-(2**31), 2**31, (3, 400, 400, 1)).astype(np.int32)
    inner = rough(XP, words, weights, gain)[:, 9:-9, 9:-9] / 2**20
    assert np.abs(inner.std((1, 2)) / alpha[:, None] - 1).max() < 0.03
    assert np.abs(np.corrcoef(inner[0, ..., 0].ravel(), inner[0, ..., 1].ravel())[0, 1]) < 0.02


@pytest.mark.parametrize(("ratio", "share", "most"), [(0.1, 0.99, 5e-5), (0.25, 0.99, 1e-3), (0.4, 0.95, 0.03)])
def test_points_come_back(ratio: float, share: float, most: float) -> None:
    height, width = 300, 320
    random = np.random.default_rng(4)
    weights, gain, _ = _prepared((2.0, 5.0, 10.0), ratio)
    field = rough(XP, random.integers(-(2**31), 2**31, (3, height, width, 1)).astype(np.int32), weights, gain)
    # Points that pixels away from the border are read at must come back to these pixels' centres.
    j, i = (random.integers(40, side - 40, (3, 4000)) for side in (width, height))
    of = np.arange(3)[:, None]
    x, y = (np.stack([j, i], -1) + 0.5 + field[of, i, j] / 2**20).transpose(2, 0, 1)
    u, v = undisplaced(XP, x.astype(np.float32), y.astype(np.float32), field)
    assert u.dtype == v.dtype == np.float32
    away = np.maximum(np.abs(u - j - 0.5), np.abs(v - i - 0.5))
    assert (np.quantile(away, share, axis=1) < most).all()


def test_far_points_move_like_the_border() -> None:
    weights, gain, _ = _prepared((3.0,))
    field = rough(
        XP, np.random.default_rng(5).integers(-(2**31), 2**31, (1, 20, 30, 1)).astype(np.int32), weights, gain
    )
    x, y = np.array([[-50.0, 5e5]], np.float32), np.array([[-70.0, -3.0]], np.float32)
    u, v = undisplaced(XP, x, y, field)
    corner, other = field[0, 0, 0] / 2**20, field[0, 0, -1] / 2**20
    assert np.allclose([u[0, 0], v[0, 0]], [-50 - corner[0], -70 - corner[1]], atol=1e-4)
    assert np.allclose([u[0, 1], v[0, 1]], [5e5 - other[0], -3 - other[1]], atol=0.05)


@pytest.mark.parametrize(
    ("alpha", "sigma", "good"),
    [
        (0.4, 1.0, True),
        (6.0, 15.0, True),
        ({"uniform": [0.0, 1.0]}, {"uniform": [2.5, 9.0]}, True),
        ({"uniform": [0.0, 1.1]}, {"uniform": [2.5, 9.0]}, False),
        (0.0, 3.0, True),
        (2.0, 4.9, False),
    ],
)
def test_what_would_fold_is_refused(alpha: object, sigma: object, good: bool) -> None:
    document = json.dumps({"augspec": 1, "ops": [{"op": "elastic", "alpha": alpha, "sigma": sigma}]})
    if good:
        augspec.loads(document)
        return
    with pytest.raises(augspec.PolicyError, match=r"at most 0\.4 times the lowest of `sigma`"):
        augspec.loads(document)


def test_the_first_of_the_steps_in_turn_is_a_whole_one() -> None:
    """By hand: d rises from −1 to 1 between two centres; from 1.75 a whole step leads to 0.75, a half one to 1.5."""
    field = np.array([[[[-1, 0], [1, 0]]]], np.int32) << 20
    u, v = undisplaced(XP, np.array([[1.75]], np.float32), np.array([[0.5]], np.float32), field)
    assert (u.tolist(), v.tolist()) == ([[1.5]], [[0.5]])
