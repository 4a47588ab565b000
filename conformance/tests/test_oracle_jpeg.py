"""The oracle's JPEG, against Pillow's and by hand (E6a, E8)."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image, features

from augspec_conformance.oracle import jpeg
from augspec_conformance.oracle.by_hand import augmented, op

turbo = pytest.mark.skipif(not features.check("libjpeg_turbo"), reason="this Pillow has another codec than turbo's")


@turbo
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5, 3), (3, 4, 3), (9, 17, 3), (16, 16, 3), (25, 38, 3), (19, 11, 1)])
@pytest.mark.parametrize("quality", [1, 7, 25, 49, 50, 51, 75, 92, 99, 100])
def test_e8_jpeg_equals_pillow(shape: tuple[int, int, int], quality: int) -> None:
    rng = np.random.default_rng([quality, *shape])
    rows, columns = np.mgrid[: shape[0], : shape[1]][..., None]
    smooth = 128 + 80 * np.sin(rows / 4 + np.arange(shape[2])) * np.cos(columns / 6)
    for levels in (rng.integers(0, 256, shape, np.uint8), smooth.astype(np.uint8)):
        file = io.BytesIO()
        Image.fromarray(levels if shape[2] == 3 else levels[..., 0]).save(file, "JPEG", quality=quality)
        theirs = np.asarray(Image.open(file)).reshape(shape)
        ours = augmented(levels / 255, op("jpeg", quality=quality)) * 255
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_the_integer_transform_is_near_cosines() -> None:
    k, x = np.mgrid[:8, :8]
    cosines = np.where(k == 0, 1.0, math.sqrt(2) * np.cos((2 * x + 1) * k * np.pi / 16))
    assert np.abs(jpeg.matrix() / 2**13 - cosines).max() < 1.5 * 2**-13


def test_steps_of_annex_k_are_those_of_quality_50() -> None:
    np.testing.assert_array_equal(jpeg.steps(jpeg.LUMA, 50), jpeg.LUMA)
    assert jpeg.steps(jpeg.CHROMA, 100).max() == 1
    assert jpeg.steps(jpeg.LUMA, 1).min() == 255
    assert jpeg.steps(jpeg.LUMA, 25)[0, 0] == 32
    assert jpeg.steps(jpeg.LUMA, 90)[0, :3].tolist() == [3, 2, 2]


def test_narrow_colours_are_repeated_and_wider_ones_interpolated() -> None:
    two, three = np.array([[0, 160]]), np.array([[0, 160, 160]])
    assert jpeg.doubled(two)[0].tolist() == [0, 0, 160, 160]
    assert jpeg.doubled(three)[0].tolist() == [0, 40, 120, 160, 160, 160]


def test_halves_go_down_and_up_in_turn() -> None:
    plane = np.tile(np.array([[0, 1], [0, 1]]), (1, 8))
    assert jpeg.halved(plane)[0].tolist() == [0, 1, 0, 1, 0, 1, 0, 1]
    assert jpeg.halved(np.array([[7]])).tolist() == [[7] * 8]
