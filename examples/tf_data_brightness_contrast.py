"""Map brightness and contrast over a `tf.data` dataset, and see that the source dataset stays as it was.

    python examples/tf_data_brightness_contrast.py [-o demo/brightness_contrast.png]

Writes the photographs above, and what the mapped dataset gives below.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: no start-up messages

import numpy as np
import tensorflow as tf
from PIL import Image
from skimage import data

import augspec
from augspec_backends.tensorflow import augment_dataset

POLICY = augspec.loads("""
{
  "augspec": 1,
  "ops": [
    {"op": "brightness_scale", "factor": {"uniform": [0.6, 1.4]}},
    {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}}
  ]
}
""")


def content(dataset: tf.data.Dataset) -> tuple[np.ndarray, str]:
    """Return all images of a dataset, and the SHA-256 of their bytes."""
    images = np.concatenate([image.numpy() for image, _ in dataset])
    return images, hashlib.sha256(images.tobytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Map brightness and contrast over a tf.data dataset.")
    parser.add_argument("-o", "--output", type=Path, default=Path("demo/brightness_contrast.png"))
    options = parser.parse_args()

    photos = [data.chelsea(), data.astronaut(), data.coffee(), data.rocket()]
    images = np.stack([photo[:256, 60:316] for photo in photos])
    source = tf.data.Dataset.from_tensor_slices((images, np.arange(4))).batch(3)  # the last batch is smaller
    originals, before = content(source)

    augment = augspec.compile(POLICY, "tensorflow")
    mapped = augment_dataset(source, augment, augspec.Key(3))  # parallel calls, ids counted from 0
    augmented, digest = content(mapped)

    _, after = content(source)
    assert before == after, "the source dataset has changed"
    assert np.array_equal(originals, images)
    assert digest != before, "nothing was augmented"
    assert content(mapped)[1] == digest, "parallel calls give the same images every time"
    loop = augment(augspec.Key(3), tf.constant(images))
    assert np.array_equal(augmented, loop), "a loop over the images gives the same ones"

    options.output.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.vstack([np.hstack(list(originals)), np.hstack(list(augmented))])).save(options.output)
    print(f"source before  {before[:16]}…\nsource after   {after[:16]}…\nmapped         {digest[:16]}…")
    print(f"{options.output}: the originals above, brightness and contrast below")


if __name__ == "__main__":
    main()
