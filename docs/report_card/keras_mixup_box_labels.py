"""Keras: MixUp doubles the boxes of each image, and the number of images of their labels."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

boxes = {"boxes": np.zeros((4, 3, 4), "float32"), "labels": np.zeros((4, 3), "float32")}
layer = keras.layers.MixUp(seed=1, bounding_box_format="xyxy")
out = layer({"images": np.zeros((4, 8, 8, 3), "float32"), "bounding_boxes": boxes}, training=True)["bounding_boxes"]
print(f"4 images of 3 boxes: boxes {tuple(out['boxes'].shape)}, labels {tuple(out['labels'].shape)}")
if tuple(out["boxes"].shape[:2]) != tuple(out["labels"].shape):
    print("defect: boxes are joined along their own axis, their labels along the batch")
    sys.exit(1)
