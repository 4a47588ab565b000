"""Keras: AugMix blends segmentation masks as if they were pictures."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

new = set()
for seed in range(6):
    data = {
        "images": np.full((1, 16, 16, 3), 99.0, "float32"),
        "segmentation_masks": np.zeros((1, 16, 16, 1), "float32"),
    }
    data["segmentation_masks"][:, 4:12, 4:12] = 7.0
    out = keras.layers.AugMix(factor=0.5, seed=seed)(data, training=True)
    found = np.unique(keras.ops.convert_to_numpy(out["segmentation_masks"]).round(3))
    new |= {float(v) for v in found if abs(v) > 0.01 and abs(v - 7) > 0.01}
print(f"the mask held the classes 0 and 7; afterwards it holds, for example, {sorted(new)[:5]}")
if new:
    print("defect: there are no classes between classes")
    sys.exit(1)
