"""The host engine: NumPy arrays in and out, and in between one function of machine code for each kind of sample."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.options import Capabilities
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.signature import Signature
from augspec_backends.host.capabilities import CAPABILITIES
from augspec_backends.host.code import TYPES
from augspec_backends.host.engine import Machine, compiled
from augspec_backends.host.graph import Node
from augspec_backends.host.namespace import HostNamespace
from augspec_backends.numpy.backend import Backend as NumpyBackend
from augspec_backends.numpy.namespace import dtype_of

__all__ = ["Backend"]

_KEY, _LOW, _HIGH = "key", "id low", "id high"
_DRAW = "draw "

_SHARED_WORK = 1 << 20
"""Bytes of input from which a batch is shared among threads: less is done before they have started."""

Some = Mapping[str, Any]
"""Arrays, or nodes that stand for them, by name."""

Function = Callable[[Runner, HostNamespace, Some], dict[str, Node]]


class Backend(NumpyBackend):
    """NumPy arrays on the host, sample after sample: what the NumPy backend computes, compiled by LLVM.

    A batch of more than a megabyte is shared among as many threads as `OMP_NUM_THREADS` says, or else as this process
    may use processors; in a process that another one started to work for it, such as a loader's worker, one.

    Exact moves of images and masks of which LLVM knows no type, such as complex numbers, are left to NumPy.
    """

    name: ClassVar[str] = "host"
    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if _by_numpy(runner):
            return super().run(augmenter, runner, xp, keys, on_host, arrays)
        key, low, high = keys
        given = {**arrays, _KEY: key, _LOW: low, _HIGH: np.zeros_like(low) if high is None else high}

        def everything(one: Runner, graph: HostNamespace, some: Some) -> dict[str, Node]:
            images = {name: some[name] for name in arrays}
            return one.everything(graph, some[_KEY], some[_LOW], some[_HIGH], images)

        return _run(augmenter, runner, everything, given, "all")

    def run_draws(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        draws: Mapping[str, Array],
        zeros: Array,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if _by_numpy(runner):
            return super().run_draws(augmenter, runner, xp, draws, zeros, on_host, arrays)
        given = {
            **arrays,
            **{f"{_DRAW}{path}": np.asarray(array, np.int32) for path, array in draws.items()},
            _LOW: zeros,
        }

        def applied(one: Runner, graph: HostNamespace, some: Some) -> dict[str, Node]:
            mine = {path: some[f"{_DRAW}{path}"] for path in draws}
            images = {name: some[name] for name in arrays}
            return one.pixels(graph, one.prepare(graph, mine, some[_LOW] * 0), images)

        return _run(augmenter, runner, applied, given, "pixels")


@dataclass(frozen=True)
class _Call:
    """Machine code, and the names of what goes in and comes out.

    Attributes:
        code: the function.
        inputs: names of arrays.
        outputs: shape and dtype of each result, of one sample.
        each: whether samples are computed one by one; else all at once.
    """

    code: Machine
    inputs: tuple[str, ...]
    outputs: dict[str, tuple[tuple[int, ...], Any]]
    each: bool

    def __call__(self, given: Some, batch: int) -> dict[str, np.ndarray]:
        arrays = [np.ascontiguousarray(given[name]) for name in self.inputs]
        found = {
            name: np.empty((batch, *shape[1:]) if self.each else shape, dtype)
            for name, (shape, dtype) in self.outputs.items()
        }
        count = batch if self.each else 1
        shared = count > 1 and sum(array.nbytes for array in arrays) >= _SHARED_WORK
        self.code([*arrays, *found.values()], count, min(count, _threads()) if shared else 1)
        return found


def _threads() -> int:
    """Return how many threads share a large batch."""
    named = os.environ.get("OMP_NUM_THREADS", "")
    if named.isdigit() and int(named):
        return int(named)
    if multiprocessing.parent_process() is not None:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _by_numpy(runner: Runner) -> bool:
    """Return whether there is nothing to compile: an empty batch to mix, or arrays that LLVM has no type for."""
    signature = runner.signature
    empty = runner.pipeline.mixer is not None and signature.batch == 0
    return empty or any(dtype not in TYPES for _, _, dtype in signature.leaves)


def _run(augmenter: Augmenter, runner: Runner, function: Function, given: Some, kind: str) -> dict[str, Array]:
    """Compile a function for one sample, or for a batch whose samples are mixed, at its first use; and run it."""
    each = runner.signature.batched and runner.pipeline.mixer is None
    one = Runner(runner.pipeline, _alone(runner.signature), runner.options) if each else runner
    call: _Call = augmenter.compiled(one, lambda: _compile(one, function, given, each=each), kind)
    return call(given, len(given["image"]) if each else 1)


def _compile(runner: Runner, function: Function, given: Some, *, each: bool) -> _Call:
    inputs = {name: _input(name, array, each=each and name != _KEY) for name, array in given.items()}
    outputs = function(runner, HostNamespace(), inputs)
    shared = [name == _KEY or not each for name in inputs]
    code = compiled(list(outputs.values()), list(inputs.values()), shared)
    results = {name: (node.shape, np.dtype(dtype_of(node.dtype))) for name, node in outputs.items()}
    return _Call(code, tuple(inputs), results, each)


@lru_cache(maxsize=512)
def _alone(signature: Signature) -> Signature:
    """Return the signature of a batch of one sample."""
    leaves = tuple((name, (1, *shape[1:]), dtype) for name, shape, dtype in signature.leaves)
    return replace(signature, batch=1, leaves=leaves)


def _input(name: str, array: np.ndarray, *, each: bool) -> Node:
    shape = (1, *array.shape[1:]) if each else array.shape
    return Node("input", (), shape, str(array.dtype), name)
