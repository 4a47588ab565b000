"""`augspec_backends.tensorflow.Augment`: `training=` decides, and a saved model goes on where it stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import augspec
from augspec_backends.tensorflow import Augment

POLICY = augspec.loads("""
{"augspec": 1, "name": "mixed", "ops": [
  {"op": "horizontal_flip"},
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}
]}
""")
CROP = augspec.loads(
    '{"augspec": 1, "ops": [{"op": "random_resized_crop", "size": [4, 5]}], "eval": [{"op": "resize", "size": [4, 5]}]}'
)
IMAGES = np.random.default_rng(0).integers(0, 256, (8, 9, 12, 3), dtype=np.uint8)
HOST = augspec.compile(POLICY)


@pytest.mark.parametrize("engine", ["tensorflow", "jax", "torch", "numpy"])
def test_every_engine_of_keras_trains_saves_and_loads(engine: str) -> None:
    program = Path(__file__).parent / "programs" / "keras_layer.py"
    environment = {**os.environ, "KERAS_BACKEND": engine, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, str(program), engine],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr


def test_training_decides_and_a_direct_call_does_not_augment() -> None:
    layer = Augment(POLICY, seed=7)
    np.testing.assert_array_equal(layer(IMAGES), IMAGES)
    np.testing.assert_array_equal(layer(IMAGES, training=False), IMAGES)
    np.testing.assert_array_equal(layer(IMAGES, training=True), HOST(7, IMAGES))
    np.testing.assert_array_equal(layer(IMAGES, training=True), HOST(7, IMAGES, range(8, 16)))


def test_r4_ids_win_and_leave_the_counter() -> None:
    layer = Augment(POLICY, seed=7)
    ids = [5, 1, 2**40, 3, 9, 8, 7, 6]
    for index in (ids, tf.constant(ids, tf.int64)):
        np.testing.assert_array_equal(layer(IMAGES, training=True, index=index), HOST(7, IMAGES, ids))
    names = list("abcdefgh")
    np.testing.assert_array_equal(layer(IMAGES, training=True, index=names), HOST(7, IMAGES, names))
    assert int(layer.counter) == 0


def test_r4_single_images_count_like_batches() -> None:
    layer = Augment(POLICY, seed=7)
    singles = np.stack([layer(image, training=True) for image in IMAGES])
    np.testing.assert_array_equal(singles, HOST(7, IMAGES))


def test_the_configuration_is_the_policy_and_round_trips() -> None:
    layer = Augment(POLICY, seed=7, value_range=(-1, 1), name="first")
    config = layer.get_config()
    assert config["policy"] == POLICY.to_dict()
    assert config["seed"] == 7
    other = Augment.from_config(config)
    assert other.get_config() == config
    assert other.policy == POLICY
    np.testing.assert_array_equal(other(IMAGES, training=True), layer(IMAGES, training=True))


def test_a_functional_model_with_ids_is_saved_and_loaded(tmp_path: Path) -> None:
    images = keras.Input((None, None, 3), dtype="float32")
    ids = keras.Input((), dtype="int32")
    result = Augment(POLICY, seed=7)(images, index=ids)
    assert result.shape == (None, None, None, 3)
    model = keras.Model([images, ids], result)
    given = [IMAGES.astype(np.float32), np.arange(8)[::-1].astype(np.int32)]
    expected = augspec.compile(POLICY, value_range=(0, 255))(7, given[0], given[1])
    np.testing.assert_allclose(model(given, training=True), expected, rtol=0, atol=0.02)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(given, training=True), model(given, training=True))
    np.testing.assert_array_equal(loaded(given, training=False), given[0])


@pytest.mark.parametrize("jit", [True, False])
def test_fit_augments_compiled_or_not(jit: bool) -> None:
    seen: list[np.ndarray] = []

    class Watch(keras.layers.Layer):
        def call(self, images: Any) -> Any:
            self.seen.assign(keras.ops.cast(images, "float32"))
            return images

        def build(self, shape: Any) -> None:
            self.seen = self.add_weight(shape=(8, 9, 12, 3), initializer="zeros", trainable=False)

    watch = Watch()
    model = keras.Sequential(
        [
            keras.Input((9, 12, 3), dtype="uint8", batch_size=8),
            Augment(POLICY, seed=7),
            watch,
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ]
    )
    model.compile("sgd", "mse", jit_compile=jit)
    for epoch in range(2):
        model.fit(IMAGES, np.zeros((8, 2)), batch_size=8, shuffle=False, verbose=0)
        seen.append(np.array(watch.seen.numpy()))
        np.testing.assert_array_equal(seen[epoch], HOST(7, IMAGES, range(8 * epoch, 8 * epoch + 8)))
    model.evaluate(IMAGES, np.zeros((8, 2)), batch_size=8, verbose=0)
    np.testing.assert_array_equal(watch.seen.numpy(), IMAGES)


def test_inside_tf_data_with_ids() -> None:
    layer = Augment(POLICY, seed=7)
    source = tf.data.Dataset.from_tensor_slices(IMAGES).enumerate()
    mapped = source.map(lambda number, image: layer(image, training=True, index=number), num_parallel_calls=4)
    np.testing.assert_array_equal(np.stack(list(mapped.as_numpy_iterator())), HOST(7, IMAGES))


def test_shapes_are_known_before_any_call() -> None:
    assert Augment(POLICY).compute_output_shape((None, 9, 12, 3)) == (None, 9, 12, 3)
    assert Augment(POLICY).compute_output_shape((9, 12, 3)) == (9, 12, 3)
    assert Augment(CROP).compute_output_shape((None, None, None, 3)) == (None, 4, 5, 3)
    shapes = Augment(POLICY).compute_output_shape({"image": (None, None, 12, 3), "boxes": (None, 6, 4)})
    assert shapes == {"image": (None, None, 12, 3), "boxes": (None, 6, 4), "boxes_valid": (None, 6)}
    assert Augment(CROP)(keras.Input((None, None, 3), dtype="uint8")).dtype == "uint8"


def test_dicts_of_targets_pass_through_a_functional_model() -> None:
    shapes = {"image": ((9, 12, 3), "uint8"), "boxes": ((2, 4), "float32"), "label": ((), "float32")}
    inputs = {name: keras.Input(shape, dtype=dtype, name=name) for name, (shape, dtype) in shapes.items()}
    outputs = Augment(POLICY, seed=7)(inputs)
    assert list(outputs) == ["image", "boxes", "label", "boxes_valid"]
    model = keras.Model(inputs, outputs)
    boxes = np.array([[[1, 1, 5, 4], [2, 2, 9, 8]]] * 8, np.float32)
    given = {"image": IMAGES, "boxes": boxes, "label": np.arange(8, dtype=np.float32)}
    found = model(given, training=True)
    want = HOST(7, {"image": IMAGES, "boxes": boxes})
    np.testing.assert_array_equal(found["image"], want["image"])
    np.testing.assert_allclose(found["boxes"], want["boxes"], rtol=0, atol=1e-5)
    np.testing.assert_array_equal(found["boxes_valid"], want["boxes_valid"])
    np.testing.assert_array_equal(found["label"], np.arange(8))


def test_nothing_is_trainable_and_mixed_precision_leaves_images_alone() -> None:
    layer = Augment(POLICY, seed=7, dtype="mixed_float16")
    assert not layer.trainable_weights
    out = layer(IMAGES.astype(np.float32), training=True)
    assert out.dtype == tf.float32


def test_errors_keep_their_class_and_the_counter() -> None:
    layer = Augment(POLICY)
    with pytest.raises(augspec.SampleError, match="index"):
        layer(IMAGES, training=True, index=[1, 2])
    with pytest.raises(augspec.SampleError, match="image"):
        layer({"images": IMAGES}, training=True)
    with pytest.raises(augspec.SampleError, match="a static number of boxes"):
        layer({"image": keras.Input((9, 12, 3)), "boxes": keras.Input((None, 4))})
    assert int(layer.counter) == 0
    normalizing = augspec.loads('{"augspec": 1, "ops": [{"op": "normalize", "mean": [0.5], "std": [0.5]}]}')
    with pytest.raises(augspec.SampleError, match="one dtype"):
        Augment(normalizing)(keras.Input((9, 12, 3), dtype="uint8"))
    with pytest.raises(augspec.PolicyError):
        Augment({"augspec": 1, "ops": [{"op": "flip"}]})


MIXED = augspec.loads('{"augspec": 1, "ops": [{"op": "mixup"}], "targets": {"label": {"classes": 8}}}')


def test_t5_a_batch_is_mixed_with_its_labels() -> None:
    layer = Augment(MIXED, seed=7)
    batch = {"image": IMAGES, "label": np.arange(8)}
    out = layer(batch, training=True)
    expected = augspec.compile(MIXED)(7, batch)
    np.testing.assert_array_equal(out["image"], expected["image"])
    np.testing.assert_array_equal(out["label"], expected["label"])
    np.testing.assert_array_equal(layer(batch)["label"], np.arange(8))


def test_t5_a_functional_model_takes_soft_labels_because_evaluation_leaves_them_as_they_are() -> None:
    def model(shape: tuple[int, ...], dtype: str) -> Any:
        image, label = keras.Input((9, 12, 3), dtype="uint8"), keras.Input(shape, dtype=dtype)
        return keras.Model([image, label], Augment(MIXED)({"image": image, "label": label}))

    with pytest.raises(augspec.SampleError, match=r"Give soft labels, \(B, K\) float32"):
        model((), "int32")
    soft = np.eye(8, dtype=np.float32)
    found = model((8,), "float32")([IMAGES, soft], training=True)
    np.testing.assert_array_equal(found["label"], augspec.compile(MIXED)(0, {"image": IMAGES, "label": soft})["label"])


def test_t3_boxes_of_four_samples_come_together_with_their_labels() -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "mosaic"}]}')
    boxes = np.tile(np.array([[1, 2, 5, 8], [0, 0, 4, 4]], np.float32), (8, 1, 1))
    batch = {"image": IMAGES, "boxes": boxes, "labels": np.arange(16, dtype=np.int32).reshape(8, 2)}
    layer = Augment(policy, seed=7)
    out, expected = layer(batch, training=True), augspec.compile(policy)(7, batch)
    for name, value in expected.items():
        np.testing.assert_allclose(out[name], value, atol=1e-5)
    inputs = {name: keras.Input(x.shape[1:], dtype=str(x.dtype)) for name, x in batch.items()}
    symbolic = layer(inputs, training=True)
    assert (symbolic["boxes"].shape, symbolic["labels"].shape) == ((None, 8, 4), (None, 8))


def test_t7_stacks_are_counted_as_samples_and_saved_as_such() -> None:
    layer = Augment(POLICY, seed=7, frames=True)
    stack = np.stack([IMAGES, IMAGES[:, ::-1]], 1)
    out = layer(stack, training=True)
    np.testing.assert_array_equal(out[:, 0], HOST(7, IMAGES))
    assert int(layer.counter) == 8
    assert layer.compute_output_shape((None, 2, None, 12, 3)) == (None, 2, None, 12, 3)
    again = Augment.from_config(layer.get_config())
    np.testing.assert_array_equal(again(stack, training=True), out)
