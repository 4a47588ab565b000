"""The mode `host`: arrays on the CPU go through the host engine, at once or as a node of the caller's program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.inputs import Given, computed
from augspec_backends.generic.pipeline import Runner
from augspec_backends.host.call import call_for, knows
from augspec_backends.jax import foreign
from augspec_backends.jax.namespace import JaxNamespace, is_traced

__all__ = ["goes", "run"]


def goes(runner: Runner, given: Given) -> bool:
    """Return whether the engine can take arrays: they lie on one CPU, or will, because a process has no other device.

    Args:
        runner: what to compute.
        given: arrays that may be traced, and a key and ids, or draws.
    """
    if not knows(runner):
        return False
    if any(is_traced(x) for x in given.values()):
        return _platforms(jax.devices()) == ["cpu"]
    return all(_platforms(x.devices()) == ["cpu"] for x in given.values() if isinstance(x, jax.Array))


def _platforms(devices: Any) -> list[str]:
    return [device.platform for device in devices]


def run(augmenter: Augmenter, runner: Runner, given: Given) -> dict[str, Array]:
    """Return the results; traced arrays make the engine a node of the program that is being traced.

    The node works in XLA's memory; of a jaxlib whose interface is another one it is a callback, which copies.
    Derivatives are those of what XLA computes.
    """
    if any(is_traced(x) for x in given.values()):
        function = augmenter.compiled(runner, lambda: _node(augmenter, runner), f"node {sorted(given)}")
        found: dict[str, Array] = function({name: jnp.asarray(x) for name, x in given.items()})
        return found
    arrays = {name: _over(x) for name, x in given.items()}
    device = next((x.device for x in given.values() if isinstance(x, jax.Array)), None)
    found = call_for(augmenter, runner, arrays)(arrays, aligned=True)
    return {name: jax.device_put(x, device) for name, x in found.items()}


def _node(augmenter: Augmenter, runner: Runner) -> Callable[[Mapping[str, Array]], dict[str, Array]]:
    def on_engine(given: Mapping[str, Any]) -> dict[str, np.ndarray]:
        arrays = {name: _over(x) for name, x in given.items()}
        return call_for(augmenter, runner, arrays)(arrays)

    def by_xla(given: Mapping[str, Array]) -> dict[str, Array]:
        return computed(runner, JaxNamespace(), given)

    @jax.custom_jvp
    def function(given: dict[str, Array]) -> dict[str, Array]:
        ready = call_for(augmenter, runner, given)
        results = ready.results(runner.signature.batch)
        kinds = {name: jax.ShapeDtypeStruct(shape, dtype) for name, (shape, dtype) in results.items()}
        if foreign.usable():
            arrays = [given[name] for name in ready.inputs]
            found = foreign.call(ready.code.name, ready.write, list(kinds.values()), arrays)
            return dict(zip(kinds, found, strict=True))
        out: dict[str, Array] = jax.pure_callback(on_engine, kinds, given, vmap_method="sequential")
        return out

    @function.defjvp
    def derivative(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
        return function(*primals), jax.jvp(by_xla, primals, tangents)[1]

    compiled: Callable[[Mapping[str, Array]], dict[str, Array]] = jax.jit(function)
    return compiled


def _over(x: Any) -> np.ndarray:
    """Return a NumPy array over the same memory, of a type that JAX knows."""
    return np.asarray(x, jax.dtypes.canonicalize_dtype(x.dtype))
