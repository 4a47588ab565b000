"""Mixup and cutmix of images and labels: a share per sample, partners by a shuffle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers.tf_image.batches import inside
from benchmarks.workloads import Workload


def make(work: Workload) -> Callable[[Any, Any], Any]:
    """Return a function of the step and of a batch of images and one-hot labels."""
    import tensorflow as tf

    (op,) = work.ops
    # The pixels under XLA, 3 to 4 times quicker; Gammas have no kernel there.
    mix = tf.function({"mixup": _mixup, "cutmix": _cutmix}[op["op"]], jit_compile=True)

    def augment(step: Any, batch: Any) -> Any:
        one, other = tf.unstack(tf.random.stateless_gamma((2, work.batch, 1), [step, 0], op["alpha"]))
        share = one / (one + other)  # two Gammas make Beta(alpha, alpha)
        partners = tf.random.experimental.stateless_shuffle(tf.range(work.batch), [step, 1])
        own, labels = batch["image"], batch["label"]
        image, weight = mix(own, tf.gather(own, partners), share, step)
        return {"image": image, "label": weight * labels + (1.0 - weight) * tf.gather(labels, partners)}

    return augment


def _mixup(own: Any, other: Any, share: Any, step: Any) -> tuple[Any, Any]:
    """Blend; the labels' weight is the share."""
    import tensorflow as tf

    del step
    weight = share[:, :, None, None]
    blended = weight * tf.cast(own, tf.float32) + (1.0 - weight) * tf.cast(other, tf.float32)
    return tf.cast(tf.round(blended), tf.uint8), share


def _cutmix(own: Any, other: Any, share: Any, step: Any) -> tuple[Any, Any]:
    """Paste a rectangle; the labels' weight is what is left of the image itself."""
    import tensorflow as tf

    count, height, width, _ = own.shape
    edges = []
    for number, side in enumerate((height, width)):
        half = tf.cast(tf.sqrt(1.0 - share) * side / 2.0, tf.int32)
        centre = tf.random.stateless_uniform((count, 1), [step, 2 + number], 0, side, tf.int32)
        edges.append((tf.maximum(centre - half, 0), tf.minimum(centre + half, side)))
    (top, bottom), (left, right) = edges
    pasted = inside(top, bottom, height)[:, :, None, None] & inside(left, right, width)[:, None, :, None]
    area = tf.cast((bottom - top) * (right - left), tf.float32)
    return tf.where(pasted, other, own), 1.0 - area / (height * width)
