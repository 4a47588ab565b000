"""Keras: RandomFlip and RandomCrop refuse the dict of their own documentation's example."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

refused = []
for layer in (
    keras.layers.RandomFlip(bounding_box_format="xyxy"),
    keras.layers.RandomCrop(40, 40, bounding_box_format="xyxy"),
    keras.layers.RandomTranslation(0.1, 0.1, bounding_box_format="xyxy"),
):
    data = {
        "images": np.zeros((4, 64, 64, 3), "uint8"),
        "bounding_boxes": {
            "boxes": np.array([[[10, 20, 30, 40]]] * 4, dtype="float32"),
            "labels": np.zeros((4, 1), dtype="int32"),
        },
        "labels": keras.ops.one_hot(np.array([0, 1, 2, 3]), num_classes=4),
        "segmentation_masks": np.zeros((4, 64, 64, 1), "uint8"),
    }
    try:
        layer(data, training=True)
        print(f"{type(layer).__name__}: runs")
    except ValueError as error:
        refused.append(type(layer).__name__)
        print(f"{type(layer).__name__}: {str(error)[:80]}")
if refused:
    print(f"defect: {' and '.join(refused)} do not convert what the other layers convert")
    sys.exit(1)
