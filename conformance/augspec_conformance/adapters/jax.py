"""JAX arrays; NumPy arrays are welcome too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from augspec_conformance.adapters import host_fingerprint, seed_host
from augspec_conformance.adapters import numpy as host

FRAMEWORK = "jax"
Array = npt.NDArray[Any]


class _Count:
    """JAX announces every compilation to its listeners."""

    def __init__(self) -> None:
        self.value = 0
        jax.monitoring.register_event_duration_secs_listener(self._hear)

    def _hear(self, event: str, duration: float, **_: Any) -> None:
        del duration
        self.value += event.endswith("backend_compile_duration")


_COUNT = _Count()


def cost(mode: str) -> str:
    """Op by op, JAX compiles every op for every shape: no cheaper than a whole function."""
    del mode
    return "graph"


def to_native(array: Array, dtype: str) -> Any:
    """Return an array in JAX's memory; without x64 there is no float64, and float32 takes its place."""
    if dtype == "float64" and not jax.config.jax_enable_x64:
        dtype = "float32"
    return jnp.array(array, dtype=dtype).block_until_ready()


def to_numpy(x: Any) -> Array:
    """Return a copy; bfloat16 as float32."""
    return host.to_numpy(x)


def dtype_name(x: Any) -> str:
    """Return the dtype's name."""
    return str(x.dtype)


def share(array: Array) -> Any:
    """Hand over NumPy's own memory: JAX may alias it."""
    return array


def readonly(array: Array) -> Any:
    """Return a read-only NumPy array."""
    return host.readonly(array)


def layouts(array: Array) -> Mapping[str, Any]:
    """Return NumPy arrays in other memory layouts."""
    return host.layouts(array)


def storage(x: Any) -> tuple[int, int] | None:
    """Return the bounds of the buffer."""
    if isinstance(x, np.ndarray):
        return host.storage(x)
    if not x.size:
        return None
    start = x.unsafe_buffer_pointer()
    return start, start + x.nbytes


def dense(x: Any) -> bool | None:
    """JAX's own arrays have no strides."""
    return host.dense(x) if isinstance(x, np.ndarray) else True


def guarded(array: Array, sentinel: Any) -> tuple[Any, Any] | None:
    """Return a NumPy view inside a larger NumPy array."""
    return host.guarded(array, sentinel)


def poke(x: Any) -> bool:
    """Only NumPy arrays can be written to."""
    return host.poke(x)


def seed_globals(seed: int) -> None:
    """Seed the host's generators; JAX has none."""
    seed_host(seed)


def fingerprint() -> Mapping[str, Any]:
    """Return the host's state and JAX's settings."""
    return {**host_fingerprint(), "jax.config": str(sorted(jax.config.values.items(), key=lambda item: item[0]))}


def native_keys(seed: int, epoch: int, view: int) -> Mapping[str, Any]:
    """Return the words, raw and as a typed key, and where 32 bits are enough JAX's own key of the seed."""
    words = jnp.array([seed >> 32, seed & 0xFFFFFFFF, epoch, view], jnp.uint32)
    if epoch or view:
        return {"four words": words}
    typed = {"jax.random.key": jax.random.key(seed)} if seed < 2**32 else {}
    wrapped = jax.random.wrap_key_data(words[:2], impl="threefry2x32")
    return {"four words": words, "two words": words[:2], "wrapped words": wrapped, **typed}


def compilations() -> int | None:
    """Return how many compilations JAX announced."""
    return _COUNT.value


def contexts() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return JAX's switches that users throw."""
    return {"plain": nullcontext, "x64": lambda: jax.enable_x64(True)}


def _jit(augmenter: Any, seed: int, sample: Any, ids: Any) -> Any:
    key = jnp.array([seed >> 32, seed & 0xFFFFFFFF], jnp.uint32)
    return jax.jit(augmenter)(key, sample, jnp.array(ids, jnp.int32))


def nestings() -> Mapping[str, Callable[..., Any]]:
    """Return jit, with key, sample and ids traced."""
    return {"jax.jit": _jit}


def gradient(augmenter: Any, key: Any, image: Any, ids: Any) -> tuple[Any, Any] | None:
    """Return the result and the gradient of its sum."""
    found = jax.grad(lambda x: augmenter(key, x, ids).sum())(image)
    return augmenter(key, image, ids), found
