"""Keras: RandomBrightness of a uint8 tensor overflows: bright pixels become dark."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.array([100, 200, 230, 255], np.uint8).reshape(1, 2, 2, 1).repeat(3, -1)
layer = keras.layers.RandomBrightness((0.2, 0.2))
floats = keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(image.astype("float32")), training=True))
levels = keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(image), training=True))
print(f"{image[0, ..., 0].ravel()} and a fifth of 255: as float32 {floats[0, ..., 0].ravel()}")
print(f"as uint8 {levels[0, ..., 0].ravel()}, dtype {levels.dtype}")
if np.abs(floats - levels).max() > 2:
    print('defect: "with float or int dtype", "will output floats", "clipped": it is added in 8 bits, then clipped')
    sys.exit(1)
