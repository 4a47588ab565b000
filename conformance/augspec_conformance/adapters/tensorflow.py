"""TensorFlow tensors; NumPy arrays are welcome too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from augspec_conformance.adapters import host_fingerprint, seed_host
from augspec_conformance.adapters import numpy as host

FRAMEWORK = "tensorflow"
Array = npt.NDArray[Any]


def cost(mode: str) -> str:
    """A graph takes about a second, XLA somewhat more."""
    return "eager" if mode == "eager" else "graph"


def to_native(array: Array, dtype: str) -> Any:
    """Return a tensor in TensorFlow's memory."""
    return tf.cast(tf.constant(np.array(array, order="C")), dtype)


def to_numpy(x: Any) -> Array:
    """Return a copy; bfloat16 as float32."""
    return host.to_numpy(x.numpy() if hasattr(x, "numpy") else x)


def dtype_name(x: Any) -> str:
    """Return the dtype's name."""
    return str(getattr(x.dtype, "name", x.dtype))


def share(array: Array) -> Any:
    """Hand over NumPy's own memory: TensorFlow may alias it."""
    return array


def readonly(array: Array) -> Any:
    """Return a read-only NumPy array."""
    return host.readonly(array)


def layouts(array: Array) -> Mapping[str, Any]:
    """Return NumPy arrays in other memory layouts."""
    return host.layouts(array)


def storage(x: Any) -> tuple[int, int] | None:
    """Return the bounds of a NumPy array, or of an eager tensor on the host, through DLPack."""
    if isinstance(x, np.ndarray):
        return host.storage(x)
    if "CPU" not in x.device or x.dtype == tf.bfloat16 or 0 in x.shape:
        return None  # NumPy has no bfloat16 to import
    return host.storage(np.from_dlpack(x))


def dense(x: Any) -> bool | None:
    """Tensors have no strides."""
    return host.dense(x) if isinstance(x, np.ndarray) else True


def guarded(array: Array, sentinel: Any) -> tuple[Any, Any] | None:
    """Return a NumPy view inside a larger NumPy array."""
    return host.guarded(array, sentinel)


def poke(x: Any) -> bool:
    """Only NumPy arrays can be written to."""
    return host.poke(x)


def seed_globals(seed: int) -> None:
    """Seed the host's generators and TensorFlow's."""
    seed_host(seed)
    tf.random.set_seed(seed)


def fingerprint() -> Mapping[str, Any]:
    """Return the host's state, TensorFlow's generator and its settings."""
    from tensorflow.python.eager import context

    return {
        **host_fingerprint(),
        "global seed": context.global_seed(),
        "generator": bytes(tf.random.get_global_generator().state.numpy().tobytes()),
        "run eagerly": tf.config.functions_run_eagerly(),
        "soft placement": tf.config.get_soft_device_placement(),
        "tf32": tf.config.experimental.tensor_float_32_execution_enabled(),
    }


def native_keys(seed: int, epoch: int, view: int) -> Mapping[str, Any]:
    """Return the words as int64 and as int32 bit patterns, and a seed that int64 can hold."""
    words = np.array([seed >> 32, seed & 0xFFFFFFFF, epoch, view], np.int64)
    found = {"four words": tf.constant(words), "int32 words": tf.constant(words.astype(np.uint32).view(np.int32))}
    if not epoch and not view:
        found["two words"] = tf.constant(words[:2])
        found |= {"seed": tf.constant(seed, tf.int64)} if seed < 2**63 else {}
    return found


def compilations() -> int | None:
    """TensorFlow does not count over all functions: see `augspec_conformance.laws.compiled`."""
    return None


def contexts() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return the contexts in which users call."""
    return {"plain": nullcontext, "tape": tf.GradientTape, "device": _on_cpu}


@contextmanager
def _on_cpu() -> Iterator[None]:
    with tf.device("/CPU:0"):
        yield


def _words(seed: int) -> Any:
    return tf.constant(np.array([seed >> 32, seed & 0xFFFFFFFF], np.uint32).view(np.int32))


def _function(augmenter: Any, seed: int, sample: Any, ids: Any) -> Any:
    run = tf.function(augmenter.__call__, autograph=False)
    return run(_words(seed), sample, tf.constant(np.asarray(ids, np.int64)))


def _dataset(augmenter: Any, seed: int, sample: Any, ids: Any) -> Any:
    """Map over a dataset of batches of one and of the rest, and put the results together."""
    index = tf.constant(np.asarray(ids, np.int64))
    data = tf.data.Dataset.from_tensor_slices((sample, index)).batch(len(ids))
    words = _words(seed)
    data = data.map(
        tf.autograph.experimental.do_not_convert(lambda s, i: augmenter(words, s, i)),
        num_parallel_calls=2,
        deterministic=True,
    )
    return next(iter(data))


def nestings() -> Mapping[str, Callable[..., Any]]:
    """Return tf.function, and tf.data."""
    return {"tf.function": _function, "tf.data": _dataset}


def gradient(augmenter: Any, key: Any, image: Any, ids: Any) -> tuple[Any, Any] | None:
    """Return the result and the gradient of its sum."""
    with tf.GradientTape() as tape:
        tape.watch(image)
        out = augmenter(key, image, ids)
        total = tf.reduce_sum(out)
    found = tape.gradient(total, image)
    return None if found is None else (out, tf.convert_to_tensor(found))
