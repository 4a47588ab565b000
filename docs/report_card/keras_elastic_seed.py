"""Keras: on the torch engine RandomElasticTransform(seed=1) draws from torch's global generator."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.random.default_rng(0).uniform(0, 255, (1, 32, 32, 3)).astype("float32")
results = []
for _ in range(3):
    layer = keras.layers.RandomElasticTransform((1.0, 1.0), (0.7, 0.7), seed=1)
    results.append(keras.ops.convert_to_numpy(layer(images, training=True)))
difference = max(float(np.abs(one - results[0]).max()) for one in results[1:])
print(f"the same seed three times: results differ by up to {difference:.0f} of 255")
if difference > 1:
    print("defect: the layer's seed does not decide what it does")
    sys.exit(1)
