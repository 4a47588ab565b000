"""dm-pix: random_flip_left_right flips a CHW image upside down, although it takes "...HWC or ...CHW"."""

import sys

import dm_pix
import jax
import numpy as np

image = np.arange(3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)  # CHW
out = np.asarray(dm_pix.random_flip_left_right(jax.random.key(0), image, probability=1.0))
print("left-right:", np.array_equal(out, image[:, :, ::-1]), " up-down:", np.array_equal(out, image[:, ::-1]))
if not np.array_equal(out, image[:, :, ::-1]):
    print("defect: columns were to be reversed")
    sys.exit(1)
