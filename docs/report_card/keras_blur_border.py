"""Keras: RandomGaussianBlur darkens the border of a constant image."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.full((1, 7, 7, 1), 100.0, "float32")
out = keras.ops.convert_to_numpy(keras.layers.RandomGaussianBlur((1.0, 1.0), sigma=(0.9, 0.9))(image, training=True))[
    0, ..., 0
]
print(f"corner {out[0, 0]:.1f}, edge {out[0, 3]:.1f}, middle {out[3, 3]:.1f}")
if abs(out[0, 0] - 100) > 1:
    print("defect: the blur takes zeros from outside of the image")
    sys.exit(1)
