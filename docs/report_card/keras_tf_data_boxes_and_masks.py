"""Keras: with boxes and masks together, layers fail inside tf.data on the torch and JAX engines."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
import tensorflow as tf

data = {
    "images": np.zeros((2, 8, 8, 3), "float32"),
    "bounding_boxes": {"boxes": np.ones((2, 1, 4), "float32"), "labels": np.zeros((2, 1), "float32")},
    "segmentation_masks": np.zeros((2, 8, 8, 1), "float32"),
}
layer = keras.layers.RandomFlip("horizontal", bounding_box_format="xyxy")
for left_out in ("segmentation_masks", "bounding_boxes", ""):
    given = {name: value for name, value in data.items() if name != left_out}
    try:
        next(iter(tf.data.Dataset.from_tensors(given).map(lambda one: layer(one, training=True))))
        print(f"{', '.join(given)}: runs")
    except Exception as error:
        print(f"{', '.join(given)}: {type(error).__name__}")
        print(
            "defect: the boxes' part sets the backend back before the masks' turn; documented is any engine in tf.data"
        )
        sys.exit(1)
