"""Keras: RandomElasticTransform takes no boxes, which its own documentation's example gives it."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

layer = keras.layers.RandomElasticTransform(bounding_box_format="xyxy")
data = {
    "images": np.zeros((4, 32, 32, 3), "uint8"),
    "bounding_boxes": {
        "boxes": np.array([[[5, 10, 15, 20]]] * 4, dtype="float32"),
        "labels": np.zeros((4, 1), dtype="int32"),
    },
}
try:
    layer(data, training=True)
    print("a dict of images and boxes is transformed")
except NotImplementedError:
    print("a dict of images and boxes ends in NotImplementedError")
    print('defect: "bounding_boxes" are in the example of the layer\'s documentation')
    sys.exit(1)
