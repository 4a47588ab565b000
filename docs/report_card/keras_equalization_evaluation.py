"""Keras: Equalization does nothing at inference time, although it says that it does."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.random.default_rng(0).uniform(0, 60, (1, 8, 8, 1)).astype("float32")
layer = keras.layers.Equalization()
shown = [float(keras.ops.convert_to_numpy(layer(image, training=training)).max()) for training in (True, False)]
print(f"brightest pixel: {shown[0]:.0f} in training, {shown[1]:.0f} at inference")
if abs(shown[0] - shown[1]) > 1:
    print('defect: documented is "at inference time, the equalization is consistently applied"')
    sys.exit(1)
