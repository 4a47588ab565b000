"""Keras: CutMix gives masks as many channels as the images have."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

data = {"images": np.zeros((4, 8, 8, 3), "float32"), "segmentation_masks": np.zeros((4, 8, 8, 1), "float32")}
out = keras.layers.CutMix(seed=1)(data, training=True)
shape = tuple(out["segmentation_masks"].shape)
print(f"masks (4, 8, 8, 1) become {shape}")
if shape != (4, 8, 8, 1):
    print("defect: a mask of the images' shape is used to choose between masks")
    sys.exit(1)
