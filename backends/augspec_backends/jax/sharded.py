"""Batches that lie on several devices, sample by sample: each device augments its own, and asks no other one.

Left to itself, XLA gathers such a batch wherever pixels are read at computed places. Samples do not depend on each
other, so that a device needs none but its own: `shard_map` says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from augspec.namespace import Array
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.signature import Signature
from augspec_backends.jax.namespace import is_traced

__all__ = ["Spread", "is_apart", "mapped", "of_one_device", "spread"]


@dataclass(frozen=True)
class Spread:
    """How a batch lies on devices.

    Attributes:
        mesh: the devices.
        axes: name or names of the mesh's axes along which the samples are shared; along others they are repeated.
    """

    mesh: Mesh
    axes: str | tuple[str, ...]

    @property
    def parts(self) -> int:
        """Return into how many parts the batch is divided."""
        names = (self.axes,) if isinstance(self.axes, str) else self.axes
        return math.prod(self.mesh.shape[name] for name in names)

    def laid(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return arrays of a batch, wherever they lie, as it lies."""
        there = NamedSharding(self.mesh, PartitionSpec(self.axes))
        return {name: jax.device_put(x, there) for name, x in arrays.items()}


def is_apart(runner: Runner) -> bool:
    """Return whether a device can compute its own samples: those that are mixed need each other."""
    return hasattr(jax, "shard_map") and runner.pipeline.mixer is None  # JAX before 0.6 has none: XLA gathers


def spread(signature: Signature, arrays: Mapping[str, Array]) -> Spread | None:
    """Return how a batch lies on devices; None unless all its arrays are shared alike, over their first axis alone.

    Args:
        signature: of the arrays.
        arrays: by name; traced ones lie nowhere yet.
    """
    if not signature.batched or not signature.batch or any(is_traced(x) for x in arrays.values()):
        return None
    found = {_of(x) for x in arrays.values()}
    one = found.pop()
    return one if not found and one is not None and one.parts > 1 else None


def _of(x: Any) -> Spread | None:
    sharding = getattr(x, "sharding", None)
    if not isinstance(sharding, NamedSharding):
        return None
    axes: list[Any] = list(sharding.spec)
    if not axes or axes[0] is None or any(one is not None for one in axes[1:]):
        return None
    return Spread(sharding.mesh, axes[0])


def of_one_device(runner: Runner, where: Spread) -> Runner:
    """Return the runner of the samples that one device has."""
    return Runner(runner.pipeline, _part(runner.signature, where.parts), runner.options)


@lru_cache(maxsize=512)
def _part(signature: Signature, parts: int) -> Signature:
    assert signature.batch is not None
    batch = signature.batch // parts
    leaves = tuple((name, (batch, *shape[1:]), dtype) for name, shape, dtype in signature.leaves)
    return replace(signature, batch=batch, leaves=leaves)


def mapped(f: Callable[..., Any], where: Spread) -> Callable[..., Any]:
    """Return a compiled function of a whole batch.

    Args:
        f: of a key, the low and high words of ids and arrays by name, of one device's samples.
        where: how the batch lies.
    """
    whole, part = PartitionSpec(), PartitionSpec(where.axes)
    # What is the same on all devices comes from the key alone; nothing is to be checked by communication.
    one = jax.shard_map(f, mesh=where.mesh, in_specs=(whole, part, part, part), out_specs=part, check_vma=False)
    compiled: Callable[..., Any] = jax.jit(one)
    return compiled
