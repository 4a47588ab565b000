"""A Keras layer: augments in training, runs the `eval` pipeline in evaluation, is saved with its model."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

import augspec
from augspec.errors import AugspecError, SampleError
from augspec.load import parse
from augspec_backends.generic.labels import LABEL
from augspec_backends.generic.signature import Leaf
from augspec_backends.generic.targets import IMAGE, targets_of

__all__ = ["Augment"]

_PROBES = (1021, 2039)
"""Two sides that stand for an unknown one, to see which sides of a result depend on it."""


@keras.saving.register_keras_serializable(package="augspec")
class Augment(keras.layers.Layer):
    """A policy as a layer of Keras 3, on whichever engine Keras runs: TensorFlow, JAX, torch or NumPy.

    `fit` augments, `evaluate` and `predict` do not; a direct call follows `training`, and without it does not
    augment. It has no trainable weights. Its one weight counts the samples augmented so far, and a sample's
    number is its id: every call gives new samples, and a model that was saved goes on where it stopped. A
    caller who knows the samples' ids passes them instead: the result then depends on nothing else, and the
    counter stands still. Inside `tf.data` pass ids always, because parallel calls share one counter;
    `augment_dataset` does.

    A policy that mixes samples (`mixup`, `cutmix`, `mosaic`) takes batches with their labels,
    `layer({"image": x, "label": y})`, and gives soft labels, (B, K) float32; in a functional model they must be soft
    already, because evaluation leaves them alone. `mosaic` brings the boxes of four samples together, and the `labels`
    of these.

    The configuration holds the whole policy, so that a `.keras` file needs no other. To load one, import this
    module first: `from augspec_backends.tensorflow import Augment`.

    Example:
        >>> import augspec, numpy as np
        >>> policy = augspec.loads('{"augspec": 1, "ops": [{"op": "rotate", "degrees": 15}]}')
        >>> layer = Augment(policy, seed=7)
        >>> images = np.zeros((4, 8, 8, 3), np.uint8)
        >>> tuple(layer(images, training=True).shape), int(layer.counter)
        ((4, 8, 8, 3), 4)

    Args:
        policy: what `augspec.load` returns, or the same document as plain JSON values.
        seed: 0 … 2⁶⁴ - 1.
        value_range: of float images; (0, 255) by default, as for the layers of Keras itself. uint8 images
            always use their whole range.
        layout: "NHWC" or "NCHW"; by default as `keras.config.image_data_format()` says.
        box_format: as in `augspec.compile`.
        box_units: as in `augspec.compile`.
        keypoint_format: as in `augspec.compile`.
        mode: as in `augspec.compile`.
        frames: as in `augspec.compile`: whether samples are stacks, (B, T, H, W, C) or (T, H, W, C).
        **kwargs: of `keras.layers.Layer`, such as `name`.
    """

    def __init__(
        self,
        policy: augspec.Policy | Mapping[str, Any],
        *,
        seed: int = 0,
        value_range: tuple[float, float] = (0.0, 255.0),
        layout: str | None = None,
        box_format: str = "xyxy",
        box_units: str = "pixels",
        keypoint_format: str = "xy",
        mode: str = "auto",
        frames: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("autocast", False)  # uint8 in, uint8 out, whatever the model computes in
        super().__init__(**kwargs)
        self._convert_input_args = False  # ids may be texts; images are converted in `call`
        self._allow_non_tensor_positional_args = True
        first = keras.config.image_data_format() == "channels_first"
        self.policy = parse(dict(policy)) if isinstance(policy, Mapping) else policy
        self.key = augspec.Key(seed)
        self._options: dict[str, Any] = {
            "value_range": tuple(value_range),
            "layout": layout or ("NCHW" if first else "NHWC"),
            "box_format": box_format,
            "box_units": box_units,
            "keypoint_format": keypoint_format,
            "mode": mode,
            "frames": frames,
        }
        self.augment = augspec.compile(self.policy, keras.backend.backend(), **self._options)
        self._in_tf_data: Any = None
        self.counter = self.add_weight(name="counter", shape=(), dtype="int", initializer="zeros", trainable=False)
        self.built = True

    def call(
        self,
        inputs: Any,
        training: bool | None = None,  # noqa: FBT001 (Keras' own signature)
        index: Any = None,
        epoch: Any = None,
    ) -> Any:
        """Return the augmented sample, or in evaluation what the `eval` pipeline makes of it.

        Args:
            inputs: images (B, H, W, C) or (H, W, C), stacks of them if it has `frames`, or a dict of targets.
            training: whether to augment; Keras sets it inside `fit`, `evaluate` and `predict`.
            index: the samples' ids, (B,); by default the numbers that follow the last call's.
            epoch: folded into the key, an int or an integer tensor of shape ().
        """
        with _own_errors():
            return self._augmented(inputs, bool(training), index, epoch)

    def _augmented(self, inputs: Any, training: bool, index: Any, epoch: Any) -> Any:  # noqa: FBT001
        augment, sample = self._bound(inputs)
        if not training:
            return augment(None, sample, training=False)
        if index is not None:
            return augment(self._key(epoch), sample, index)
        if augment is not self.augment:
            raise SampleError("index", "the samples' ids, inside tf.data", None, "Or use augment_dataset().")
        image = sample.get("image") if isinstance(sample, Mapping) else sample
        if image is None:
            return augment(self._key(epoch), sample)  # raises what a direct call does
        batch = keras.ops.shape(image)[0] if len(image.shape) == len(augment.options.batch) else 1
        kind = self.counter.dtype
        out = augment(self._key(epoch), sample, self.counter.value + keras.ops.arange(batch, dtype=kind))
        self.counter.assign_add(keras.ops.cast(batch, kind))
        return out

    def _bound(self, inputs: Any) -> tuple[Any, Any]:
        """Return the augmenter for these arrays, and the arrays as it takes them."""
        backend = self.augment.backend
        flat = inputs if isinstance(inputs, Mapping) else {"image": inputs}
        moving = self.augment.takes(flat)
        foreign = [x for name, x in flat.items() if name in moving and not backend.owns(x)]
        if any(type(x).__module__.startswith("tensorflow.") for x in foreign):
            if self._in_tf_data is None:
                self._in_tf_data = augspec.compile(self.policy, "tensorflow", **self._options)
            return self._in_tf_data, inputs
        new = {name: keras.ops.convert_to_tensor(x) if any(x is y for y in foreign) else x for name, x in flat.items()}
        return self.augment, new if isinstance(inputs, Mapping) else new["image"]

    def _key(self, epoch: Any) -> Any:
        if epoch is None:
            return self.key
        if not hasattr(epoch, "shape") or isinstance(epoch, (np.ndarray, np.generic)):
            return self.key.fold(operator.index(epoch))
        high, low, _, view = self.key.words().tolist()
        parts = [keras.ops.cast(part, "int32") for part in (high, low, epoch, view)]
        return keras.ops.stack(parts)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of what a call gives; unknown sides that matter stay None."""
        if isinstance(input_shape, Mapping):
            leaves = {name: Leaf(tuple(shape), "float32") for name, shape in input_shape.items()}
            return {name: leaf.shape for name, leaf in self._spec(leaves, None).items()}
        return self._spec(Leaf(tuple(input_shape), "float32"), None).shape

    def compute_output_spec(
        self,
        inputs: Any,
        training: bool | None = None,  # noqa: FBT001
        index: Any = None,
        epoch: Any = None,
    ) -> Any:
        """Return the symbolic tensors that a call gives."""

        def leaf(x: Any) -> Leaf:
            return Leaf(tuple(x.shape), str(x.dtype))

        def tensor(spec: Leaf) -> Any:
            return keras.KerasTensor(spec.shape, dtype=spec.dtype)

        with _own_errors():
            if not isinstance(inputs, Mapping):
                return tensor(self._spec(leaf(inputs), training))
            leaves = {name: leaf(x) for name, x in inputs.items()}
            moved = {name: leaves[name] for name in self.augment.takes(leaves)}
            # A tensor that passes through is a new one too: Keras takes an output that is an input for an input.
            return {name: tensor(spec) for name, spec in {**leaves, **self._spec(moved, training)}.items()}

    def _spec(self, leaves: Any, training: bool | None) -> Any:  # noqa: FBT001
        """Return what one pipeline gives, or what both have in common where it is not known which."""
        found = []
        for flag in (True, False) if training is None else (training,):
            for probe in _PROBES:
                found.append(self.augment.output_spec(self._filled(leaves, probe), training=flag))  # noqa: PERF401
        if isinstance(leaves, Leaf):
            return _common("image", found)
        return {name: _common(name, [spec[name] for spec in found]) for name in found[0]}

    def _filled(self, leaves: Any, probe: int) -> Any:
        """Put a number in the place of unknown sides of what has pixels; an unknown batch size stays."""
        if isinstance(leaves, Mapping):
            pixels = (IMAGE, *(target.name for target in targets_of(self.policy.targets) if target.pixels))
            batched = IMAGE in leaves and len(leaves[IMAGE].shape) == len(self.augment.options.batch)
            return {n: _sided(leaf, batched, probe) if n in pixels else leaf for n, leaf in leaves.items()}
        return _sided(leaves, len(leaves.shape) == len(self.augment.options.batch), probe)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs: the policy as a dict, the seed and the options."""
        options = {**self._options, "value_range": list(self._options["value_range"])}
        return {**super().get_config(), "policy": self.policy.to_dict(), "seed": self.key.seed, **options}


@contextmanager
def _own_errors() -> Iterator[None]:
    """Keep Keras from turning our errors into a RuntimeError, with the arrays' contents in its text."""
    try:
        yield
    except AugspecError as error:
        vars(error)["_keras_call_info_injected"] = True
        raise


def _sided(leaf: Leaf, batched: bool, probe: int) -> Leaf:  # noqa: FBT001
    sides: list[int | None] = [probe if side is None else side for side in leaf.shape]
    if batched:
        sides[0] = leaf.shape[0]
    return Leaf(tuple(sides), leaf.dtype)


def _common(name: str, specs: list[Leaf]) -> Leaf:
    kinds = sorted({spec.dtype for spec in specs})
    if len(kinds) > 1:
        raise SampleError(
            name,
            "one dtype in training and evaluation",
            " and ".join(kinds),
            "Give soft labels, (B, K) float32."
            if name == LABEL
            else "End the policy's `eval` with the op that changes it (normalize), as `ops` does.",
        )
    shapes = [spec.shape for spec in specs]
    if len({len(shape) for shape in shapes}) > 1:
        raise SampleError(name, "one rank in training and evaluation", shapes)
    sides: list[Any] = [found[0] if len(set(found)) == 1 else None for found in zip(*shapes, strict=True)]
    return Leaf(tuple(sides), kinds[0])
