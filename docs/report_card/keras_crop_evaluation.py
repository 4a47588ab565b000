"""Keras: RandomCrop does not resize in evaluation, although it says so."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

layer = keras.layers.RandomCrop(4, 4)
out = layer(np.zeros((1, 8, 6, 3), "float32"), training=False)
promised = layer.compute_output_shape((1, 8, 6, 3))
print(f"training=False: {tuple(out.shape)}; compute_output_shape says {promised}")
if tuple(out.shape) != tuple(promised):
    print("defect: documented is a resize and crop to the target at inference time")
    sys.exit(1)
