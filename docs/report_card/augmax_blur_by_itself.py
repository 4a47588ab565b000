"""augmax: Blur and GaussianBlur cannot be called by themselves, as other transforms can."""

import sys

import augmax
import jax
import numpy as np

image, key = np.zeros((8, 8, 3), np.float32), jax.random.key(0)
print("HorizontalFlip()(key, image) gives", augmax.HorizontalFlip()(key, image).shape)
try:
    augmax.Blur()(key, image)
except AttributeError as error:
    print(f"defect: Blur()(key, image) ends in AttributeError: {error}")
    sys.exit(1)
