"""Keras: RandomGrayscale's configuration has no seed."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(0, 255, (64, 2, 2, 3)).astype("float32")
layer = keras.layers.RandomGrayscale(0.5, seed=7)
again = keras.layers.RandomGrayscale.from_config(layer.get_config())
same = np.array_equal(*(keras.ops.convert_to_numpy(one(images, training=True)) for one in (layer, again)))
print("seed in the configuration:", layer.get_config().get("seed"), " equal results:", same)
if not same and "seed" not in layer.get_config():
    print("defect: a layer that is saved and loaded is no longer seeded")
    sys.exit(1)
