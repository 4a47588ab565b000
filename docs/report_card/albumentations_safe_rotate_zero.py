"""Albumentations: SafeRotate by 0 degrees moves the image by half a pixel."""

import sys

import albumentations as A
import numpy as np

columns = np.tile(np.arange(40, dtype=np.float32) / 40, (48, 1))[..., None].repeat(3, -1)
labels = np.tile(np.arange(40, dtype=np.uint8), (48, 1))
out = A.Compose([A.SafeRotate((0, 0), p=1)])(image=columns, mask=labels)
plain = A.Compose([A.Rotate((0, 0), p=1)])(image=columns, mask=labels)
moved = float((out["image"] - columns)[10:38, 10:30].mean() * 40)
print(
    f"by 0 degrees the middle of the image moves by {moved:+.2f} columns; {(out['mask'] != labels).mean():.0%} of the"
)
print(f"mask's labels change. Rotate by 0 degrees changes {(plain['mask'] != labels).mean():.0%}")
if abs(moved) > 0.1:
    print("defect: the centre is (w - 1) / 2 on the way there, w / 2 on the way back")
    sys.exit(1)
