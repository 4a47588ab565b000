"""Keras: RandomSharpness changes the border of a constant image."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.full((1, 5, 5, 1), 100.0, "float32")
for factor in (0.0, 1.0):
    out = keras.ops.convert_to_numpy(keras.layers.RandomSharpness((factor, factor))(image, training=True))[0, ..., 0]
    print(f"factor {factor}: corner {out[0, 0]:.1f}, edge {out[0, 2]:.1f}, middle {out[2, 2]:.1f}")
if abs(out[0, 0] - 100) > 1:
    print("defect: the blur takes zeros from outside of the image, so borders darken or light up")
    sys.exit(1)
