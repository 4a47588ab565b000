"""Keras: RandomRotation reads boxes as pixels whatever bounding_box_format says."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np


def turned(box, form):
    layer = keras.layers.RandomRotation(0.0, bounding_box_format=form)
    boxes = {"boxes": np.array([[box]], "float32"), "labels": np.zeros((1, 1), "int32")}
    out = layer({"images": np.zeros((1, 20, 40, 3), "float32"), "bounding_boxes": boxes}, training=True)
    return keras.ops.convert_to_numpy(out["bounding_boxes"]["boxes"])[0, 0].round(3).tolist()


pixels, shares = turned([10, 5, 30, 15], "xyxy"), turned([0.25, 0.25, 0.75, 0.75], "rel_xyxy")
print(f"by an angle of 0, xyxy {pixels}; the same box as rel_xyxy {shares}, expected [0.25, 0.25, 0.75, 0.75]")
if not np.allclose(shares, [0.25, 0.25, 0.75, 0.75], atol=0.02):
    print("defect: relative coordinates are taken for pixels")
    sys.exit(1)
