"""Keras: RandomGaussianBlur draws one sigma for the whole batch."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.zeros((32, 9, 9, 1), "float32")
images[:, 4, 4] = 255.0
layer = keras.layers.RandomGaussianBlur((1.0, 1.0), kernel_size=5, sigma=(0.1, 1.0), seed=1)
peaks = keras.ops.convert_to_numpy(layer(images, training=True))[:, 4, 4, 0]
print(f"32 equal images, sigma from (0.1, 1.0): {len(np.unique(peaks.round(3)))} different results")
if len(np.unique(peaks.round(3))) == 1:
    print('defect: documented is "a value is sampled between the two for each image"')
    sys.exit(1)
