"""Trains, saves and loads a model with an `Augment` layer on the engine that KERAS_BACKEND names."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import keras
import numpy as np

import augspec
from augspec_backends.tensorflow import Augment

POLICY = augspec.loads("""
{"augspec": 1, "ops": [
  {"op": "horizontal_flip"},
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}
]}
""")
IMAGES = np.random.default_rng(0).integers(0, 256, (8, 9, 12, 3), dtype=np.uint8)
HOST = augspec.compile(POLICY)


def out(layer: keras.Layer, **options: object) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(layer(IMAGES, **options)))


def main() -> None:
    assert keras.backend.backend() == sys.argv[1]
    layer = Augment(POLICY, seed=7)
    np.testing.assert_array_equal(out(layer), IMAGES)
    np.testing.assert_array_equal(out(layer, training=True), HOST(7, IMAGES))
    np.testing.assert_array_equal(out(layer, training=True), HOST(7, IMAGES, range(8, 16)))
    np.testing.assert_array_equal(out(layer, training=True, index=range(8)), HOST(7, IMAGES))
    third = HOST(augspec.Key(7).fold(3), IMAGES)
    np.testing.assert_array_equal(out(layer, training=True, index=range(8), epoch=3), third)
    epoch = keras.ops.convert_to_tensor(3)
    np.testing.assert_array_equal(out(layer, training=True, index=range(8), epoch=epoch), third)

    if sys.argv[1] == "numpy":  # an engine that does not train
        return
    model = keras.Sequential(
        [
            keras.Input((9, 12, 3), dtype="uint8"),
            layer,
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    labels = np.arange(8) % 3
    model.fit(IMAGES, labels, batch_size=3, epochs=2, verbose=0)  # a smaller last batch
    assert int(keras.ops.convert_to_numpy(layer.counter)) == 32
    model.evaluate(IMAGES, labels, verbose=0)
    predicted = model.predict(IMAGES, verbose=0)
    assert int(keras.ops.convert_to_numpy(layer.counter)) == 32

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        loaded = keras.models.load_model(path)
    np.testing.assert_allclose(loaded.predict(IMAGES, verbose=0), predicted, atol=1e-6)
    np.testing.assert_array_equal(out(loaded.layers[0], training=True), out(layer, training=True))


if __name__ == "__main__":
    main()
