"""Keras: RandomShear cannot be made from its own configuration."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

layer = keras.layers.RandomShear(x_factor=0.3)
print("x_factor in the configuration:", layer.get_config()["x_factor"])
try:
    keras.layers.RandomShear.from_config(layer.get_config())
except Exception as error:
    print(f"defect: from_config ends in {type(error).__name__}: {str(error).strip().splitlines()[-1][:120]}")
    sys.exit(1)
