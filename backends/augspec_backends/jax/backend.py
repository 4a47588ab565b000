"""The JAX backend: `jit` by default, op by op on request, inside any of the caller's own transformations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from augspec.draws import Draws
from augspec.errors import SampleError
from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.compiled import CompiledBackend
from augspec_backends.generic.inputs import Given
from augspec_backends.generic.options import Capabilities
from augspec_backends.generic.pipeline import Runner
from augspec_backends.jax import settled, sharded
from augspec_backends.jax.capabilities import CAPABILITIES
from augspec_backends.jax.namespace import JaxNamespace, is_traced

__all__ = ["Backend"]


class Backend(CompiledBackend):
    """JAX arrays on any device; keys and ids may be traced; x64 is not needed and changes nothing."""

    name: ClassVar[str] = "jax"
    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return JaxNamespace()

    def owns(self, x: Any) -> bool:
        return isinstance(x, (jax.Array, np.ndarray))

    def shape(self, x: Array) -> tuple[int, ...]:
        return tuple(x.shape)

    def dtype(self, x: Array) -> str:
        if x.dtype in (np.int64, np.uint64) and not jax.config.jax_enable_x64:
            raise SampleError(
                "sample",
                "integers of at most 32 bits, because JAX runs without x64",
                f"dtype {x.dtype}",
                'Convert them, or jax.config.update("jax_enable_x64", True).',
            )
        return str(jax.dtypes.canonicalize_dtype(x.dtype))  # without x64 there is no int64, no float64

    def concrete(self, x: Array) -> bool:
        return not is_traced(x)

    def to_native(self, xp: Namespace, params: Mapping[str, np.ndarray]) -> dict[str, Array]:
        return {name: jnp.asarray(array) for name, array in params.items()}

    def native_key(self, key: Any) -> Any:
        if isinstance(key, jax.Array) and jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
            if "fry" not in str(jax.random.key_impl(key)) or key.shape != ():
                raise SampleError("key", "one threefry2x32 key", f"{key.dtype} of shape {key.shape}")
            key = jax.random.key_data(key)
        if not self.owns(key) or key.dtype not in (jnp.uint32, jnp.int32) or key.shape not in ((2,), (4,)):
            got = f"{key.dtype} of shape {key.shape}" if hasattr(key, "dtype") else type(key).__name__
            raise SampleError(
                "key",
                "an int seed, an augspec.Key, a threefry key, or its uint32 words (2,) or with epoch and view (4,)",
                got,
            )
        if not is_traced(key):
            words = np.asarray(key).view(np.int32)
            return words if len(words) == 4 else np.concatenate([words, np.zeros(2, np.int32)])
        words = jax.lax.bitcast_convert_type(key, jnp.int32)
        return words if key.shape == (4,) else jnp.concatenate([words, jnp.zeros(2, jnp.int32)])

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        if is_traced(index):
            if not jnp.issubdtype(index.dtype, jnp.integer) or index.size != batch:
                raise SampleError(
                    "index", f"one whole number per sample, shape ({batch},)", f"{index.dtype}{index.shape}"
                )
            index = index.reshape(-1)
            if index.dtype.itemsize == 8:
                return index.astype(jnp.int32), ((index >> 32) & 0xFFFF).astype(jnp.int32)
            return index.astype(jnp.int32), None
        return super().native_ids(index, batch)

    def own(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        return {name: jnp.array(x) if isinstance(x, np.ndarray) else x for name, x in arrays.items()}

    def copy(self, x: Array) -> Array:
        return jnp.copy(x)

    def inline(self, mode: str, *, host_keys: bool, arrays: Mapping[str, Array]) -> bool:
        return not host_keys or any(is_traced(x) for x in arrays.values())

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        where = sharded.spread(runner.signature, arrays) if on_host else None
        if where is None:
            return super().run(augmenter, runner, xp, keys, on_host, arrays)
        if augmenter.options.mode == "eager" or not sharded.is_apart(runner):
            return where.laid(super().run(augmenter, runner, xp, keys, on_host, arrays))
        own, (key, low, high) = sharded.of_one_device(runner, where), keys

        def everything(key: Array, low: Array, high: Array, given: Mapping[str, Array]) -> dict[str, Array]:
            return self._unshared(self.everything(own, xp, key, low, high, given), given)

        function = augmenter.compiled(own, lambda: sharded.mapped(everything, where), where)
        result: dict[str, Array] = function(key, low, low * 0 if high is None else high, arrays)
        return result

    def everything(
        self,
        runner: Runner,
        xp: Namespace,
        key: Array,
        low: Array,
        high: Array | None,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        return settled.everything(runner, xp, key, low, high, arrays)

    def by_engine(self, augmenter: Augmenter, runner: Runner, given: Given) -> dict[str, Array] | None:
        from augspec_backends.jax import on_host as engine  # needs LLVM

        return engine.run(augmenter, runner, given) if engine.goes(runner, given) else None

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        compiled: Callable[..., Any] = jax.jit(f)
        return compiled


def _flatten(draws: Draws) -> tuple[tuple[Array, ...], tuple[tuple[str, ...], tuple[tuple[str, str], ...], int]]:
    paths = tuple(draws)
    return tuple(draws[path] for path in paths), (paths, tuple(draws.quantities.items()), draws.batch)


def _unflatten(facts: tuple[tuple[str, ...], tuple[tuple[str, str], ...], int], arrays: Any) -> Draws:
    return Draws(dict(zip(facts[0], arrays, strict=True)), dict(facts[1]), facts[2])


jax.tree_util.register_pytree_node(Draws, _flatten, _unflatten)
