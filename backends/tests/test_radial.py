"""Maps along rays: sources near the ideal on every size, and points that come back."""

from __future__ import annotations

import json

import numpy as np
import pytest

import augspec
from augspec_backends.generic.radial import radial, unbend
from augspec_backends.numpy.namespace import NumpyNamespace

XP = NumpyNamespace()
K = np.floor(np.array([[0.0, 0.0], [1.0, 1.0], [-0.25, 0.0], [0.0, -0.15], [-0.2, 0.7]]) * 2**24 + 0.5).astype(np.int32)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (37, 50), (480, 640), (8192, 11), (9, 8192)])
def test_sources_are_near_the_ideal(height: int, width: int) -> None:
    sx, sy = radial(XP, K, height, width)
    x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    t = (x**2 + y**2) / ((width / 2) ** 2 + (height / 2) ** 2)
    bound = 2**-14 + max(height, width) * 2**-23
    for b, (k1, k2) in enumerate(K / 2**24):
        factor = 1 + k1 * t + k2 * t**2
        assert np.abs(sx[b] / 8192 - (x * factor + width / 2 - 0.5)).max() < bound
        assert np.abs(sy[b] / 8192 - (y * factor + height / 2 - 0.5)).max() < bound
    assert (sx[0] == np.arange(width) * 8192).all()
    assert (sy[0] == np.arange(height)[:, None] * 8192).all()


def test_points_come_back() -> None:
    height, width = 300, 400  # 250 to each corner
    random = np.random.default_rng(2)
    x, y = random.uniform(0, width, (5, 5000)), random.uniform(0, height, (5, 5000))
    t = ((x - 200) ** 2 + (y - 150) ** 2) / 250**2
    factor = 1 + K[:, :1] / 2**24 * t + K[:, 1:] / 2**24 * t**2
    sx, sy = (x - 200) * factor + 200, (y - 150) * factor + 150
    back = unbend(XP, sx.astype(np.float32), sy.astype(np.float32), K, height, width)
    assert back[0].dtype == np.float32
    for one, other in zip(back, (x, y), strict=True):
        assert np.abs(one - other).max() < 250 * 2**-20


def test_points_beyond_the_corners_follow_the_tangent() -> None:
    """The map goes on straight where the picture ends, with the slope that it has there, and so does its inverse."""
    height, width, corner = 300, 400, 250.0
    radius = np.array([1.0, 1.01, 1.3, 2.0, 6.0])
    for k1, k2 in K / 2**24:
        end, slope = 1 + k1 + k2, 1 + 3 * k1 + 5 * k2
        shown = end + slope * (radius - 1)
        x, y = 200 + 0.8 * corner * shown, 150 + 0.6 * corner * shown
        back = unbend(
            XP,
            x[None].astype(np.float32),
            y[None].astype(np.float32),
            np.floor(np.array([[k1, k2]]) * 2**24 + 0.5).astype(np.int32),
            height,
            width,
        )
        np.testing.assert_allclose(back[0][0], 200 + 0.8 * corner * radius, rtol=1e-5)
        np.testing.assert_allclose(back[1][0], 150 + 0.6 * corner * radius, rtol=1e-5)


@pytest.mark.parametrize(
    ("fields", "good"),
    [
        ({"k1": -0.25}, True),
        ({"k1": -0.2, "k2": -0.1}, False),
        ({"k1": {"uniform": [-0.1, 1]}, "k2": {"uniform": [-0.12, 0]}}, False),
        ({"k1": -0.25, "k2": 0.2}, True),
        ({"k1": 0.4, "k2": -0.25}, True),
        ({"k1": -0.3}, False),
    ],
)
def test_what_would_fold_is_refused(fields: dict, good: bool) -> None:
    document = json.dumps({"augspec": 1, "ops": [{"op": "lens", **fields}]})
    if good:
        augspec.loads(document)
        return
    with pytest.raises(augspec.PolicyError, match=r"`k1` and `k2` whose lowest values|numbers from -0.25"):
        augspec.loads(document)
