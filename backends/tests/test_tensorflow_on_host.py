"""TensorFlow's tensors on the host engine: at once, as a node of a graph, in `tf.data`, and their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import augspec
from augspec_backends.host import engine
from augspec_backends.tensorflow import augment_dataset

POLICY = augspec.parse(
    {
        "augspec": 1,
        "ops": [{"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}, {"op": "rotate", "degrees": 20}],
    }
)
KEY = augspec.Key(3).fold(1)
BATCH = np.arange(5 * 9 * 10 * 3, dtype=np.uint8).reshape(5, 9, 10, 3)
EXPECTED = augspec.compile(POLICY)(KEY, BATCH)
BOXES = np.tile(np.float32([[[1, 2, 7, 8]]]), (5, 1, 1))


def make(mode: str = "host") -> Any:
    return augspec.compile(POLICY, "tensorflow", mode=mode)


def test_tensors_of_now_go_through_the_engine_whatever_memory_they_lie_in() -> None:
    augment, before = make(), engine.machines()
    for images in (BATCH, tf.constant(BATCH)):
        found = augment(KEY, images)
        assert tf.is_tensor(found)
        np.testing.assert_array_equal(found, EXPECTED)
    assert engine.machines() == before + 1


def test_in_a_graph_a_node_calls_the_engine_and_the_shape_is_known() -> None:
    run = tf.function(make().__call__).get_concrete_function(
        tf.TensorSpec(4, tf.int32), tf.TensorSpec((None, 9, 10, 3), tf.uint8), tf.TensorSpec((None,), tf.int64)
    )
    assert run.output_shapes == tf.TensorShape((None, 9, 10, 3))
    assert any("PyFunc" in node.type for node in run.graph.get_operations())
    for count in (5, 2, 0):
        found = run(tf.constant(KEY.words()), tf.constant(BATCH[:count]), tf.range(count, dtype=tf.int64))
        np.testing.assert_array_equal(found, EXPECTED[:count])


@pytest.mark.parametrize("batch", [0, 2])
def test_in_tf_data(batch: int) -> None:
    source = tf.data.Dataset.from_tensor_slices({"image": BATCH, "boxes": BOXES, "label": np.arange(5)})
    source = source.batch(batch) if batch else source
    found = list(augment_dataset(source, make(), KEY))
    images = (np.concatenate if batch else np.stack)([one["image"] for one in found])
    np.testing.assert_array_equal(images, EXPECTED)


@pytest.mark.parametrize("wrap", [lambda f: f, tf.function])
def test_gradients_are_those_of_the_eager_mode(wrap: Any) -> None:
    images = tf.constant(BATCH, tf.float32) / 255

    def gradients(mode: str) -> Any:
        augment = make(mode)

        def step(images: Any, boxes: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch([images, boxes])
                out = augment(KEY, {"image": images, "boxes": boxes})
                loss = tf.reduce_sum(out["image"] ** 2) + tf.reduce_sum(out["boxes"])
            return tape.gradient(loss, [images, boxes])

        return wrap(step)(images, tf.constant(BOXES))

    for found, expected in zip(gradients("host"), gradients("eager"), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)
        assert np.abs(expected).sum() > 0


def test_draws_are_applied_by_the_engine_too() -> None:
    augment = make()
    np.testing.assert_array_equal(augment.apply(augment.draw(KEY, index=range(5)), BATCH), EXPECTED)


def test_mixing_in_batches_whose_size_a_graph_does_not_know_is_left_to_xla() -> None:
    policy = augspec.parse({"augspec": 1, "targets": {"label": {"classes": 3}}, "ops": [{"op": "mixup"}]})
    sample = {"image": BATCH, "label": np.arange(5, dtype=np.int32) % 3}
    expected = augspec.compile(policy)(KEY, sample)
    source = tf.data.Dataset.from_tensor_slices(sample).batch(5)
    assert source.element_spec["image"].shape[0] is None
    (found,) = augment_dataset(source, augspec.compile(policy, "tensorflow", mode="host"), KEY)
    np.testing.assert_array_equal(found["image"], expected["image"])
