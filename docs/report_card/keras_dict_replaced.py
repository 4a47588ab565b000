"""Keras: RandomFlip and RandomCrop put their results into the caller's own dict."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

wrong = []
for layer in (keras.layers.RandomFlip("horizontal", seed=3), keras.layers.RandomCrop(3, 3)):
    images = keras.ops.convert_to_tensor(np.arange(192, dtype="float32").reshape(1, 8, 8, 3))
    data = {"images": images}
    layer(data, training=True)
    if data["images"] is not images:
        wrong.append(layer.__class__.__name__)
        print(f"{wrong[-1]}: data['images'] now has the shape {tuple(data['images'].shape)}, and is another tensor")
if wrong:
    print("defect: a second call on the same dict augments the result of the first")
    sys.exit(1)
