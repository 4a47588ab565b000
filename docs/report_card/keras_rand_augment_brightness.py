"""Keras: on the torch engine RandAugment always adds brightness, chosen or not, and leaves the range."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.full((1, 4, 4, 3), 200.0, "float32")
results = []
for seed in range(60):
    layer = keras.layers.RandAugment(num_ops=1, factor=0.5, seed=seed)
    transformation = layer.get_random_transformation(keras.ops.convert_to_tensor(images), training=True)
    chosen = layer._AUGMENT_LAYERS[int(transformation["layer_idxes"][0])]
    if chosen in ("random_rotation", "random_translation"):  # they move pixels of a constant image onto each other
        results.append(keras.ops.convert_to_numpy(layer.transform_images(images.copy(), transformation))[0, 2, 2, 0])
print(f"a constant 200, to be moved only, with {len(results)} seeds: {[round(float(v), 1) for v in results]}")
if any(abs(v - 200) > 1 for v in results):
    print("defect: RandomBrightness, which was not chosen, adds in place to the images of the others")
    sys.exit(1)
