"""What the oracle lays over an image, against figures made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from augspec_conformance.oracle import veils
from augspec_conformance.oracle.by_hand import augmented, op, picture
from augspec_conformance.oracle.noise import words


def values(kind: str, **given: Any) -> dict[str, Any]:
    return {f"sample/{kind}#0/{name}": value for name, value in given.items()}


def shadow(image: np.ndarray, x: list[float], y: list[float], **fields: float) -> np.ndarray:
    """Return a shadow about the middle of the image, whose rectangle is the image itself."""
    dark = op("shadow", **{"darkness": 0.5, "size": 1.0, "softness": 0.0, **fields})
    return augmented(image, dark, values=values("shadow", left=0.5, top=0.5, x=x, y=y))


def test_a_rectangle_of_whole_pixels_is_dark_and_its_rim_lies_half_way() -> None:
    image = np.ones((10, 20, 2))
    dark = shadow(image, [0.25, 0.75, 0.75, 0.25, 0.5], [0.2, 0.2, 0.6, 0.6, 0.5])  # columns 5 to 14, rows 2 to 5
    np.testing.assert_allclose(dark[2:6, 5:15], 0.5)  # half a pixel inside of the line already
    dark[2:6, 5:15] = 1.0
    np.testing.assert_array_equal(dark, image)


def test_a_soft_edge_is_half_dark_on_the_line_and_falls_evenly() -> None:
    image = np.ones((16, 32, 1))
    dark = shadow(image, [0.5, 1.0, 1.0, 0.5, 0.75], [0.0, 0.0, 1.0, 1.0, 0.5], softness=0.5, darkness=1.0)
    expected = np.clip(1 - ((np.arange(32) + 0.5 - 16) / 8 + 0.5), 0, 1)  # the line is column 16, the edge 8 wide
    np.testing.assert_allclose(dark[8, :24, 0], expected[:24])


def test_the_order_of_the_points_means_nothing() -> None:
    image, rng = picture(12, 17), np.random.default_rng(3)
    x, y = rng.random((2, 5))
    expected = shadow(image, list(x), list(y))
    for _ in range(4):
        order = rng.permutation(5)
        np.testing.assert_array_equal(shadow(image, list(x[order]), list(y[order])), expected)


def test_even_fog_is_a_haze_and_patchy_fog_leaves_one_pixel_free() -> None:
    image, drawn = picture(9, 14), values("fog", noise=[5, -6, 7])
    even = augmented(image, op("fog", density=0.25, patchiness=0.0, roughness=0.5, grey=0.75), values=drawn)
    np.testing.assert_allclose(even, image + (0.75 - image) * 0.25)
    patchy = augmented(image, op("fog", density=1.0, patchiness=1.0, roughness=0.5, grey=0.75), values=drawn)
    assert ((patchy == image).all(2)).sum() == 1
    assert ((patchy == 0.75).all(2)).sum() == 1


def test_one_cloud_is_smooth_and_rough_ones_are_not() -> None:
    key = np.array([1, 2, 3], np.uint32)
    soft, rough = (veils.clouds((64, 96), roughness, key) for roughness in (0.0, 1.0))
    assert (soft.min(), soft.max(), rough.min(), rough.max()) == (0.0, 1.0, 0.0, 1.0)
    assert np.abs(np.diff(soft, axis=1)).max() < 0.06 < 0.2 < np.abs(np.diff(rough, axis=1)).max()
    np.testing.assert_array_equal(veils.clouds((1, 1), 0.5, key), [[1.0]])


def test_a_cloud_is_the_spline_of_its_corners() -> None:
    key = np.array([11, 12, 13], np.uint32)
    corners = (words(key[:2], 13, 20) >> np.uint32(8)).reshape(4, 5)
    # Pixels are half a cell wide, with centres at 0.25, 0.75, … cells: the nearest corners are 0, 1, 1 and 2, which
    # weigh ¾ − ¼², and beside them (½ ∓ ¼)² / 2.
    weights = np.array([[1, 22, 9, 0, 0], [0, 9, 22, 1, 0], [0, 1, 22, 9, 0], [0, 0, 9, 22, 1]]) / 32
    expected = weights[:2, :4] @ corners @ weights.T
    expected = (expected - expected.min()) / (expected.max() - expected.min())
    np.testing.assert_allclose(veils.clouds((2, 4), 0.0, key), expected, atol=1e-12)


def test_a_sun_glows_and_its_reflections_lie_on_the_line_through_the_centre() -> None:
    image = np.zeros((101, 201, 1))
    fields = {"x": 0.5, "y": 0.0, "size": 70 / 101, "grey": 1.0}
    glow = augmented(image, op("sun_flare", strength=0.5, ghosts=0.0, **fields))[..., 0]
    distance = np.hypot(np.arange(101)[:, None] + 0.5, np.arange(201)[None, :] - 100)  # the sun is on the upper border
    np.testing.assert_allclose(glow, 0.5 * np.clip(1 - (distance / 70) ** 2, 0, 1) ** 2, atol=1e-4)
    ghosts = augmented(image, op("sun_flare", strength=0.0, ghosts=0.25, **fields))[..., 0]
    assert set(np.round(ghosts[50 + np.array([-25, -13, 12, 25, 38]), 100], 6)) == {0.25}
    assert ghosts[:, 100 - 15].max() == 0.0 < ghosts[:, 100 - 13].max()  # the largest has a radius of 70 / 5
    np.testing.assert_allclose(ghosts, ghosts[:, ::-1])


@pytest.mark.parametrize("x", [[0.5] * 5, [0.0, 0.25, 0.5, 0.75, 1.0]])
def test_points_on_one_line_have_no_shadow(x: list[float]) -> None:
    image = picture(8, 16)
    np.testing.assert_array_equal(shadow(image, x, x), image)


def test_a_hull_leaves_out_what_is_inside_and_what_is_on_its_sides() -> None:
    points = [(0, 0), (4, 0), (4, 4), (0, 4), (2, 1), (2, 0), (4, 0)]
    assert set(veils.hull(points)) == {(0, 0), (4, 0), (4, 4), (0, 4)}
    assert len(veils.hull(points)) == 4
    assert len(veils.hull([(1, 1), (3, 3), (2, 2)])) == 2
