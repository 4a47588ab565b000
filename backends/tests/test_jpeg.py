"""The op `jpeg`: the bytes of libjpeg-turbo, pinned and beside Pillow; its integers fit; how far a pixel reaches."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, features

import augspec
from augspec.jpeg import Codec, quantisation
from augspec.jpeg.transform import quantised
from augspec_backends.numpy.namespace import NumpyNamespace

Array = npt.NDArray[Any]

XP = NumpyNamespace()
turbo = pytest.mark.skipif(not features.check("libjpeg_turbo"), reason="this Pillow has another codec than turbo's")


def _compressed(images: Array, quality: Any) -> Array:
    """Return images (B, H, W, C) at one quality, or at one for each."""
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "jpeg", "quality": {"integers": [1, 100]}}]}))
    f = augspec.compile(policy)
    draws = f.draw(7, range(len(images)))
    asked = np.broadcast_to(np.asarray(quality, np.int32), len(images))
    given = augspec.Draws({**draws, "sample/jpeg#0/quality": asked}, draws.quantities, len(images))
    return np.asarray(f.apply(given, images))


def _by_pillow(image: Array, quality: int) -> Array:
    file = io.BytesIO()
    Image.fromarray(image if image.shape[2] == 3 else image[..., 0]).save(file, "JPEG", quality=quality)
    found = np.asarray(Image.open(file))
    return found.reshape(image.shape)


def _pictures(height: int, width: int, channels: int, seed: int) -> Array:
    """Return noise, black and white noise, waves, ramps, and one colour, (5, H, W, C)."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width][..., None]
    shape, tint = (height, width, channels), np.array([20, -30, 45])[:channels]
    return np.stack(
        [
            rng.integers(0, 256, shape),
            rng.integers(0, 2, shape) * 255,
            np.clip(128 + 70 * np.sin(rows / 5) * np.cos(columns / 3) + tint + rng.normal(0, 6, shape), 0, 255),
            (rows * [7, -5, 2][:channels] + columns * [3, 11, -6][:channels]) % 256,
            np.broadcast_to(rng.integers(0, 256, channels), shape),
        ]
    ).astype(np.uint8)


def _pattern(height: int, width: int, channels: int) -> Array:
    """Return a picture made by whole numbers alone: waves of triangles with dirt on them."""
    rows, columns = np.mgrid[:height, :width][..., None]
    place = np.arange(channels)
    waves = np.abs((rows * (5 + place) + columns * (9 - 2 * place)) % 300 - 150) + 40
    return np.clip(waves + (rows * rows * 7 + columns * 13 + place * 5) % 31, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("shape", "quality", "digest"),
    [
        ((1, 1, 3), 75, "465673b17c151770"),
        ((3, 4, 3), 50, "46222cadbeebb46d"),
        ((33, 50, 3), 10, "bdb8278b4a0af61e"),
        ((33, 50, 3), 75, "d29fec004fe7030a"),
        ((64, 48, 3), 95, "dd20c0cf20fa8737"),
        ((64, 48, 3), 1, "2662718cd4119a6a"),
        ((21, 35, 1), 30, "1e48d36ef9591ed2"),
        ((21, 35, 1), 100, "a629c45c0882006b"),
    ],
)
def test_e7_bytes_are_pinned(shape: tuple[int, int, int], quality: int, digest: str) -> None:
    found = _compressed(_pattern(*shape)[None], quality)
    assert hashlib.sha256(found.tobytes()).hexdigest()[:16] == digest


@turbo
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("height", range(1, 19))
def test_e7_every_small_size_is_pillows(height: int, channels: int) -> None:
    for width in range(1, 19):
        qualities = np.random.default_rng([height, width]).integers(1, 101, 5)
        images = _pictures(height, width, channels, seed=width)
        for image, quality, found in zip(images, qualities, _compressed(images, qualities), strict=True):
            np.testing.assert_array_equal(found, _by_pillow(image, int(quality)), f"{width} at {quality}")


@turbo
@pytest.mark.parametrize("quality", range(1, 101))
def test_e7_every_quality_is_pillows(quality: int) -> None:
    for shape in ((40, 55, 3), (31, 32, 3), (23, 47, 1)):
        images = _pictures(*shape, seed=quality)
        for image, found in zip(images, _compressed(images, quality), strict=True):
            np.testing.assert_array_equal(found, _by_pillow(image, quality), f"{shape}")


