"""Albumentations: Resize moves a mask by up to half a source pixel against its image."""

import sys

import albumentations as A
import numpy as np

column = np.arange(32, dtype=np.uint8)
mask = np.tile(column, (32, 1))  # every pixel holds the number of its column
image = np.repeat(mask[..., None] * 7.0 / 255, 3, 2).astype(np.float32)
out = A.Resize(8, 8, p=1.0)(image=image, mask=mask)
from_image = out["image"][4, :, 0] * 255 / 7
print("columns that the image shows:", np.round(from_image, 2).tolist())
print("columns that the mask shows: ", out["mask"][4].tolist())
shift = float(np.mean(out["mask"][4] - from_image))
if abs(shift) > 1:
    print(f"defect: the mask lies {shift:+.2f} source pixels from the image, on average")
    sys.exit(1)
