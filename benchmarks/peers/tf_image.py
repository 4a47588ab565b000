"""What a careful TensorFlow user writes by hand: one projective transform, then `tf.image` per sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.peers import missing
from benchmarks.workloads import Samples, Workload

NOTE = "one fused resample by hand; brightness is additive; contrast pivots on channel means; no XLA kernel"


def available() -> str | None:
    """Tell why TensorFlow cannot run here, or None."""
    return missing("tensorflow")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Draw with stateless seeds, compose the matrix, resample once, then adjust colours."""
    batch = samples["image"]
    del road  # it has only one
    import tensorflow as tf

    count, side = len(batch), batch.shape[1]
    low, high = zip(work.degrees, work.scale, work.brightness, work.contrast, strict=True)

    def colour(sample: tuple[Any, Any, Any]) -> Any:
        image, brightness, contrast = sample
        image = tf.clip_by_value(tf.image.adjust_brightness(image, brightness - 1.0), 0.0, 1.0)
        return tf.image.adjust_contrast(image, contrast)

    def augment(step: Any, images: Any) -> Any:
        unit = tf.random.stateless_uniform((count, 4), [step, 7])
        angle, scale, brightness, contrast = tf.unstack(unit * (tf.constant(high) - low) + low, axis=1)
        cosine, sine = (f(angle * math.pi / 180.0) / scale for f in (tf.cos, tf.sin))
        centre, zero = (side - 1) / 2.0, tf.zeros_like(angle)
        shift_x, shift_y = centre * (1.0 - cosine + sine), centre * (1.0 - sine - cosine)
        values = tf.raw_ops.ImageProjectiveTransformV3(
            images=tf.cast(images, tf.float32) / 255.0,
            transforms=tf.stack([cosine, -sine, shift_x, sine, cosine, shift_y, zero, zero], axis=1),
            output_shape=[side, side],
            fill_value=0.0,
            interpolation="BILINEAR",
            fill_mode="CONSTANT",
        )
        values = tf.vectorized_map(colour, (values, brightness, contrast))
        return tf.cast(tf.clip_by_value(tf.round(values * 255.0), 0.0, 255.0), tf.uint8)

    run, images = tf.function(augment), tf.constant(batch)
    return lambda step: run(tf.constant(step), images)
