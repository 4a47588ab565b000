"""tf.image: adjust_saturation and adjust_hue that change nothing make white of an int32 image negative."""

import sys

import tensorflow as tf

white = tf.fill((1, 2, 2, 3), tf.int32.max)
found = {
    "adjust_saturation(1)": int(tf.image.adjust_saturation(white, 1.0)[0, 0, 0, 0]),
    "adjust_hue(0)": int(tf.image.adjust_hue(white, 0.0)[0, 0, 0, 0]),
    "adjust_brightness(0)": int(tf.image.adjust_brightness(white, 0.0)[0, 0, 0, 0]),
}
for name, value in found.items():
    print(f"{name}: {tf.int32.max} becomes {value}")
if min(found.values()) < 0:
    print("defect: converted back without saturation; adjust_brightness saturates")
    sys.exit(1)
