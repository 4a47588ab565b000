"""Keras: its image preprocessing layers, on the engine that `KERAS_BACKEND` chose for this process."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from augspec_conformance.peers.libraries.keras_layers import layers
from augspec_conformance.peers.peer import Arrays, Call, Transform

__all__ = ["Library"]

_NAMES = {"image": "images", "mask": "segmentation_masks"}
_ENGINES = {"torch": "torch", "jax": "jax", "tensorflow": "tensorflow-cpu"}


class Library:
    """Keras on one engine."""

    library = "keras"
    layouts = ("NHWC", "NCHW")
    generators = ()
    ranges: Mapping[str, tuple[float, float]] = {"float32": (0.0, 255.0), "uint8": (0.0, 255.0)}

    def __init__(self, engine: str = "") -> None:
        self.name = f"keras-{engine}"
        self.engine = engine
        self.packages = ("keras", _ENGINES[engine])
        # A layer is documented as safe inside tf.data on every engine; the map needs TensorFlow.
        self.modes = ("eager", "tf.data") if find_spec("tensorflow") else ("eager",)
        self.silent: Mapping[str, str] = {}

    def missing(self) -> str:
        """Name what is not installed."""
        return ", ".join(name for name in ("keras", self.engine) if find_spec(name) is None)

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked."""
        return layers()

    def _layer(self, transform: Transform, seed: int, layout: str) -> Any:
        options: dict[str, Any] = {"data_format": "channels_last" if layout == "NHWC" else "channels_first"}
        if not transform.options.get("seedless"):
            options["seed"] = seed
        if "boxes" in transform.targets:
            options["bounding_box_format"] = transform.options.get("format", "xyxy")
        return transform.build(**options)

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return the layer, newly made with the seed."""
        layer = self._layer(transform, seed, layout)
        if mode == "tf.data":
            return lambda native: _through_tf_data(layer, native)
        return lambda native: layer(native, training=True)

    def evaluated(self, transform: Transform, sample: Arrays) -> Arrays:
        """Return what the layer gives with `training=False`."""
        layer = self._layer(transform, 3, "NHWC")
        return self.arrays(transform, layer(self.native(transform, sample), training=False))

    def rebuilt(self, transform: Transform, *, seed: int) -> Call:
        """Return a layer made from the configuration of one with this seed."""
        layer = self._layer(transform, seed, "NHWC")
        again = type(layer).from_config(layer.get_config())
        return lambda native: again(native, training=True)

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return the engine's tensors: images alone, or a dict as the layers take it."""
        from keras import ops

        example = transform.options.get("example", False)

        def tensor(value: Any) -> Any:
            return np.array(value) if example else ops.convert_to_tensor(np.array(value))

        def placed(value: Any) -> Any:
            return np.moveaxis(value, -1, 1) if layout == "NCHW" else value

        if set(sample) == {"image"}:
            return tensor(placed(sample["image"]))
        if "mask" in sample:
            sample = {**sample, "mask": sample["mask"].astype(transform.options.get("mask", np.int32))}
        native = {_NAMES[name]: tensor(placed(sample[name])) for name in ("image", "mask") if name in sample}
        if "boxes" in sample:
            boxes = _scaled(transform, sample["boxes"], sample["image"].shape, inverse=False)
            labels = sample.get("box_labels", np.zeros(boxes.shape[:2], np.int32))
            native["bounding_boxes"] = {"boxes": tensor(boxes), "labels": tensor(labels)}
        if example:
            native["labels"] = ops.one_hot(np.zeros(len(sample["image"]), np.int32), num_classes=4)
        return native

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return NumPy arrays, boxes in pixels."""

        def array(value: Any) -> Any:
            found = np.array(value) if isinstance(value, np.ndarray) else np.array(_numpy(value))
            return np.moveaxis(found, 1, -1) if layout == "NCHW" and found.ndim == 4 else found

        if not isinstance(native, dict):
            return {"image": array(native)}
        found = {name: array(native[key]) for name, key in _NAMES.items() if key in native}
        if "bounding_boxes" in native:
            boxes = np.array(_numpy(native["bounding_boxes"]["boxes"]))
            found["boxes"] = _scaled(transform, boxes, found["image"].shape, inverse=True)
            if "box_labels" in transform.targets:
                found["box_labels"] = np.array(_numpy(native["bounding_boxes"]["labels"])).astype(np.int32)
        return found


def _numpy(value: Any) -> Any:
    from keras import ops

    return value if isinstance(value, np.ndarray) else ops.convert_to_numpy(value)


def _scaled(transform: Transform, boxes: Any, shape: tuple[int, ...], *, inverse: bool) -> Any:
    """Return boxes in the layer's format (names beginning with "rel_" are shares of width and height), or back."""
    name = transform.options.get("format", "xyxy")
    size = np.array([shape[2], shape[1]] * 2, np.float32) if name.startswith("rel_") else np.float32(1)
    order = name.removeprefix("rel_")
    if inverse:
        if order == "yxyx":
            boxes = boxes[..., [1, 0, 3, 2]]
        if order == "xywh":
            boxes = np.concatenate([boxes[..., :2], boxes[..., :2] + boxes[..., 2:]], -1)
        if order == "center_xywh":
            boxes = np.concatenate([boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., :2] + boxes[..., 2:] / 2], -1)
        return boxes * size
    boxes = boxes / size
    corner, span = boxes[..., :2], boxes[..., 2:] - boxes[..., :2]
    if order == "yxyx":
        return boxes[..., [1, 0, 3, 2]]
    if order == "xywh":
        return np.concatenate([corner, span], -1)
    if order == "center_xywh":
        return np.concatenate([corner + span / 2, span], -1)
    return boxes


def _through_tf_data(layer: Any, native: Any) -> Any:
    import tensorflow as tf

    plain = tf.nest.map_structure(_numpy, native)
    dataset = tf.data.Dataset.from_tensors(plain).map(lambda data: layer(data, training=True))
    return next(iter(dataset.as_numpy_iterator()))
