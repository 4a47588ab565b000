"""Keras: RandomGrayscale takes no dict, as all other image layers do."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

data = {"images": np.zeros((1, 4, 4, 3), "float32"), "labels": np.zeros((1, 2), "float32")}
keras.layers.RandomInvert()({name: value.copy() for name, value in data.items()}, training=True)
try:
    keras.layers.RandomGrayscale()(data, training=True)
except Exception as error:
    print(f"defect: {type(error).__name__}: {str(error).splitlines()[0][:100]}; RandomInvert takes the same dict")
    sys.exit(1)
