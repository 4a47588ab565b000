"""The TensorFlow backend with faults."""

# ruff: noqa: D102
# Hooks are described where they are declared.

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from augspec.namespace import Array, Namespace
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_backends.tensorflow.backend import Backend
from augspec_conformance.mutants.faulty import Hooks, Run, Values, image_of, with_entry
from augspec_conformance.mutants.running import Go, Running, Work

__all__ = [
    "BatchNumbers",
    "CallsPython",
    "CompiledIsEager",
    "CompiledIsGraph",
    "CountsCalls",
    "PassesThrough",
    "RetracesPerKey",
    "StatefulNoise",
    "StopsGradients",
]


class CompiledIsEager(Hooks, Backend):
    """Compiles nothing in any mode."""

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        return f


class CompiledIsGraph(Hooks, Backend):
    """Makes a plain graph where XLA was promised."""

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        compiled: Callable[..., Any] = tf.function(f, autograph=False)
        return compiled


class RetracesPerKey(Running, Backend):
    """Hands the key to the compiled function as Python numbers: every key is traced anew."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        if work.mode != "graph" or not work.on_host or not tf.executing_eagerly():
            return go(keys, arrays)

        def everything(words: tuple[int, ...], low: Array, high: Array, given: Mapping[str, Array]) -> Values:
            return work.runner.everything(work.xp, tf.constant(words, tf.int32), low, high, given)

        compiled = work.augmenter.compiled(work.runner, lambda: tf.function(everything, autograph=False), "by key")
        words = tuple(int(word) for word in keys[0])
        result: Values = compiled(words, keys[1], keys[2], self.own(arrays))
        return result


class CallsPython(Hooks, Backend):
    """Goes back into Python for the last step of every graph."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if tf.executing_eagerly() or runner.options.mode != "graph":
            return state
        out = tf.numpy_function(np.array, [image], image.dtype, stateful=False)
        out.set_shape(image.shape)
        return {**state, "image": out}


class StatefulNoise(Hooks, Backend):
    """Adds nothing, times a number from TensorFlow's global generator."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if tf.executing_eagerly() or runner.options.mode != "graph":
            return state
        noise = tf.random.uniform([], 0, 2, tf.int32)
        return {**state, "image": image + tf.cast(noise * 0, image.dtype)}


class CountsCalls(Hooks, Backend):
    """Keeps a variable in its graphs, and counts calls in it."""

    def __init__(self) -> None:
        self.calls: Any = None

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        if tf.executing_eagerly() or runner.options.mode != "graph":
            return state
        if self.calls is None:
            with tf.init_scope():
                self.calls = tf.Variable(0)
        with tf.control_dependencies([self.calls.assign_add(1)]):
            return {**state, "image": tf.identity(state["image"])}


class PassesThrough(Hooks, Backend):
    """Hands NumPy memory of the caller back where the pixels did not change."""

    def result(self, out: Any, sample: Any) -> Any:
        old, new = image_of(sample), image_of(out)
        if not isinstance(old, np.ndarray) or not tf.executing_eagerly() or not np.array_equal(old, new):
            return out
        return with_entry(out, "image", old)


class BatchNumbers(Hooks, Backend):
    """Inside a graph, counts samples of unknown batches from zero instead of reading their ids."""

    def native_ids(self, index: Any, batch: Any) -> tuple[Any, Any]:
        return super().native_ids(None if tf.is_tensor(batch) else index, batch)


class StopsGradients(Hooks, Backend):
    """Lets only half of a gradient through."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if not tf.is_tensor(image) or not image.dtype.is_floating:
            return run(key, sample, index)
        half = tf.cast(0.5, image.dtype)
        return run(key, with_entry(sample, "image", half * image + tf.stop_gradient(half * image)), index)
