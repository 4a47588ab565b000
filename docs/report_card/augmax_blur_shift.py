"""augmax: GaussianBlur moves the image by half a pixel, and spreads by less than its sigma."""

import sys

import augmax
import jax
import numpy as np

image = np.zeros((31, 31, 1), np.float32)
image[15, 15] = 1.0
rows = np.arange(31)[:, None]
wrong = False
for sigma in (2, 3):
    out = np.asarray(augmax.Chain(augmax.GaussianBlur(sigma=sigma, p=1.0))(jax.random.key(0), image))[..., 0]
    centre = float((out * rows).sum() / out.sum())
    deviation = float(np.sqrt((out * (rows - centre) ** 2).sum() / out.sum()))
    print(f"sigma {sigma}: a pixel in row 15 is blurred around row {centre:.2f}, with a deviation of {deviation:.2f}")
    wrong |= abs(centre - 15) > 0.1 or abs(deviation - sigma) > 0.3 * sigma
if wrong:
    print("defect: the kernel has an even number of taps, and sigma is used as if it were a variance")
    sys.exit(1)
