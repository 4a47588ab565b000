"""Keras: RandAugment moves boxes once where it moves the image twice."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import ops

images = np.zeros((1, 60, 60, 3), "float32")
masks = np.zeros((1, 60, 60, 1), "float32")
masks[0, 25:35, 20:40] = 1
worst = 0.0
layer = keras.layers.RandAugment(num_ops=2, factor=0.2, seed=1, bounding_box_format="xyxy")
for call in range(300):
    drawn = layer.get_random_transformation(ops.convert_to_tensor(images), training=True)
    chosen = [layer._AUGMENT_LAYERS[int(index)] for index in drawn["layer_idxes"]]
    if chosen == ["random_translation"] * 2:  # other pairs are taken in another order; this one needs no eye
        boxes = {"boxes": np.array([[[20.0, 25, 40, 35]]], "float32"), "labels": np.zeros((1, 1), "int32")}
        boxes = {name: ops.convert_to_tensor(value) for name, value in boxes.items()}
        moved = ops.convert_to_numpy(layer.transform_segmentation_masks(ops.convert_to_tensor(masks), drawn))
        box = ops.convert_to_numpy(layer.transform_bounding_boxes(boxes, drawn)["boxes"])[0, 0]
        rows, columns = np.nonzero(moved[0, ..., 0] > 0.5)
        painted = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        worst = max(worst, float(np.abs(box - painted).max()))
        print(
            f"call {call}, translated twice: the mask is at {[int(v) for v in painted]}, its box {box.round(1).tolist()}"
        )
if worst > 3:
    print("defect: each op is applied to the boxes that were given, and the last one chosen wins")
    sys.exit(1)
