"""Albumentations: PiecewiseAffine with hardly any scale tears the image to pieces all the same."""

import sys

import albumentations as A
import numpy as np

columns = np.tile(np.arange(60, dtype=np.float32) / 60, (60, 1))[..., None].repeat(3, -1)
out = A.Compose([A.PiecewiseAffine(scale=(1e-6, 1e-6), p=1)], seed=1)(image=columns)["image"]
moved = np.abs(out - columns)[..., 0] * 60
print(f"scale=1e-6: a corner moves by about {1e-6 * 60:.5f} pixels; pixels move by up to {moved.max():.1f} columns")
print(f"and by {moved.mean():.1f} on average")
if moved.max() > 0.5:
    print("defect: positions, not displacements, are averaged over the points of the grid, so no grid keeps the image")
    sys.exit(1)
