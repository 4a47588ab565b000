"""Albumentations: with a seed, two flips of one pipeline are always applied together."""

import sys
from collections import Counter

import albumentations as A
import numpy as np

image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
pipeline = A.Compose([A.HorizontalFlip(p=0.5), A.VerticalFlip(p=0.5)], seed=1)
names = {(1, 1): "none", (1, -1): "horizontal", (-1, 1): "vertical", (-1, -1): "both"}
seen = Counter()
for _ in range(400):
    out = pipeline(image=image)["image"]
    seen[next(name for (v, h), name in names.items() if np.array_equal(out, image[::v, ::h]))] += 1
print("400 calls:", dict(seen))
if not seen["horizontal"] and not seen["vertical"]:
    print("defect: every transform was given the same seed, so their draws are the same")
    sys.exit(1)
