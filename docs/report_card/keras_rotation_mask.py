"""Keras: on the torch engine RandomRotation turns a mask another way than its image."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.zeros((1, 32, 32, 1), "float32")
image[:, 4:12, 18:28] = 1.0
layer = keras.layers.RandomRotation((0.1, 0.1), fill_mode="constant", interpolation="nearest")
out = layer({"images": image, "segmentation_masks": image.copy()}, training=True)
image, mask = (keras.ops.convert_to_numpy(out[name]) for name in ("images", "segmentation_masks"))
share = float((image != mask).mean())
print(f"image and mask were equal; after one rotation {share:.0%} of their pixels differ")
if share > 0.01:
    print("defect: the first call swaps entries of the matrix in place, so the mask is turned by another one")
    sys.exit(1)
