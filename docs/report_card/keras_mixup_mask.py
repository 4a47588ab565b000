"""Keras: MixUp gives masks of another shape."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

data = {"images": np.zeros((4, 8, 8, 3), "float32"), "segmentation_masks": np.zeros((4, 8, 8, 1), "float32")}
try:
    out = keras.layers.MixUp(seed=1)(data, training=True)
    shape = tuple(out["segmentation_masks"].shape)
except Exception as error:
    print(f"defect: masks end in {type(error).__name__}")
    sys.exit(1)
print(f"masks (4, 8, 8, 1) become {shape}")
if shape != (4, 8, 8, 1):
    print("defect: partners are taken along no axis, so single pixels are taken")
    sys.exit(1)
