"""JAX arrays; NumPy arrays are welcome too."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax.sharding import Mesh, NamedSharding, PartitionSpec, SingleDeviceSharding

from augspec_conformance.adapters import Gradient, Place, engine, host_fingerprint, seed_host
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
    """Return an array in JAX's memory; without x64 there are no 64 bits, and 32 take their place."""
    if not jax.config.jax_enable_x64:
        dtype = {"float64": "float32", "int64": "int32", "uint64": "uint32"}.get(dtype, dtype)
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
    """Return how many compilations JAX announced, and augspec's host engine."""
    return _COUNT.value + engine.machines()


def ir_audit(
    augmenter: Any, key: Any, sample: Any, ids: Sequence[int], *, mode: str, optimized: bool
) -> list[str] | None:
    """Read what a call compiles, and what it adds to the caller's own trace."""
    del optimized
    if mode == "host":
        return engine.audit(augmenter, key, sample, ids)
    found = _audit_modules(_compiled_modules(lambda: augmenter(key, sample, ids)))
    traced = jax.make_jaxpr(augmenter)(_words(key), sample, jnp.zeros(len(ids), jnp.int32))
    found += [f"an effect: {effect}" for effect in traced.effects]
    found += sorted({f"the primitive {name}" for name in _primitives(traced.jaxpr) if "callback" in name})
    used = {id(v) for equation in traced.jaxpr.eqns for v in equation.invars}
    if dict(augmenter.draw(key, ids)) and id(traced.jaxpr.invars[0]) not in used:
        found.append("the key is an argument that nothing reads")
    return found


def _compiled_modules(call: Callable[[], Any]) -> dict[str, str]:
    """Return the StableHLO of everything that a call compiles, by file name."""
    before = jax.config.values["jax_dump_ir_to"]
    with tempfile.TemporaryDirectory() as folder:
        jax.config.update("jax_dump_ir_to", folder)
        try:
            jax.block_until_ready(call())
        finally:
            jax.config.update("jax_dump_ir_to", before)
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(Path(folder).iterdir())}


def _audit_modules(modules: Mapping[str, str]) -> list[str]:
    if not modules:
        return ["the first call compiled nothing"]
    calls = {
        f"{name}: {target}"
        for name, text in modules.items()
        for target in re.findall(r"custom_call @(\w*callback\w*)", text)
    }
    return sorted(calls)


def _primitives(jaxpr: Any) -> set[str]:
    """Return the names of all primitives of a jaxpr and of those inside it."""
    found = set()
    for equation in jaxpr.eqns:
        found.add(equation.primitive.name)
        for value in jax.tree_util.tree_leaves(equation.params, is_leaf=lambda x: hasattr(x, "eqns")):
            inner = getattr(value, "jaxpr", value)
            if hasattr(inner, "eqns"):
                found |= _primitives(inner)
    return found


def contexts() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return the modes in which users look for errors."""
    return {"plain": nullcontext, "debug_nans": lambda: jax.debug_nans(True)}


def switches() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return 64 bits with coarse products, together because each makes everything compile again."""
    return {"x64 and coarse products": _wide_and_coarse}


@contextmanager
def _wide_and_coarse() -> Iterator[None]:
    with jax.enable_x64(True), jax.default_matmul_precision("bfloat16"):
        yield


def _words(key: Any) -> Any:
    return jnp.array(key.words().view(np.uint32))


def _jit(augmenter: Any, key: Any, sample: Any, ids: Any) -> Any:
    return jax.jit(augmenter)(_words(key), sample, jnp.array(ids, jnp.int32))


def pipelines() -> Mapping[str, Callable[..., Any]]:
    """JAX has none of its own."""
    return {}


def donating() -> Callable[..., Any] | None:
    """Return jit that takes the sample's memory."""

    def run(augmenter: Any, key: Any, sample: Any, ids: Any) -> Any:
        with warnings.catch_warnings():
            # Targets whose shape or dtype no result has cannot be taken: JAX says so, and that is fine.
            warnings.filterwarnings("ignore", "Some donated buffers were not usable", UserWarning)
            return jax.jit(augmenter, donate_argnums=1)(_words(key), sample, jnp.array(ids, jnp.int32))

    return run


def consumed(x: Any) -> bool:
    """Return whether the buffer is gone."""
    return isinstance(x, jax.Array) and x.is_deleted()


def nestings() -> Mapping[str, Callable[..., Any]]:
    """Return jit, with key, sample and ids traced."""
    return {"jax.jit": _jit}


def split_host() -> None:
    """JAX shows as many devices of the host as it is told."""
    jax.config.update("jax_num_cpu_devices", 2)


def places() -> Mapping[str, Place]:
    """Return all devices, and a batch that is shared out over those of a kind."""
    kinds = {device.platform: jax.devices(device.platform) for device in (*jax.devices(), *jax.devices("cpu"))}
    found = {str(device): _place(SingleDeviceSharding(device)) for kind in kinds.values() for device in kind}
    for name, devices in kinds.items():
        if len(devices) > 1:
            found[f"all of {name}"] = _place(NamedSharding(Mesh(np.array(devices), ("batch",)), PartitionSpec("batch")))
    return found


def _place(sharding: Any) -> Place:
    return Place(lambda x: jax.device_put(x, sharding), lambda x: bool(x.sharding.is_equivalent_to(sharding, x.ndim)))


def gradient(augmenter: Any, key: Any, image: Any, ids: Any, weights: Array, *, mode: str) -> Gradient | None:
    """Return the result and the gradient of its weighted sum."""
    del mode

    def total(x: Any) -> tuple[Any, Any]:
        out = augmenter(key, x, ids)
        return (out * weights).sum(), out

    found, out = jax.grad(total, has_aux=True)(image)
    return Gradient(out, found)
