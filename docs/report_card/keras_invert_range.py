"""Keras: RandomInvert leaves a value range that does not begin at 0."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.array([-1.0, -0.5, 0.5, 1.0], "float32").reshape(1, 1, 4, 1)
layer = keras.layers.RandomInvert((1.0, 1.0), value_range=(-1, 1))
out = keras.ops.convert_to_numpy(layer(image, training=True)).ravel()
print(f"[-1, -0.5, 0.5, 1] in the range (-1, 1) becomes {out.tolist()}, expected [1, 0.5, -0.5, -1]")
if out.max() > 1.01:
    print("defect: values are subtracted from the range's end, whatever its beginning")
    sys.exit(1)
