"""Albumentations: GridElasticDeform answers some finite float32 images with values that are not finite."""

import sys

import albumentations as A
import numpy as np

image = np.full((64, 64, 3), 0.5, np.float32)
wrong = []
for seed in range(100):
    out = A.Compose([A.GridElasticDeform(num_grid_xy=(4, 4), magnitude=10, p=1)], seed=seed)(image=image)["image"]
    if not np.isfinite(out).all():
        wrong.append(seed)
print(f"cells of 16 pixels, moved by up to 10: {len(wrong)} of 100 seeds give NaN or infinite values: {wrong[:8]}")
if wrong:
    print("defect: a cell that folds has no finite perspective; no limit is documented")
    sys.exit(1)
