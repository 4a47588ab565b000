"""Keras: RandomSaturation leaves the value range (0, 255)."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.array([[[[200.0, 100.0, 50.0]]]], "float32")
out = keras.ops.convert_to_numpy(keras.layers.RandomSaturation((0.9, 0.9))(image, training=True))[0, 0, 0]
unit = keras.ops.convert_to_numpy(
    keras.layers.RandomSaturation((0.9, 0.9), value_range=(0, 1))(image / 255, training=True)
)
print(f"(200, 100, 50) becomes {out.round(1).tolist()}; in (0, 1) it becomes {(unit[0, 0, 0] * 255).round(1).tolist()}")
if out.min() < -1:
    print("defect: saturation, which ends at 1, is clipped to value_range")
    sys.exit(1)
