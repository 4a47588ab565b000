"""Keras 3 preprocessing layers on the TensorFlow backend, inside one `tf.function`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from benchmarks.peers import missing
from benchmarks.workloads import Samples, Workload

NOTE = (
    "rotation and zoom, or translation and zoom for SimCLR's crop, resample one after the other; brightness is "
    "additive; contrast pivots on channel means; CIFAR's crop is a nearest translation, cutout lies inside; keypoints "
    "are left out of W5; on road function blur has one sigma, and RandAugment one choice of ops, for a batch; road "
    "map: tf.map_fn over samples; no XLA, which has no kernels for warps and Beta draws"
)


def available() -> str | None:
    """Tell why Keras layers cannot run here, or None."""
    if os.environ.get("KERAS_BACKEND") != "tensorflow":
        return "KERAS_BACKEND is not tensorflow in this process"
    return missing("keras", "tensorflow")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Chain the layers on the batch, or on one sample after the other (`map`); their seeds advance with every call."""
    import tensorflow as tf

    from benchmarks.peers.keras_layers.layers import layers_of

    steps = [step for op in work.ops for step in layers_of(op, work, road)]
    given = {_NAMES[name]: tf.constant(array) for name, array in samples.items() if name in _NAMES}
    if work.targets == "detection":
        boxes = given.pop("bounding_boxes")
        given["bounding_boxes"] = {"boxes": boxes, "labels": tf.zeros(boxes.shape[:2])}
        given["segmentation_masks"] = given["segmentation_masks"][..., None]

    def augment(batch: Any) -> Any:
        values = tf.nest.map_structure(tf.identity, batch)  # dicts of our own: layers write into theirs
        values["images"] = tf.cast(values["images"], tf.float32)
        for step in steps:
            values = step(values)
        images = tf.cast(tf.clip_by_value(tf.round(values.pop("images")), 0.0, 255.0), tf.uint8)
        return {"image": images, **values}

    def one(sample: Any) -> Any:
        batch = tf.nest.map_structure(lambda array: array[None], sample)
        return tf.nest.map_structure(lambda array: array[0], augment(batch))

    def mapped(batch: Any) -> Any:
        kinds = {"bounding_boxes": {"boxes": tf.float32, "labels": tf.float32}, "segmentation_masks": tf.float32}
        out = {"image": tf.uint8, **{name: kind for name, kind in kinds.items() if name in batch}}
        return tf.map_fn(one, batch, fn_output_signature=out)

    run = tf.function(mapped if road == "map" else augment)
    return lambda _step: _flat(run(given))


_NAMES = {"image": "images", "label": "labels", "mask": "segmentation_masks", "boxes": "bounding_boxes"}


def _flat(batch: Any) -> Any:
    """Return a dict of tensors, boxes among them."""
    boxes = batch.pop("bounding_boxes", {})
    return {**batch, **boxes}
