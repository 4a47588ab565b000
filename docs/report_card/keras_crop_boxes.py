"""Keras: RandomCrop moves boxes by the row offset along x and by the column offset along y."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

images = np.zeros((1, 40, 20, 1), "float32")
images[:, 18:24, 8:12] = 1.0
boxes = {"boxes": np.array([[[8, 18, 12, 24]]], "float32"), "labels": np.zeros((1, 1), "int32")}
worst = 0.0
for seed in range(20):
    layer = keras.layers.RandomCrop(34, 19, seed=seed, bounding_box_format="xyxy")
    out = layer({"images": images.copy(), "bounding_boxes": {k: v.copy() for k, v in boxes.items()}}, training=True)
    rows, columns = np.nonzero(keras.ops.convert_to_numpy(out["images"])[0, ..., 0])
    painted = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    box = keras.ops.convert_to_numpy(out["bounding_boxes"]["boxes"])[0, 0]
    if np.abs(box - painted).max() > worst:
        worst, shown = np.abs(box - painted).max(), (painted.tolist(), box.tolist())
if worst > 0.5:
    print(f"the rectangle is at {shown[0]}, its box at {shown[1]}")
    print("defect: h_start is subtracted from x and w_start from y")
    sys.exit(1)
