"""TensorFlow tensors; NumPy arrays are welcome too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from augspec_conformance.adapters import Gradient, Place, engine, host_fingerprint, seed_host
from augspec_conformance.adapters import numpy as host

FRAMEWORK = "tensorflow"
Array = npt.NDArray[Any]


def cost(mode: str) -> str:
    """A graph takes about a second, XLA somewhat more, and the host engine less."""
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
    """Return a number that grows with every compilation, TensorFlow's or the host engine's; None if there is no gauge.

    TensorFlow's own counts the microseconds that it spent on tracing functions.
    """
    try:
        from tensorflow.python.eager.polymorphic_function import tracing_compilation

        spent = tracing_compilation._graph_building_time_counter.get_cell().value()  # noqa: SLF001
        return int(spent) + engine.machines()
    except (ImportError, AttributeError):
        return None


def ir_audit(
    augmenter: Any, key: Any, sample: Any, ids: Sequence[int], *, mode: str, optimized: bool
) -> list[str] | None:
    """Read every function that a call registers."""
    if mode == "host":
        return engine.audit(augmenter, key, sample, ids)
    from tensorflow.python.eager import context

    registry = context.context()
    before = set(registry.list_function_names())
    augmenter(key, sample, ids)
    names = sorted(set(registry.list_function_names()) - before)
    functions = [registry.get_function_def(name) for name in names]
    if not functions:
        return ["the first call traced nothing"]
    found = sorted({text for function in functions for text in _audit_function(function)})
    if optimized and not any(function.attr["_XlaMustCompile"].b for function in functions):
        found.append("no function is compiled by XLA")
    return found


def _audit_function(function: Any) -> Iterator[str]:
    from tensorflow.python.framework import op_def_registry

    for argument in function.signature.input_arg:
        if argument.type in (tf.resource.as_datatype_enum, tf.variant.as_datatype_enum):
            yield f"a captured variable: {argument.name}"
    for node in function.node_def:
        definition = op_def_registry.get(node.op)
        if "PyFunc" in node.op:
            yield f"a way back into Python: {node.op}"
        elif definition is not None and definition.is_stateful and node.op not in _CALLS:
            yield f"a stateful op: {node.op}"


_CALLS = ("StatefulPartitionedCall", "If", "While", "Case")
"""Stateful as far as the functions that they call are, and these are read as well."""


def contexts() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return the contexts in which users call."""
    return {"plain": nullcontext, "tape": tf.GradientTape, "device": _on_cpu}


@contextmanager
def _on_cpu() -> Iterator[None]:
    with tf.device("/CPU:0"):
        yield


def _words(key: Any) -> Any:
    return tf.constant(key.words())


def _function(augmenter: Any, key: Any, sample: Any, ids: Any) -> Any:
    run = tf.function(augmenter.__call__, autograph=False)
    return run(_words(key), sample, tf.constant(np.asarray(ids, np.int64)))


def _dataset(batch: int) -> Callable[..., Any]:
    """Return a function that maps over batches of a size (0: over single samples), twice, each time in another order.

    Batches leave a smaller rest, so that their size is unknown inside the pipeline.
    """

    def run(augmenter: Any, key: Any, sample: Any, ids: Any) -> list[Any]:
        words, index = _words(key), tf.constant(np.asarray(ids, np.int64))
        data = tf.data.Dataset.from_tensor_slices((sample, index, tf.range(len(ids))))
        data = data.shuffle(len(ids), seed=key.seed % 2**31, reshuffle_each_iteration=True)
        data = data.batch(batch) if batch else data

        def augmented(one: Any, i: Any, position: Any) -> Any:
            return position, augmenter(words, one, i)

        data = data.map(tf.autograph.experimental.do_not_convert(augmented), num_parallel_calls=4, deterministic=True)
        join = tf.concat if batch else tf.stack
        results = []
        for _ in range(2):
            parts = list(data)
            order = tf.argsort(join([position for position, _ in parts], 0))
            results.append({n: tf.gather(join([out[n] for _, out in parts], 0), order) for n in parts[0][1]})
        return results

    return run


def nestings() -> Mapping[str, Callable[..., Any]]:
    """Return tf.function."""
    return {"tf.function": _function}


def pipelines() -> Mapping[str, Callable[..., Any]]:
    """Return tf.data, per sample and in batches of unknown size."""
    return {"tf.data, single samples": _dataset(0), "tf.data, batches": _dataset(2)}


def switches() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return TensorFloat-32, the other way round."""
    return {"TF32": _tf32}


@contextmanager
def _tf32() -> Iterator[None]:
    before = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(not before)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(before)


def donating() -> Callable[..., Any] | None:
    """Tensors are not given away."""
    return None


def consumed(x: Any) -> bool:
    """Tensors are not given away."""
    del x
    return False


def split_host() -> None:
    """Logical devices of one host share its memory: TensorFlow goes from one to the other without a word."""


def places() -> Mapping[str, Place]:
    """Return the host and the GPUs."""
    names = [
        device.name.removeprefix("/device:")
        for kind in ("CPU", "GPU")
        for device in tf.config.list_logical_devices(kind)
    ]
    return {name: _place(name) for name in names}


def _place(name: str) -> Place:
    def put(x: Any) -> Any:
        with tf.device(name):
            return tf.identity(x)

    return Place(put, lambda x: x.device.endswith(name))


def gradient(augmenter: Any, key: Any, image: Any, ids: Any, weights: Array, *, mode: str) -> Gradient | None:
    """Return the result and the gradient of its weighted sum.

    What XLA compiles is differentiated inside of a function that it compiles, as a training step is: what a loop (a
    choice) remembers for its gradient cannot leave such a function.
    """

    def step(x: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = augmenter(key, x, ids)
            total = tf.reduce_sum(out * weights)
        return out, tape.gradient(total, x)

    whole = mode == "compiled"
    out, found = (tf.function(step, jit_compile=True, autograph=False) if whole else step)(image)
    return None if found is None else Gradient(out, tf.convert_to_tensor(found))
