"""Flip one uint8 photograph, and see that the original is what it was.

    python examples/flip_one_image.py [-o demo/flip.png]

Writes the photograph before, the result, and the photograph after, side by side.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

import augspec

POLICY = '{"augspec": 1, "ops": [{"op": "horizontal_flip", "p": 1}]}'


def main() -> None:
    parser = argparse.ArgumentParser(description="Flip one photograph.")
    parser.add_argument("-o", "--output", type=Path, default=Path("demo/flip.png"))
    options = parser.parse_args()

    photo = data.chelsea()  # (300, 451, 3) uint8: an array like any other
    before = photo.copy()

    flip = augspec.compile(augspec.loads(POLICY))
    flipped = flip(7, photo)

    assert np.array_equal(photo, before), "the original has changed"
    assert not np.shares_memory(photo, flipped), "the result is a view of the original"
    assert np.array_equal(flipped, before[:, ::-1]), "the result is not the mirrored original"
    assert (flipped.dtype, flipped.shape) == (before.dtype, before.shape)

    gap = np.full((before.shape[0], 8, 3), 255, np.uint8)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.hstack([before, gap, flipped, gap, photo])).save(options.output)
    print("the original is unchanged, and shares no memory with the result")
    print(f"{options.output}: before | flipped | the original afterwards")


if __name__ == "__main__":
    main()
