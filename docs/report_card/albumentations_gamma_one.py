"""Albumentations: RandomGamma with a gamma of 100 % changes uint8 images."""

import sys

import albumentations as A
import numpy as np

image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, 2)
out = A.RandomGamma((100, 100), p=1.0)(image=image)["image"]
wrong = [int(v) for v in np.unique(image[out != image])]
print(
    f"{len(wrong)} of 256 levels change under input ** 1, for example {wrong[0]} to {int(out[image == wrong[0]][0]) if wrong else ''}"
)
if wrong:
    print("defect: the table is cut off instead of rounded")
    sys.exit(1)
