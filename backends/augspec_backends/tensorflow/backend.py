"""The TensorFlow backend: XLA by default, graphs and eager on request, inside `tf.data` and the caller's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from augspec.errors import SampleError
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.compiled import CompiledBackend
from augspec_backends.generic.inputs import Given
from augspec_backends.generic.options import Capabilities, Options
from augspec_backends.generic.pipeline import Runner
from augspec_backends.tensorflow.autograph import TensorFlowAugmenter
from augspec_backends.tensorflow.capabilities import CAPABILITIES
from augspec_backends.tensorflow.namespace import TensorFlowNamespace

__all__ = ["Backend"]


class Backend(CompiledBackend):
    """TensorFlow tensors; keys, ids and the batch size may be symbolic, image sides must be static.

    In the mode "compiled", take gradients of a choice (`one_of`, `some_of`, …) inside of your own
    `tf.function(jit_compile=True)`: what a loop remembers for its gradient cannot leave a function that XLA compiles.
    """

    name: ClassVar[str] = "tensorflow"
    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def augmenter(self, policy: Policy, options: Options) -> Augmenter:
        return TensorFlowAugmenter(policy, self, options)

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return TensorFlowNamespace()

    def owns(self, x: Any) -> bool:
        return tf.is_tensor(x) or isinstance(x, (tf.Variable, np.ndarray))

    def shape(self, x: Array) -> tuple[int, ...]:
        if isinstance(x.shape, tf.TensorShape) and x.shape.rank is None:
            raise SampleError("sample", "a tensor of known rank", "an unknown shape", "Call set_shape() first.")
        shape = tuple(x.shape)
        if None in shape[1:]:
            raise SampleError(
                "sample",
                "static sides (only the batch size may be unknown)",
                f"shape {shape}",
                "Call ensure_shape() or resize before augmenting; images of differing sizes need batches of one size.",
            )
        return shape

    def dtype(self, x: Array) -> str:
        return str(getattr(x.dtype, "name", x.dtype))

    def concrete(self, x: Array) -> bool:
        return not tf.is_symbolic_tensor(x)

    def to_native(self, xp: Namespace, params: Mapping[str, np.ndarray]) -> dict[str, Array]:
        return {name: tf.constant(array) for name, array in params.items()}

    def dynamic_batch(self, arrays: Mapping[str, Array]) -> Any:
        return tf.shape(arrays["image"])[0]

    def native_key(self, key: Any) -> Any:
        whole = self.owns(key) and (key.dtype.kind in "iu" if isinstance(key, np.ndarray) else key.dtype.is_integer)
        if not whole:
            raise SampleError(
                "key", "an int seed, an augspec.Key, or an integer tensor: () a seed, (2,) or (4,) its words", type(key)
            )
        shape = tuple(key.shape)
        if shape not in ((), (2,), (4,)):
            raise SampleError("key", "a seed of shape (), or words of shape (2,) or (4,)", f"shape {shape}")
        if self.concrete(key):
            values = np.asarray(key).astype(object).reshape(-1)
            if shape == ():
                seed = int(values[0])
                if seed < 0:
                    raise SampleError("key", "seed from 0 to 2^64 - 1", seed)
                values = np.array([seed >> 32, seed & 0xFFFFFFFF], object)
            if any(not -(2**31) <= value < 2**32 for value in values):
                raise SampleError("key", "words of 32 bits", values.tolist())
            words = [int(value) & 0xFFFFFFFF for value in values] + [0] * (4 - len(values))
            return np.array(words, np.uint64).astype(np.uint32).view(np.int32)
        zero = tf.zeros(2, tf.int32)
        if shape == ():
            low, high = _words(tf.reshape(key, [1]))
            return tf.concat([high, low, zero], 0)
        words = tf.bitcast(key, tf.int32) if key.dtype in (tf.int32, tf.uint32) else _words(key)[0]
        return words if shape == (4,) else tf.concat([words, zero], 0)

    def native_ids(self, index: Any, batch: Any) -> tuple[Any, Any]:
        symbolic = tf.is_tensor(batch) or (tf.is_tensor(index) and not self.concrete(index))
        if not symbolic:
            return super().native_ids(index, batch)
        if index is None:
            return tf.range(batch), None
        index = tf.convert_to_tensor(index)
        size = index.shape.num_elements()  # None where the graph does not know it
        known = not tf.is_tensor(batch) and size is not None
        if not index.dtype.is_integer or index.shape.rank not in (0, 1) or (known and size != batch):
            raise SampleError("index", "one whole number per sample", f"{index.dtype.name} of shape {index.shape}")
        low, high = _words(tf.reshape(index, [batch]))
        return low, tf.bitwise.bitwise_and(high, tf.constant(0xFFFF))

    def own(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        return {
            name: tf.constant(x.copy()) if isinstance(x, np.ndarray) else tf.convert_to_tensor(x)
            for name, x in arrays.items()
        }

    def copy(self, x: Array) -> Array:
        return tf.identity(x)

    def inline(self, mode: str, *, host_keys: bool, arrays: Mapping[str, Array]) -> bool:
        return not tf.executing_eagerly() and mode != "compiled"

    def inner(self, mode: str, xp: Namespace) -> Namespace:
        return TensorFlowNamespace(xla=mode == "compiled")

    def by_engine(self, augmenter: Augmenter, runner: Runner, given: Given) -> dict[str, Array] | None:
        from augspec_backends.tensorflow import on_host as engine  # needs LLVM

        return engine.run(augmenter, runner, given) if engine.goes(runner, given) else None

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        compiled: Callable[..., Any] = tf.function(f, jit_compile=mode == "compiled", autograph=False)
        return compiled


def _words(numbers: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the low and the high 32 bits of whole numbers."""
    low, high = tf.unstack(tf.bitcast(tf.cast(numbers, tf.int64), tf.int32), axis=-1)  # little-endian, as XLA has it
    return low, high
