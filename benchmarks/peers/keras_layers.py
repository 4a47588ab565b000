"""Keras 3 preprocessing layers on the TensorFlow backend, inside one `tf.function`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from benchmarks.peers import missing
from benchmarks.workloads import Samples, Workload

NOTE = (
    "rotation and zoom resample one after the other; brightness is additive; contrast pivots on channel "
    "means; no XLA: the layers say supports_jit=False (ImageProjectiveTransformV3 has no XLA kernel)"
)


def available() -> str | None:
    """Tell why Keras layers cannot run here, or None."""
    if os.environ.get("KERAS_BACKEND") != "tensorflow":
        return "KERAS_BACKEND is not tensorflow in this process"
    return missing("keras", "tensorflow")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Chain the four layers; their seed generators advance with every call."""
    batch = samples["image"]
    del road  # it has only one
    import keras
    import tensorflow as tf

    layers = [
        keras.layers.RandomRotation(work.degrees[1] / 360.0, fill_mode="constant", seed=1),
        # A positive factor zooms out: the sampling step is 1 + factor.
        keras.layers.RandomZoom((1 / work.scale[1] - 1, 1 / work.scale[0] - 1), fill_mode="constant", seed=2),
        keras.layers.RandomBrightness(work.brightness[1] - 1.0, seed=3),
        keras.layers.RandomContrast(work.contrast[1] - 1.0, seed=4),
    ]

    def augment(images: Any) -> Any:
        values = tf.cast(images, tf.float32)
        for layer in layers:
            values = layer(values, training=True)
        return tf.cast(tf.clip_by_value(tf.round(values), 0.0, 255.0), tf.uint8)

    run = tf.function(augment, jit_compile=all(layer.supports_jit for layer in layers))
    images = tf.constant(batch)
    return lambda _step: run(images)
