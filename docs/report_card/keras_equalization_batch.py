"""Keras: Equalization makes one histogram for the whole batch."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(0, 60, (2, 8, 8, 1)).astype("float32")
images[1] += 180
layer = keras.layers.Equalization()
alone, together = (keras.ops.convert_to_numpy(layer(batch))[0] for batch in (images[:1], images))
print(
    f"the same image alone and beside a bright one: results differ by up to {np.abs(alone - together).max():.0f} of 255"
)
if np.abs(alone - together).max() > 1:
    print("defect: what is beside an image changes it")
    sys.exit(1)