@turbo
@pytest.mark.parametrize("shape", [(224, 224, 3), (257, 129, 3), (100, 301, 1)])
def test_e7_larger_images_are_pillows(shape: tuple[int, int, int]) -> None:
    for quality in (5, 85):
        images = _pictures(*shape, seed=quality)
        for image, found in zip(images, _compressed(images, quality), strict=True):
            np.testing.assert_array_equal(found, _by_pillow(image, quality))


def test_e6a_floats_and_uint16_take_the_levels_road() -> None:
    levels = _pictures(20, 27, 3, seed=1)
    expected = _compressed(levels, 40)
    nearly = levels + np.random.default_rng(2).uniform(-0.49, 0.49, levels.shape)
    found = _compressed((np.clip(nearly, 0, 255) / 255).astype(np.float32), 40)
    np.testing.assert_array_equal(found, expected * np.float32(1 / 255))
    np.testing.assert_array_equal(_compressed(levels.astype(np.uint16) * 257, 40), expected.astype(np.uint16) * 257)


@pytest.mark.parametrize(("channels", "at", "rows", "columns"), [
    (3, (0, 0), (0, 17), (0, 17)),
    (3, (17, 30), (15, 33), (15, 33)),
    (3, (39, 49), (31, 40), (47, 50)),
    (1, (9, 20), (8, 16), (16, 24)),
])  # fmt: skip
def test_c13_a_nan_reaches_its_tile_and_the_rim(
    channels: int, at: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    image = (_pictures(40, 50, channels, seed=3)[2:4] / 255).astype(np.float32)
    plain = _compressed(image, 60)
    image[(0, *at, channels - 1)] = np.nan
    found = _compressed(image, 60)
    inside = np.zeros(image.shape, bool)
    inside[0, slice(*rows), slice(*columns)] = True
    np.testing.assert_array_equal(np.isnan(found), inside)
    np.testing.assert_array_equal(found[~inside], plain[~inside])


def test_c13_a_nan_in_the_corner_of_whole_tiles_reaches_no_further() -> None:
    image = (_pictures(32, 48, 3, seed=3)[2:3] / 255).astype(np.float32)
    image[0, 31, 47] = np.nan
    inside = np.zeros(image.shape, bool)
    inside[0, 15:, 31:] = True
    np.testing.assert_array_equal(np.isnan(_compressed(image, 60)), inside)


def test_e2_quantisation_by_reciprocals_is_division() -> None:
    y = np.arange(-(2**13), 2**13 + 1, dtype=np.int32)[:, None]
    steps = np.arange(1, 256, dtype=np.int32)
    found = quantised(XP, y, steps, -(-(2**19) // steps))
    assert found.dtype == np.int32
    counts = (2 * np.abs(y.astype(np.int64)) + 8 * steps) // (16 * steps)
    np.testing.assert_array_equal(found, np.sign(y) * counts * steps)


def test_e2_tables_hold_32_bits() -> None:
    tables = quantisation(XP, np.array([1, 50, 100], np.int32))
    assert {name: (table.shape, str(table.dtype)) for name, table in tables.items()} == dict.fromkeys(
        ("luma", "luma_reciprocal", "chroma", "chroma_reciprocal"), ((3, 64), "int32")
    )


def test_e2_the_sharpest_blocks_fit_int32() -> None:
    """Each basis function as black and white, and its negative, at all qualities: 64-bit integers give the same."""
    k, x = np.mgrid[:8, :8]
    signs = np.where(np.cos((2 * x + 1) * k * np.pi / 16) >= 0, 1, -1)
    blocks = signs[:, None, :, None] * signs[None, :, None, :]
    both = np.concatenate([blocks.reshape(64, 8, 8), -blocks.reshape(64, 8, 8)])
    levels = ((both.transpose(1, 0, 2).reshape(1, 8, 1024, 1) + 1) // 2 * 255).astype(np.int32)
    for quality in (1, 2, 5, 20, 60, 100):
        tables = quantisation(XP, np.array([quality], np.int32))
        wide = {name: table.astype(np.int64) for name, table in tables.items()}
        np.testing.assert_array_equal(
            Codec(XP, tables).grey(levels), Codec(XP, wide).grey(levels.astype(np.int64)), f"quality {quality}"
        )


@pytest.mark.parametrize("quality", [0, 101, 50.5, {"uniform": [10, 90]}, {"integers": [0, 50]}])
def test_qualities_are_whole_numbers_up_to_100(quality: Any) -> None:
    with pytest.raises(augspec.PolicyError, match="quality"):
        augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "jpeg", "quality": quality}]}))
