"""Keras: on the torch engine RandomBrightness writes into the tensor that it is given."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = keras.ops.ones((1, 4, 4, 3)) * 100.0
before = keras.ops.convert_to_numpy(images).copy()
keras.layers.RandomBrightness((0.2, 0.2))(images, training=True)
after = keras.ops.convert_to_numpy(images)
print(f"the caller's images held {before.max():g}; after the call they hold {after.max():g}")
if not np.array_equal(before, after):
    print("defect: the layer adds in place (images += …) to the caller's own tensor")
    sys.exit(1)
