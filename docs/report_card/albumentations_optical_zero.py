"""Albumentations: OpticalDistortion without distortion moves the image by half a pixel."""

import sys

import albumentations as A
import numpy as np

columns = np.tile(np.arange(40, dtype=np.float32) / 40, (48, 1))[..., None].repeat(3, -1)
moved = {}
for mode in ("camera", "fisheye"):
    out = A.Compose([A.OpticalDistortion(distort_limit=(0, 0), mode=mode, p=1)])(image=columns)["image"]
    moved[mode] = float((out - columns)[10:38, 10:30].mean() * 40)
    print(f"distort_limit=(0, 0), mode={mode!r}: the middle of the image moves by {moved[mode]:+.2f} columns")
if abs(moved["camera"]) > 0.1:
    print("defect: the camera's centre is w / 2, OpenCV's for the result (w - 1) / 2")
    sys.exit(1)
