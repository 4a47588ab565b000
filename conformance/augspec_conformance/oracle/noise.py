"""Per-pixel noise: the oracle's own Threefry-2x32-20 (R1) and its own normal (R14, R16)."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from augspec_conformance.oracle.arrays import FloatArray, WordArray

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = np.uint32(0x1BD11BDA)


def threefry(key: WordArray, counter: WordArray) -> WordArray:
    """Hash 64-bit counters under one key: Threefry-2x32 with 20 rounds (R1).

    Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011; Random123's word order.

    Args:
        key: (2,) words.
        counter: (..., 2) words.

    Returns:
        (..., 2) words.
    """
    schedule = (key[0], key[1], key[0] ^ key[1] ^ PARITY)
    with np.errstate(over="ignore"):
        x, y = counter[..., 0] + schedule[0], counter[..., 1] + schedule[1]
        for group in range(5):
            for r in ROTATIONS[group % 2]:
                x = x + y
                y = (y << np.uint32(r)) | (y >> np.uint32(32 - r))
                y = y ^ x
            x = x + schedule[(group + 1) % 3]
            y = y + schedule[(group + 2) % 3] + np.uint32(group + 1)
    return np.stack([x, y], axis=-1)


def words(key: WordArray, id_low: int, count: int, start: int = 0) -> WordArray:
    """Return word(d) = TF(key, (id_low, d >> 1))[d & 1] for d = start..start + count - 1 (R5), shape (count,)."""
    d = np.arange(start, start + count, dtype=np.uint32)
    counter = np.stack([np.full_like(d, id_low), d >> np.uint32(1)], axis=-1)
    lanes = threefry(key, counter)
    return np.where(d & np.uint32(1), lanes[..., 1], lanes[..., 0])


def of_image(key: WordArray, count: int) -> WordArray:
    """Return the words of an image's numbers, (count,): those of a stack's frame t go on where frame t − 1 ended (T7).

    Args:
        key: (4,) words: the two of K2, the sample's id_lo32, and t.
        count: How many numbers one image has.
    """
    return words(key[:2], int(key[2]), count, int(key[3]) * count)


def words_at(key: WordArray, counters: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the words of counters d, of any shape, from a sample's key: the two words of K2, and its id_lo32."""
    halves = np.stack([np.full(counters.shape, key[2], np.uint32), (counters >> 1).astype(np.uint32)], axis=-1)
    both = threefry(key[:2], halves).astype(np.int64)
    return np.where(counters % 2 == 0, both[..., 0], both[..., 1])


def normal(word: WordArray) -> FloatArray:
    """Map words to standard normals (R14): bit 0 set is negative, |z| = -Φ⁻¹(m·2⁻²⁵) with m = 2·(w >> 9) + 1.

    Returns:
        The shape of `word`; |z| ≤ 5.42.
    """
    m = 2 * (word.astype(np.int64) >> 9) + 1
    distinct, where = np.unique(m, return_inverse=True)
    quantiles = np.array([-NormalDist().inv_cdf(float(k) * 2.0**-25) for k in distinct])
    magnitude = quantiles[where].reshape(m.shape)
    return np.where((word & np.uint32(1)) == 1, -magnitude, magnitude)


def gaussian_noise(image: FloatArray, std: float, key: WordArray, *, per_channel: bool) -> FloatArray:
    """Add std·z; z counts d = (row·W + column)·C + channel, or row·W + column for all channels alike (R16).

    Args:
        image: (H, W, C), unit range.
        std: Unit range.
        key: (4,) words, as for `of_image`.
        per_channel: Whether each channel has its own noise.

    Returns:
        (H, W, C), not clamped.
    """
    height, width, channels = image.shape
    shape = (height, width, channels if per_channel else 1)
    z = normal(of_image(key, int(np.prod(shape)))).reshape(shape)
    return image + std * z


def salt_pepper(image: FloatArray, amount: float, ratio: float, key: WordArray) -> FloatArray:
    """Make pixels white whose 24-bit number lies below amount · ratio, black those below amount."""
    height, width, _ = image.shape
    number = (of_image(key, height * width) >> np.uint32(8)).astype(np.float64).reshape(height, width, 1)
    white, both = np.floor(np.array([amount * ratio, amount]) * 2**24 + 0.5)
    return np.where(number < white, 1.0, np.where(number < both, 0.0, image))


def pixel_dropout(image: FloatArray, amount: float, key: WordArray) -> FloatArray:
    """Make pixels black whose 24-bit number lies below the amount."""
    height, width, _ = image.shape
    number = (of_image(key, height * width) >> np.uint32(8)).reshape(height, width, 1)
    return np.where(number < np.floor(amount * 2**24 + 0.5), 0.0, image)


def speckle(image: FloatArray, std: float, key: WordArray, *, per_channel: bool) -> FloatArray:
    """Return x + x·z with z of deviation std."""
    return image + image * (gaussian_noise(np.zeros_like(image), std, key, per_channel=per_channel))


def shot_noise(image: FloatArray, scale: float, key: WordArray, *, per_channel: bool) -> FloatArray:
    """Return a normal of mean x and variance scale²·x, as of 1/scale² photons for white."""
    light = np.clip(image, 0.0, 1.0)
    return image + np.sqrt(light) * gaussian_noise(np.zeros_like(image), scale, key, per_channel=per_channel)
