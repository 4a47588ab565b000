"""Keras: RandomPosterization(4) keeps one to three bits, never the four that it is told to keep."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.arange(256, dtype="float32").reshape(1, 16, 16, 1).repeat(100, 0)
out = keras.ops.convert_to_numpy(keras.layers.RandomPosterization(4, seed=1)(images, training=True))
levels = sorted({len(np.unique(image)) for image in out})
print(f"100 images of all 256 levels, 4 bits to keep: {levels} levels are left, expected [16]")
if levels != [16]:
    print("defect: the number becomes the range from 1 to it, without its end")
    sys.exit(1)
