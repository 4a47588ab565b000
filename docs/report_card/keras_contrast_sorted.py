"""Keras: RandomContrast((lower, upper)) exchanges its two numbers when the first is the larger one."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(100, 150, (200, 8, 8, 3)).astype("float32")
out = keras.ops.convert_to_numpy(keras.layers.RandomContrast((0.9, 0.1), seed=1)(images, training=True))
ratios = out.std((1, 2, 3)) / images.std((1, 2, 3))
print(
    f"lower=0.9, upper=0.1: factors from {ratios.min():.2f} to {ratios.max():.2f}; documented: [1.0 - lower, 1.0 + upper]"
)
if ratios.max() > 1.2:
    print("defect: the two numbers are sorted, so contrast is raised where it was to be lowered")
    sys.exit(1)
