"""dm-pix: rotate mixes channels with rows in a CHW image, although it takes "either HWC or CHW"."""

import sys

import dm_pix
import numpy as np

image = np.random.default_rng(0).random((8, 8, 3)).astype(np.float32)
last = np.asarray(dm_pix.rotate(image, 0.3))
first = np.asarray(dm_pix.rotate(image.transpose(2, 0, 1), 0.3)).transpose(1, 2, 0)
difference = float(np.abs(first - last).max())
print(f"the same image as HWC and as CHW: results differ by up to {difference:.3f}")
if difference > 1e-3:
    print("defect: the plane that is turned is that of the first two axes, whatever they are")
    sys.exit(1)
