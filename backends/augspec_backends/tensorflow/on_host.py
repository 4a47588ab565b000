"""The mode `host`: tensors on the CPU go through the host engine, at once or as a node of the caller's graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.inputs import Given, computed
from augspec_backends.generic.pipeline import Runner
from augspec_backends.host.call import Call, call_for, knows
from augspec_backends.tensorflow.namespace import TensorFlowNamespace

__all__ = ["goes", "run"]


def goes(runner: Runner, given: Given) -> bool:
    """Return whether the engine can take tensors: they lie on the CPU, or are those of a graph."""
    here: list[bool] = ["CPU" in x.device for x in given.values() if tf.is_tensor(x) and not tf.is_symbolic_tensor(x)]
    return knows(runner) and all(here)


def run(augmenter: Augmenter, runner: Runner, given: Given) -> dict[str, Array]:
    """Return the results; in a graph they come from a node that calls the engine, on the CPU.

    Gradients are those of what TensorFlow computes.
    """
    tensors = {name: tf.convert_to_tensor(x) if _flows(x) else x for name, x in given.items()}
    floats = [name for name, x in tensors.items() if _flows(x)]
    call = call_for(augmenter, runner, {name: _Kind(x) for name, x in tensors.items()})

    def function(*flowing: tf.Tensor) -> tuple[list[tf.Tensor], Any]:
        some = {**tensors, **dict(zip(floats, flowing, strict=True))}
        found = _found(call, some, runner.signature.batch)

        def gradient(*upstream: tf.Tensor) -> Sequence[tf.Tensor]:
            with tf.GradientTape() as tape:
                tape.watch(flowing)
                again = computed(
                    runner, TensorFlowNamespace(), {name: tf.convert_to_tensor(x) for name, x in some.items()}
                )
                outs = [again[name] for name in call.outputs]
            pairs = [(out, one) for out, one in zip(outs, upstream, strict=True) if out.dtype.is_floating]
            found: Sequence[tf.Tensor] = tape.gradient(
                [out for out, _ in pairs],
                list(flowing),
                [one for _, one in pairs],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
            return found

        return found, gradient

    results = tf.custom_gradient(function)(*(tensors[name] for name in floats)) if floats else function()[0]
    return dict(zip(call.outputs, results, strict=True))


def _flows(x: Any) -> bool:
    return bool(tf.is_tensor(x) and x.dtype.is_floating)


def _found(call: Call, given: Given, batch: int | None) -> list[tf.Tensor]:
    """Return the results in order: by a call now, or by a node of the graph."""
    if not any(tf.is_symbolic_tensor(x) for x in given.values() if tf.is_tensor(x)):
        arrays = {name: np.asarray(x) for name, x in given.items()}
        return [_over(x) for x in call(arrays, aligned=True).values()]
    names = list(given)

    def on_engine(*arrays: np.ndarray) -> list[np.ndarray]:
        return list(call(dict(zip(names, arrays, strict=True)), aligned=True).values())

    kinds = call.results(batch)
    with tf.device("CPU"):
        tensors = tf.numpy_function(
            on_engine, [given[name] for name in names], [dtype for _, dtype in kinds.values()], stateful=False
        )
    return [tf.ensure_shape(x, shape) for x, (shape, _) in zip(tensors, kinds.values(), strict=True)]


def _over(x: np.ndarray) -> tf.Tensor:
    """Return a tensor over the memory of an array that nobody else has; DLPack knows no bfloat16, which is copied."""
    if x.dtype.kind not in "biuf":
        return tf.convert_to_tensor(x)
    return tf.experimental.dlpack.from_dlpack(x.__dlpack__())


class _Kind:
    """The shape and dtype of an array of either kind; the number of samples may be unknown."""

    def __init__(self, x: Any) -> None:
        self.shape = tuple(x.shape)
        self.dtype = np.dtype(x.dtype.as_numpy_dtype if tf.is_tensor(x) else x.dtype)
