"""tf.image: convert_image_dtype from float16 to uint16 makes every pixel white or black."""

import sys

import numpy as np
import tensorflow as tf

image = np.array([0, 0.1, 0.25, 0.5, 0.75], np.float16).reshape(1, 1, 5, 1)
found = tf.image.convert_image_dtype(image, tf.uint16, saturate=True).numpy().ravel()
right = tf.image.convert_image_dtype(image.astype(np.float32), tf.uint16, saturate=True).numpy().ravel()
print(f"{image.ravel()} as float16 becomes {found}")
print(f"and as float32 {right}")
if np.abs(found.astype(float) - right).max() > 1000:
    print("defect: the factor 65535.5 is infinite in float16, in which it is multiplied")
    sys.exit(1)
