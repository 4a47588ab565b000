"""Keras: RandomElasticTransform takes no integer masks."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

data = {"images": np.zeros((1, 16, 16, 3), "float32"), "segmentation_masks": np.zeros((1, 16, 16, 1), "int32")}
try:
    keras.layers.RandomElasticTransform(seed=1)(data, training=True)
except Exception as error:
    lines = [line for line in str(error).splitlines() if "implemented" in line]
    print(f"defect: {type(error).__name__}: {lines[0] if lines else error}")
    sys.exit(1)
