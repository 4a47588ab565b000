"""Keras: AugMix(seed=1) draws its ops from Python's global generator."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import random

import keras
import numpy as np

images = np.random.default_rng(0).uniform(0, 255, (1, 16, 16, 3)).astype("float32")
results = []
for number in (1, 2, 3):
    random.seed(number)
    results.append(keras.ops.convert_to_numpy(keras.layers.AugMix(seed=1)(images, training=True)))
difference = max(float(np.abs(one - results[0]).max()) for one in results[1:])
print(f"the same seed, another random.seed: results differ by up to {difference:.0f} of 255")
if difference > 1:
    print("defect: the layer's seed does not decide what it does")
    sys.exit(1)
