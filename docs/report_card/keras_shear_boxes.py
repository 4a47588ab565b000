"""Keras: RandomShear's boxes leave the rectangle that was painted in them."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.zeros((1, 40, 60, 1), "float32")
images[:, 14:22, 30:44] = 1.0
worst = 0.0
for seed in range(10):
    layer = keras.layers.RandomShear(
        (0.4, 0.4), (0.3, 0.3), fill_mode="constant", seed=seed, bounding_box_format="xyxy"
    )
    boxes = {"boxes": np.array([[[30, 14, 44, 22]]], "float32"), "labels": np.zeros((1, 1), "int32")}
    out = layer({"images": images.copy(), "bounding_boxes": boxes}, training=True)
    rows, columns = np.nonzero(keras.ops.convert_to_numpy(out["images"])[0, ..., 0] > 0.45)
    painted = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    box = keras.ops.convert_to_numpy(out["bounding_boxes"]["boxes"])[0, 0]
    if np.abs(box - painted).max() > worst:
        worst, shown = float(np.abs(box - painted).max()), (painted.tolist(), box.round(1).tolist())
print(f"the rectangle ends at {shown[0]}, its box at {shown[1]}: {worst:.1f} pixels apart")
if worst > 2:
    print("defect: the shear's forward map is used for boxes where images use its inverse, and in relative units")
    sys.exit(1)
