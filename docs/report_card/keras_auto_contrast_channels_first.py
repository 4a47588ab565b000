"""Keras: AutoContrast takes other axes for channels_first."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(50, 200, (1, 8, 6, 3)).astype("float32")
last = keras.ops.convert_to_numpy(keras.layers.AutoContrast(data_format="channels_last")(images))
first = keras.ops.convert_to_numpy(
    keras.layers.AutoContrast(data_format="channels_first")(images.transpose(0, 3, 1, 2))
)
difference = float(np.abs(first.transpose(0, 2, 3, 1) - last).max())
print(f"channels_first and channels_last differ by up to {difference:.1f} of 255")
if difference > 1:
    print("defect: minimum and maximum are taken over the axes 1 and 2, which are channels and rows here")
    sys.exit(1)
