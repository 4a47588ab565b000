"""Augmentation inside a model: active in training, absent in evaluation.

    python examples/train_and_eval_mode.py [torch | keras]

The same for a torch module and for a Keras layer. In training every call gives other images; in evaluation the
model sees the images as they are. The batch that goes in is never changed.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: no start-up messages

import numpy as np
from skimage import data

import augspec

POLICY = augspec.loads("""
{
  "augspec": 1,
  "ops": [
    {"op": "horizontal_flip"},
    {"op": "rotate", "degrees": {"uniform": [-20, 20]}},
    {"op": "brightness_scale", "factor": {"uniform": [0.7, 1.3]}}
  ]
}
""")
BATCH = np.stack([data.chelsea()[:256, :256], data.astronaut()[:256, :256]])  # (2, 256, 256, 3) uint8


def with_torch() -> None:
    import torch
    from torch import nn

    from augspec_backends.torch import Augment

    class ToFloat(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return images / 255

    model = nn.Sequential(Augment(POLICY, seed=7), ToFloat())
    images = torch.from_numpy(BATCH).permute(0, 3, 1, 2).contiguous()
    before = images.clone()

    model.train()
    first, second = model(images), model(images)
    assert not torch.equal(first, second), "in training every call augments anew"
    assert not torch.equal(first, before / 255)

    model.eval()
    assert torch.equal(model(images), before / 255), "in evaluation there is no augmentation"
    assert torch.equal(images, before), "the batch has changed"
    assert not list(model.parameters()), "augmentation learns nothing"
    print("torch: augmented in training, untouched in evaluation, the batch unchanged")


def with_keras() -> None:
    import keras

    from augspec_backends.tensorflow import Augment

    model = keras.Sequential(
        [
            keras.Input((256, 256, 3), dtype="uint8"),
            Augment(POLICY, seed=7),
            keras.layers.Rescaling(1 / 255),
        ]
    )
    images = keras.ops.convert_to_tensor(BATCH)
    plain = BATCH.astype(np.float32) * np.float32(1 / 255)

    first, second = (keras.ops.convert_to_numpy(model(images, training=True)) for _ in range(2))
    assert not np.array_equal(first, second), "in training every call augments anew"
    assert not np.allclose(first, plain)

    assert np.allclose(model(images, training=False), plain), "in evaluation there is no augmentation"
    assert np.allclose(model.predict(images, verbose=0), plain), "predict() is evaluation"
    assert np.array_equal(keras.ops.convert_to_numpy(images), BATCH), "the batch has changed"
    assert not model.trainable_weights, "augmentation learns nothing"
    print("keras: augmented in training, untouched in evaluation, the batch unchanged")


def main() -> None:
    chosen = sys.argv[1:] or ["torch", "keras"]
    for name in chosen:
        {"torch": with_torch, "keras": with_keras}[name]()


if __name__ == "__main__":
    main()
