"""The oracle's colour, filters and noise, against Pillow, SciPy and by hand (C3, C4, R14, R16)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from scipy import ndimage, special

from augspec_conformance.oracle import colour, filters, noise, run
from augspec_conformance.oracle.by_hand import augmented, both, op, picture, policy


def test_c4_grey_is_bt601() -> None:
    np.testing.assert_allclose(colour.grey(np.eye(3)[None])[0, :, 0], [0.299, 0.587, 0.114])
    levels = np.random.default_rng(3).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    pillow = np.asarray(Image.fromarray(levels).convert("L"))
    assert np.abs(augmented(levels / 255, op("grayscale"))[..., 1] * 255 - pillow).max() < 0.51


@pytest.mark.parametrize(
    ("kind", "enhance"), [("brightness_scale", ImageEnhance.Brightness), ("saturation", ImageEnhance.Color)]
)
@pytest.mark.parametrize("factor", [0.0, 0.4, 1.7])
def test_blends_equal_pillow_within_its_truncation(kind: str, enhance: Any, factor: float) -> None:
    levels = np.random.default_rng(3).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    theirs = np.asarray(enhance(Image.fromarray(levels)).enhance(factor)).astype(float)
    ours = augmented(levels / 255, op(kind, factor=factor)) * 255
    assert np.abs(ours - theirs).max() < 1.5  # it truncates, and rounds the grey that it blends with


def test_contrast_pivots_by_hand() -> None:
    image = np.array([[[0.2, 0.4, 0.6], [0.4, 0.4, 0.2]]])
    luma = [0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.6, 0.299 * 0.4 + 0.587 * 0.4 + 0.114 * 0.2]
    for pivot, middle in {
        "grey_mean": sum(luma) / 2,
        "channel_mean": np.array([0.3, 0.4, 0.4]),
        "zero": 0.0,
        "mid": 0.5,
    }.items():
        ours = augmented(image, op("contrast", factor=1.5, pivot=pivot))
        np.testing.assert_allclose(ours, middle + (image - middle) * 1.5)


def test_c3_colour_clamps_and_normalize_does_not() -> None:
    image = np.array([[[0.1, 0.5, 0.9]]])
    np.testing.assert_allclose(augmented(image, op("brightness_shift", delta=0.2)), [[[0.3, 0.7, 1.0]]])
    np.testing.assert_allclose(augmented(image, op("brightness_shift", delta=-0.2)), [[[0.0, 0.3, 0.7]]])
    shifted = op("normalize", mean=[0.5, 0.5, 0.4], std=[0.1, 0.2, 0.25])
    np.testing.assert_allclose(augmented(image, shifted), [[[-4.0, 0.0, 2.0]]])
    twice = augmented(image, *both(op("brightness_scale", factor=2), op("brightness_scale", factor=0.5)))
    np.testing.assert_allclose(twice, [[[0.1, 0.5, 0.5]]])


def test_c1_value_range_is_mapped_in_and_out() -> None:
    image = picture()
    out = run(policy(op("brightness_shift", delta=0.1)), {}, {"image": image * 255}, value_range=(0.0, 255.0))
    np.testing.assert_allclose(out["image"], np.clip(image + 0.1, 0, 1) * 255)
    centred = op("normalize", mean=[0.5], std=[0.25])
    out = run(policy(centred), {}, {"image": image * 255}, value_range=(0.0, 255.0))
    np.testing.assert_allclose(out["image"], (image - 0.5) * 4, atol=1e-12)


@pytest.mark.parametrize(("sigma", "top"), [(0.4, 2.0), (2.0, 2.0), (1.1, 1.4), (3.0, 5.0)])
def test_gaussian_blur_equals_scipy_with_the_static_radius(sigma: float, top: float) -> None:
    image = picture(13, 10)
    blur = op("gaussian_blur", sigma={"uniform": [0.1, top]})
    ours = augmented(image, blur, values={"sample/gaussian_blur#0/sigma": sigma})
    theirs = ndimage.gaussian_filter(
        image, sigma, mode="mirror", radius=(math.ceil(3 * top), math.ceil(3 * top), 0), axes=(0, 1, 2)
    )
    assert filters.gaussian_weights(sigma, 4).sum() == pytest.approx(1.0)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_r1_threefry_known_answers() -> None:
    known = [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    for key, counter, expected in known:
        got = noise.threefry(np.array(key, np.uint32), np.array([counter], np.uint32))
        assert tuple(got[0].tolist()) == expected


def test_r5_words_of_a_sample() -> None:
    key = np.array([0x0A0B357C, 0xAA756C8F], np.uint32)
    first = [0xF36CE11A, 0x131292D9, 0x5B0FBB97, 0xBB96F448]
    assert noise.words(key, 0, 4).tolist() == first
    assert noise.words(key, 0, 3).tolist() == first[:3]
    assert noise.words(key, 1, 2).tolist() == [0x7676B1A3, 0xA3B0189E]


def test_r14_normal_golden_and_ideal() -> None:
    words = np.array([0x00000000, 0x7676B1A3, 0xF36CE11A, 0xFFFFFFFF], np.uint32)
    golden = [float.fromhex(h) for h in ("0x1.5ae1p+2", "-0x1.77f8p-1", "0x1.f88p-5", "0x0p+0")]
    np.testing.assert_allclose(noise.normal(words), golden, atol=1.3e-4)  # the table's own grid and error
    words = np.random.default_rng(2).integers(0, 2**32, 5000, dtype=np.uint32)
    m = 2 * (words >> 9).astype(float) + 1
    np.testing.assert_allclose(np.abs(noise.normal(words)), -special.ndtri(m * 2.0**-25), rtol=1e-10)
    z = noise.normal(noise.words(np.array([1, 2], np.uint32), 3, 40_000))
    assert abs(z.mean()) < 0.03
    assert abs(z.std() - 1) < 0.02


@pytest.mark.parametrize("per_channel", [True, False])
def test_r16_noise_counts_row_column_channel(per_channel: bool) -> None:
    image = np.full((3, 5, 2), 0.5)
    values = {"sample/gaussian_noise#0/noise": [11, -12, 13]}
    ours = augmented(image, op("gaussian_noise", std=0.05, per_channel=per_channel), values=values)
    words = noise.words(np.array([11, 2**32 - 12], np.uint32), 13, 30)
    for row, column, channel in np.ndindex(3, 5, 2):
        pixel = row * 5 + column
        z = noise.normal(words[pixel * 2 + channel :][:1] if per_channel else words[pixel:][:1])[0]
        assert ours[row, column, channel] == pytest.approx(0.5 + 0.05 * z)
