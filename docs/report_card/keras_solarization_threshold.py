"""Keras: Solarization(threshold_factor=(0.5, 0.5)) draws its threshold from 0.5 to 127.5."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.full((200, 1, 1, 3), 100.0, "float32")
out = keras.ops.convert_to_numpy(keras.layers.Solarization(threshold_factor=(0.5, 0.5), seed=1)(images, training=True))
inverted = int((out[:, 0, 0, 0] > 150).sum())
print(f"the value 100 lies below half of 255; it was inverted in {inverted} of 200 images")
if inverted:
    print("defect: the lower end of the range is not scaled by 255")
    sys.exit(1)
