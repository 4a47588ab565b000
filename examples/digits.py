"""The data that the training scripts share: scikit-learn's handwritten digits, and a test split off centre.

Nothing is downloaded. The 8×8 digits are enlarged to 24×24 and lie in the middle of 32×32 colour images (uint8,
channels last). The test split is turned, shifted, zoomed and darkened by SciPy: it has to be an honest judge of
what augspec does, so augspec has no part in it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits

POLICY = Path(__file__).parent / "policies" / "digits.json"


class Split(NamedTuple):
    """Images (N, 32, 32, 3) uint8 and labels (N,) int64."""

    images: np.ndarray
    labels: np.ndarray


class Digits(NamedTuple):
    """Training data, a validation split like it, and a test split off centre."""

    train: Split
    validation: Split
    shifted: Split


def load() -> Digits:
    """Return 800 digits to train on, 400 to validate on, and the other 597, moved, to test on."""
    source = load_digits()
    order = np.random.default_rng(0).permutation(len(source.target))
    images = np.stack([enlarge(digit) for digit in source.images[order]])
    labels = source.target[order].astype(np.int64)
    move = np.random.default_rng(1)
    shifted = np.stack([off_centre(image, move) for image in images[1200:]])
    return Digits(
        Split(colour(images[:800]), labels[:800]),
        Split(colour(images[800:1200]), labels[800:1200]),
        Split(colour(shifted), labels[1200:]),
    )


def enlarge(digit: np.ndarray) -> np.ndarray:
    """Turn 8×8 levels of 0 … 16 into 32×32 levels of 0 … 255."""
    return np.pad(ndimage.zoom(digit / 16 * 255, 3, order=1), 4)


def off_centre(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn by up to 25°, zoom by up to a quarter, shift by up to 4 pixels, darken by up to a third."""
    angle = np.deg2rad(rng.uniform(-25, 25))
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / rng.uniform(0.75, 1.25)
    middle = (np.array(image.shape) - 1) / 2
    offset = middle - matrix @ (middle + rng.uniform(-4, 4, 2))
    return ndimage.affine_transform(image, matrix, offset, order=1) * rng.uniform(0.67, 1)


def colour(images: np.ndarray) -> np.ndarray:
    """Turn grey levels (N, H, W) into colour images (N, H, W, 3) uint8."""
    return np.repeat(np.clip(np.rint(images), 0, 255).astype(np.uint8)[..., None], 3, axis=-1)


def arguments(description: str | None) -> argparse.Namespace:
    """Read the command line that the scripts share."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="train for fewer epochs")
    parser.add_argument("--seed", type=int, default=0, help="of the weights, the order and the augmentation")
    return parser.parse_args()


def compare(train: Callable[[bool], tuple[float, float]]) -> None:
    """Train without and with augmentation, print both, and exit with 1 if it made the shifted split worse.

    Args:
        train: takes whether to augment, returns the accuracies on the validation and on the shifted split.
    """
    found = []
    for augmented in (False, True):
        start = time.perf_counter()
        validation, shifted = train(augmented)
        name = "with augmentation" if augmented else "without augmentation"
        seconds = time.perf_counter() - start
        print(
            f"{name:<21} validation {validation:6.1%}   shifted test {shifted:6.1%}   {seconds:5.1f} s",
            flush=True,
        )
        found.append(shifted)
    sys.exit(int(found[1] < found[0]))
