"""Keras: RandomPerspective answers relative boxes with pixels."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

layer = keras.layers.RandomPerspective(factor=(1.0, 1.0), scale=0.0, bounding_box_format="rel_xyxy")
boxes = {"boxes": np.array([[[0.25, 0.25, 0.75, 0.75]]], "float32"), "labels": np.zeros((1, 1), "int32")}
out = layer({"images": np.zeros((1, 20, 40, 3), "float32"), "bounding_boxes": boxes}, training=True)
box = keras.ops.convert_to_numpy(out["bounding_boxes"]["boxes"])[0, 0].round(2).tolist()
print(f"with scale=0 the box [0.25, 0.25, 0.75, 0.75] of rel_xyxy comes back as {box}")
if max(box) > 1:
    print("defect: the boxes are not converted back to bounding_box_format")
    sys.exit(1)
