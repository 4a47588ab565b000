"""Keras: RandomShear with two equal numbers shears to either side."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.zeros((64, 21, 41, 1), "float32")
images[:, 20, 20] = 255.0
layer = keras.layers.RandomShear(x_factor=(0.3, 0.3), fill_mode="constant", seed=1)
out = keras.ops.convert_to_numpy(layer(images, training=True))
columns = sorted({int(np.argmax(image[20, :, 0])) for image in out})
print(f"a pixel in the last row, column 20, x_factor=(0.3, 0.3): it comes to the columns {columns}")
if len(columns) > 1:
    print("defect: the value is to be sampled from the given range, which holds 0.3 alone")
    sys.exit(1)
