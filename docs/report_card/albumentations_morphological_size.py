"""Albumentations: Morphological's range of sizes is no range: it is the width and the height of every kernel."""

import sys

import albumentations as A
import numpy as np

image = np.zeros((21, 21, 1), np.uint8)
image[10, 10] = 255
pipeline = A.Compose([A.Morphological(scale=(2, 9), operation="dilation", p=1)], seed=1)
seen = set()
for _ in range(50):
    rows, columns = np.nonzero(pipeline(image=image)["image"][..., 0])
    seen.add((int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1))
print(f"scale=(2, 9), fifty calls: one pixel becomes (rows, columns) {sorted(seen)}")
if len(seen) == 1:
    print('defect: documented is "Random kernel size between" the two numbers')
    sys.exit(1)
