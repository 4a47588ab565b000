"""Keras: RandomColorJitter does not pass data_format on to the layers that it is made of."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(0, 255, (1, 8, 6, 3)).astype("float32")
options = {"saturation_factor": (0.3, 0.3)}
last = keras.layers.RandomColorJitter(**options, data_format="channels_last")(images, training=True)
try:
    first = keras.layers.RandomColorJitter(**options, data_format="channels_first")(
        images.transpose(0, 3, 1, 2), training=True
    )
except Exception as error:
    print(f"defect: channels_first ends in {type(error).__name__}")
    sys.exit(1)
difference = np.abs(keras.ops.convert_to_numpy(first).transpose(0, 2, 3, 1) - keras.ops.convert_to_numpy(last)).max()
print(f"channels_first and channels_last differ by up to {difference:.1f} of 255")
if difference > 1:
    print("defect: the layers inside take rows for channels")
    sys.exit(1)
