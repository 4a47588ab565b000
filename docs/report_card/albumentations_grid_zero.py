"""Albumentations: GridDistortion without distortion doubles and drops columns, and blackens the last ones."""

import sys

import albumentations as A
import numpy as np

columns = np.tile(np.arange(10, 50, dtype=np.float32) / 50, (48, 1))[..., None].repeat(3, -1)
out = A.Compose([A.GridDistortion(num_steps=5, distort_limit=(0, 0), p=1)])(image=columns)["image"]
print("columns, numbered from 10, without distortion (normalized=True), from the 6th:")
print(
    [round(float(v), 1) for v in out[20, 5:13, 0] * 50],
    "… the last two",
    [round(float(v), 1) for v in out[20, -2:, 0] * 50],
)
worst = float(np.abs(out - columns)[10:38, 2:-2].max() * 50)
print(f"up to {worst:.1f} columns beside their places, borders left out")
if worst > 0.1:
    print("defect: each cell of 8 pixels is mapped to 0 … 8, both ends included, instead of 0 … 7")
    sys.exit(1)
