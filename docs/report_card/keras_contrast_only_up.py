"""Keras: RandomContrast(0.5) never lowers contrast."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(100, 150, (200, 8, 8, 3)).astype("float32")
out = keras.ops.convert_to_numpy(keras.layers.RandomContrast(0.5, seed=1)(images, training=True))
ratios = out.std((1, 2, 3)) / images.std((1, 2, 3))
print(
    f"200 factors between {ratios.min():.3f} and {ratios.max():.3f}; documented: [1.0 - lower, 1.0 + upper], lower = upper"
)
if ratios.min() > 0.99:
    print("defect: a single number becomes the range (0, number)")
    sys.exit(1)
