"""dm-pix: random_crop takes a sequence of sizes, but not a list."""

import sys

import dm_pix
import jax
import numpy as np

image = np.zeros((8, 8, 3), np.float32)
print("a tuple gives", dm_pix.random_crop(jax.random.key(0), image, (4, 4, 3)).shape)
try:
    dm_pix.random_crop(jax.random.key(0), image, [4, 4, 3])
except TypeError as error:
    print(f"defect: a list ends in TypeError: {error}")
    sys.exit(1)
