"""Keras: RandomHue with two equal numbers does not always do the same."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.full((64, 1, 1, 3), [[[200.0, 100.0, 50.0]]], "float32")
out = keras.ops.convert_to_numpy(keras.layers.RandomHue((0.5, 0.5), seed=1)(images, training=True))
seen = np.unique(out.reshape(64, 3).round(0), axis=0).tolist()
print(f"64 equal images, factor=(0.5, 0.5): {seen}")
if len(seen) > 1:
    print("defect: documented is that two identical floats ensure that the value is always the same")
    sys.exit(1)
