"""Keras: with factor=1.0, "always applied", layers leave half of the images alone."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(0, 255, (200, 8, 8, 3)).astype("float32")
wrong = 0
for layer in (
    keras.layers.RandomErasing(factor=1.0, scale=(0.3, 0.3), fill_value=0.0, seed=1),
    keras.layers.RandomPerspective(factor=1.0, scale=0.5, seed=1),
):
    out = keras.ops.convert_to_numpy(layer(images, training=True))
    share = float((np.abs(out - images).max((1, 2, 3)) > 1).mean())
    print(f"{layer.__class__.__name__}(factor=1.0): applied to {share:.0%} of 200 images")
    wrong += share < 0.7
if wrong:
    print("defect: the probability itself is drawn from (0, 1)")
    sys.exit(1)
