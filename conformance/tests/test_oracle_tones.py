"""The oracle's tints, kernels and noises of light, against SciPy, Pillow, colorsys and by hand (C3, C6, C7, R16)."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from PIL import Image, ImageFilter
from scipy import ndimage

from augspec_conformance.oracle import filters, levels, noise, tints
from augspec_conformance.oracle.by_hand import augmented, op, picture

KEY = np.array([7, 9, 11, 0], np.uint32)


def test_box_blur_is_scipys() -> None:
    image = picture(9, 12)
    theirs = ndimage.uniform_filter(image, (5, 5, 1), mode="mirror")
    np.testing.assert_allclose(filters.box_blur(image, 2), theirs)
    np.testing.assert_array_equal(filters.box_blur(image, 0), image)


def test_median_blur_is_pillows_inside() -> None:
    levels = np.random.default_rng(3).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    theirs = np.asarray(Image.fromarray(levels).filter(ImageFilter.MedianFilter(3)))
    ours = filters.median_blur(levels.astype(np.float64))
    np.testing.assert_array_equal(ours[1:-1, 1:-1], theirs[1:-1, 1:-1])
    np.testing.assert_array_equal(ours, ndimage.median_filter(levels.astype(float), (3, 3, 1), mode="mirror"))


def test_unsharp_mask_adds_what_a_blur_takes() -> None:
    image = picture(9, 12)
    blurred = ndimage.gaussian_filter(image, (1.5, 1.5, 0), mode="mirror", radius=(5, 5, 0))
    np.testing.assert_allclose(filters.unsharp_mask(image, 1.5, 1.5, 0.7), image + 0.7 * (image - blurred))


def test_emboss_is_its_kernel() -> None:
    image, s = picture(7, 8), 0.8
    kernel = np.array([[-1 - s, -s, 0], [-s, 1, s], [0, s, 1 + s]])
    theirs = ndimage.correlate(image, kernel[..., None], mode="mirror")
    np.testing.assert_allclose(filters.emboss(image, 1.0, s), theirs)
    np.testing.assert_allclose(filters.emboss(image, 0.25, s), image + 0.25 * (theirs - image))


def _impulse(image: np.ndarray, blur: str, *args: float) -> np.ndarray:
    return getattr(filters, blur)(image, *args)[..., 0]


def test_c6_motion_blur_rises_to_the_right() -> None:
    image = np.zeros((9, 9, 1))
    image[4, 4] = 1.0
    level = _impulse(image, "motion_blur", 3, 0)
    np.testing.assert_allclose(level[4], [0, 0, 0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0])
    np.testing.assert_allclose(_impulse(image, "motion_blur", 3, 90), level.T, atol=1e-15)
    rising = _impulse(image, "motion_blur", 5, 45)
    assert rising[3, 5] == pytest.approx(rising[5, 3])
    assert rising[3, 5] > 0.1 > rising[3, 3] == 0.0
    assert rising.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(_impulse(image, "motion_blur", 2, 0)[4, 3:6], [0.25, 0.5, 0.25])
    np.testing.assert_array_equal(_impulse(image, "motion_blur", 1, 30), image[..., 0])


def test_defocus_is_a_disc_with_a_soft_rim() -> None:
    image = np.zeros((7, 7, 1))
    image[3, 3] = 1.0
    disc = _impulse(image, "defocus", 1.0)
    corner = 1.5 - 2**0.5
    whole = 1 + 4 * 0.5 + 4 * corner
    np.testing.assert_allclose(disc[2:5, 2:5] * whole, [[corner, 0.5, corner], [0.5, 1, 0.5], [corner, 0.5, corner]])
    np.testing.assert_array_equal(_impulse(image, "defocus", 0.5), image[..., 0])


def test_hsv_saturation_is_colorsys() -> None:
    image = picture(5, 6)
    for factor in (0.0, 0.5, 1.0, 2.5, 8.0):
        ours = augmented(image, op("saturation", factor=factor, space="hsv"))
        for row in range(5):
            for column in range(6):
                h, s, v = colorsys.rgb_to_hsv(*image[row, column])
                theirs = colorsys.hsv_to_rgb(h, min(1.0, s * factor), v)
                np.testing.assert_allclose(ours[row, column], theirs, atol=1e-12)


def test_hsv_saturation_is_of_values_inside_of_the_range() -> None:
    image = picture(5, 6) * 2 - 0.5
    for factor in (0.5, 2.5):
        one = op("saturation", factor=factor, space="hsv")
        np.testing.assert_allclose(augmented(image, one), augmented(np.clip(image, 0, 1), one), atol=1e-12)


def test_c3_tints_by_hand() -> None:
    image = np.array([[[0.5, 0.25, 0.75]]])
    np.testing.assert_allclose(augmented(image, op("rgb_shift", red=0.2, green=-0.3, blue=0.5)), [[[0.7, 0.0, 1.0]]])
    np.testing.assert_allclose(tints.sepia(image), [[[0.5305, 0.472, 0.36775]]])
    out = tints.pca_lighting(image, 0.1, np.array([1.0, 0.0, -2.0]))
    np.testing.assert_allclose(out - image, [[[-0.01270393, -0.01189980, -0.01307157]]], atol=1e-7)


def test_light_of_black_bodies() -> None:
    image = picture(3, 3)
    np.testing.assert_allclose(tints.temperature(image, 6500), image)
    warm, cold = (tints.temperature(np.ones((1, 1, 3)), k)[0, 0] for k in (3200, 12000))
    assert warm[0] > 1 == warm[1] > warm[2]
    assert cold[0] < 1 == cold[1] < cold[2]
    x, y, z = np.linalg.inv(tints.LINEAR_SRGB) @ tints.black_body(5000)
    np.testing.assert_allclose(
        [x / (x + y + z), y / (x + y + z)], [0.3451, 0.3516], atol=2e-4
    )  # CIE 15, table of 5000 K


def test_tone_curve_keeps_its_ends_and_the_line() -> None:
    t = np.linspace(0, 1, 11)[:, None, None]
    np.testing.assert_allclose(tints.tone_curve(t, 1 / 3, 2 / 3), t, atol=1e-15)
    curve = tints.tone_curve(t, 0.2, 0.9)[:, 0, 0]
    np.testing.assert_allclose(curve, (3 * t * (1 - t) ** 2 * 0.2 + 3 * t**2 * (1 - t) * 0.9 + t**3)[:, 0, 0])
    assert (curve[0], curve[-1]) == (0.0, 1.0)


def test_noise_grows_with_light() -> None:
    image = np.repeat([[[0.0]], [[0.25]], [[1.0]]], 40_000, 1)
    speckle = noise.speckle(image, 0.1, KEY, per_channel=True) - image
    shot = noise.shot_noise(image, 0.1, KEY, per_channel=True) - image
    np.testing.assert_allclose(speckle.std((1, 2)), [0.0, 0.025, 0.1], rtol=0.02)
    np.testing.assert_allclose(shot.std((1, 2)), [0.0, 0.05, 0.1], rtol=0.02)


def test_the_noise_of_an_op_is_that_of_its_drawn_words() -> None:
    image = np.full((4, 5, 3), 0.5)
    for name, function in (("speckle", noise.speckle), ("shot_noise", noise.shot_noise)):
        field = {"speckle": "std", "shot_noise": "scale"}[name]
        one = op(name, **{field: 0.1}, per_channel=False)
        out = augmented(image, one, values={f"sample/{name}#0/noise": KEY[:3]})
        np.testing.assert_allclose(out, np.clip(function(image, 0.1, KEY, per_channel=False), 0, 1), atol=1e-12)


def test_r16_dropout_blackens_whole_pixels() -> None:
    out = noise.pixel_dropout(np.full((200, 200, 3), 0.5), 0.3, KEY)
    black = (out == 0).all(-1)
    assert ((out == 0.5).all(-1) | black).all()
    assert black.mean() == pytest.approx(0.3, abs=0.02)


def test_e6a_clahe_by_hand() -> None:
    every = np.arange(256).reshape(16, 16, 1) / 255
    np.testing.assert_allclose(levels.clahe(every, 1, (1, 1)) * 255, np.floor((every * 255 + 1) * 255 / 256 + 0.5))
    # 256 pixels of one level, of which 4 may count: 252 are left, one for each of the first 252 levels.
    same = np.full((16, 16, 1), 100 / 255)
    np.testing.assert_allclose(levels.clahe(same, 4, (1, 1)) * 255, np.floor(105 * 255 / 256 + 0.5))
    two = np.concatenate([same, every], 1)  # between the middles of two tiles, their tables are blended
    left, right = (levels.clahe(one, 1, (1, 1)) for one in (same, every))
    both = levels.clahe(two, 1, (1, 2))
    np.testing.assert_allclose(both[:, :9], left[:, :9])
    np.testing.assert_allclose(both[:, 24:], right[:, 8:])


@pytest.mark.parametrize("method", ["pil", "opencv"])
def test_equalizing_one_single_level_keeps_it(method: str) -> None:
    flat = np.full((4, 5, 2), 77 / 255)
    flat[..., 1] = 1.0
    np.testing.assert_array_equal(levels.equalize(flat, method), flat)


@pytest.mark.parametrize(("apart", "expected"), [(1 / 4081, 1 / 4081), (1 / 4080, 1.0)])
def test_e5_a_channel_is_flat_below_a_sixteenth_of_a_level(apart: float, expected: float) -> None:
    image = np.array([[[0.0], [apart]]])
    np.testing.assert_array_equal(levels.autocontrast(image, 0.0), [[[0.0], [expected]]])


@pytest.mark.parametrize("kind", ["white", "black"])
def test_r16_a_number_at_the_amount_is_not_below_it(kind: str) -> None:
    numbers = noise.words(KEY[:2], 11, 12) >> np.uint32(8)
    image, ratio = np.full((3, 4, 2), 0.5), 1.0 if kind == "white" else 0.0
    for amount in numbers[[0, 5]].tolist():
        changed = (noise.salt_pepper(image, amount * 2.0**-24, ratio, KEY) == ratio).all(-1).ravel()
        np.testing.assert_array_equal(changed, numbers < amount)
