"""Keras: RandomCrop is not random when one side of the image equals the target."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

image = np.arange(40, dtype="float32")[None, None, :, None].repeat(8, 1)
starts = {
    side: sorted(
        {
            int(keras.ops.convert_to_numpy(keras.layers.RandomCrop(8 - side, 10, seed=seed)(image))[0, 0, 0, 0])
            for seed in range(60)
        }
    )
    for side in (0, 1)
}
print(f"60 seeds, 10 of 40 columns: first columns {starts[1][:5]}… for 7 of 8 rows, {starts[0]} for 8 of 8 rows")
if len(starts[0]) == 1:
    print("defect: the same window every time, although the image is not smaller than the target")
    sys.exit(1)
