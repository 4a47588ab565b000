"""Keras: RandomElasticTransform warps a mask by another field than its image."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.zeros((1, 32, 32, 1), "float32")
image[:, 8:24, 8:24] = 1.0
layer = keras.layers.RandomElasticTransform(
    (1.0, 1.0), (0.7, 0.7), interpolation="nearest", fill_mode="constant", seed=1
)
out = layer({"images": image, "segmentation_masks": image.copy()}, training=True)
image, mask = (keras.ops.convert_to_numpy(out[name]) for name in ("images", "segmentation_masks"))
share = float((image != mask).mean())
print(f"image and mask were equal; after one elastic transform {share:.0%} of their pixels differ")
if share > 0.02:
    print("defect: the displacements are drawn anew for the mask")
    sys.exit(1)
