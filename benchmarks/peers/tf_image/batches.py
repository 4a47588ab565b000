"""A border, a crop, a flip and a hole, on a whole batch of small images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.workloads import Json, Workload


def make(work: Workload) -> Callable[[Any, Any], Any]:
    """Return a function of the step and of a batch; images stay uint8."""
    made = {"pad": _pad, "random_crop": _crop, "horizontal_flip": _flip, "cutout": _cutout}

    def augment(step: Any, batch: Any) -> Any:
        images = batch["image"]
        for number, op in enumerate(work.ops):
            images = made[op["op"]](images, op, [step, number])
        return images

    return augment


def _pad(images: Any, op: Json, seed: Any) -> Any:
    import tensorflow as tf

    del seed
    return tf.pad(images, [[0, 0], [op["top"], op["bottom"]], [op["left"], op["right"]], [0, 0]])


def _crop(images: Any, op: Json, seed: Any) -> Any:
    """Gather rows, then columns, from a place of each sample's own."""
    import tensorflow as tf

    (count, *sides, _), (height, width) = images.shape, op["size"]
    free = tf.constant([sides[0] - height + 1, sides[1] - width + 1], tf.float32)
    places = tf.cast(tf.random.stateless_uniform((count, 2), seed) * free, tf.int32)
    rows, columns = places[:, :1] + tf.range(height), places[:, 1:] + tf.range(width)
    return tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _flip(images: Any, op: Json, seed: Any) -> Any:
    import tensorflow as tf

    del op  # a half is its only probability, drawn for each of the batch
    return tf.image.stateless_random_flip_left_right(images, seed)


def _cutout(images: Any, op: Json, seed: Any) -> Any:
    """Blacken a square with its centre anywhere."""
    import tensorflow as tf

    count, height, width, _ = images.shape
    side = round(op["size"] * min(height, width))
    ends = tf.constant([height, width], tf.float32)
    corner = tf.cast(tf.random.stateless_uniform((count, 2), seed) * ends, tf.int32) - side // 2
    top, left = corner[:, :1], corner[:, 1:]
    hidden = inside(top, top + side, height)[:, :, None, None] & inside(left, left + side, width)[:, None, :, None]
    return tf.where(hidden, tf.zeros((), images.dtype), images)


def inside(first: Any, last: Any, count: int) -> Any:
    """Tell which of `count` places lie in [first, last): (B, 1) integers give (B, count)."""
    import tensorflow as tf

    return (tf.range(count) >= first) & (tf.range(count) < last)
