"""Keras: RandomErasing's scale, "the width-to-height ratio of the patch", is the share of the image's area."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

white = keras.ops.convert_to_tensor(np.full((8, 60, 40, 3), 255, "float32"))
layer = keras.layers.RandomErasing((1.0, 1.0), scale=(0.5, 0.5), fill_value=0.0, seed=1)
ratios = []
for image in keras.ops.convert_to_numpy(layer(white, training=True)):
    rows, columns = np.nonzero(image[..., 0] == 0)
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    ratios.append(width / height)
    print(
        f"scale=(0.5, 0.5): {height} × {width} pixels erased, ratio {width / height:.2f}, area {len(rows) / 2400:.2f}"
    )
if min(ratios) > 0.6:
    print("defect: the area is half of the image's, and the ratio is always the image's own")
    sys.exit(1)
