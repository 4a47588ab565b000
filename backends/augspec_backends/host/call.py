"""Machine code for one kind of sample, compiled at its first use, and how it is called."""

from __future__ import annotations

import math
import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.inputs import IMAGE, KEY, Given, computed
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.signature import Signature
from augspec_backends.host.code import TYPES
from augspec_backends.host.engine import Machine, compiled
from augspec_backends.host.graph import Node
from augspec_backends.host.namespace import HostNamespace
from augspec_backends.numpy.namespace import dtype_of

__all__ = ["Call", "call_for", "knows"]

_SHARED_WORK = 1 << 20
"""Bytes of input from which a batch is shared among threads: less is done before they have started."""

_COMMON_SHARE = 8
"""A batch whose samples meet is shared if a program's memory is no more than its input over this: each thread computes
all that lies there."""


@dataclass(frozen=True)
class Call:
    """Machine code, and the names of what goes in and comes out.

    Attributes:
        code: the function.
        inputs: names of arrays.
        outputs: shape and dtype of each result, of one sample.
        each: whether samples are computed one by one; else all at once.
    """

    code: Machine
    inputs: tuple[str, ...]
    outputs: dict[str, tuple[tuple[int, ...], np.dtype[Any]]]
    each: bool

    def results(self, batch: Any) -> dict[str, tuple[tuple[Any, ...], np.dtype[Any]]]:
        """Return the shape and dtype of each result for so many samples; None stands for any number."""
        return {
            name: ((batch, *shape[1:]) if self.each else shape, dtype) for name, (shape, dtype) in self.outputs.items()
        }

    def __call__(self, given: Given, *, aligned: bool = False) -> dict[str, np.ndarray]:
        """Return the results for NumPy arrays, which are only read.

        Args:
            given: the arrays.
            aligned: whether memory is to start where a framework takes it over without a copy.
        """
        arrays = [np.ascontiguousarray(given[name]) for name in self.inputs]
        batch = len(given[IMAGE]) if self.each else 1
        empty = _aligned if aligned else np.empty
        found = {name: empty(shape, dtype) for name, (shape, dtype) in self.results(batch).items()}
        self.write(arrays, list(found.values()))
        return found

    def write(self, arrays: Sequence[np.ndarray], results: Sequence[np.ndarray]) -> None:
        """Write the results for arrays, in the order of `inputs`, into others; all are contiguous."""
        batch = self.code.parts or (len(arrays[self.inputs.index(IMAGE)]) if self.each else 1)
        common = self.code.size * _COMMON_SHARE if self.code.parts else 0
        shared = batch > 1 and sum(array.nbytes for array in arrays) >= max(_SHARED_WORK, common)
        self.code([*arrays, *results], batch, min(batch, _threads()) if shared else 1)


def _aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    """Return new memory that starts at a multiple of 64 bytes."""
    size = math.prod(shape) * dtype.itemsize
    whole = np.empty(size + 64, np.uint8)
    start = -whole.__array_interface__["data"][0] % 64
    return whole[start : start + size].view(dtype).reshape(shape)


def knows(runner: Runner) -> bool:
    """Return whether there is something to compile: no empty or unknown batch to mix, and types that LLVM has."""
    signature = runner.signature
    if runner.pipeline.mixer is not None and not signature.batch:
        return False
    return all(dtype in TYPES for _, _, dtype in signature.leaves)


def call_for(augmenter: Augmenter, runner: Runner, given: Given) -> Call:
    """Return the machine code for one sample, or for a batch whose samples are mixed, compiled at its first use.

    Args:
        augmenter: it keeps the code.
        runner: what to compute; one that `knows` accepts.
        given: NumPy arrays, or what has their `shape` and `dtype`; the number of samples does not matter, where they
            are not mixed.
    """
    each = runner.signature.batched and runner.pipeline.mixer is None
    one = Runner(runner.pipeline, _alone(runner.signature), runner.options) if each else runner
    call: Call = augmenter.compiled(one, lambda: _compile(one, given, each=each), "all" if KEY in given else "pixels")
    return call


def _threads() -> int:
    """Return how many threads share a large batch."""
    named = os.environ.get("OMP_NUM_THREADS", "")
    if named.isdigit() and int(named):
        return int(named)
    if multiprocessing.parent_process() is not None:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _compile(runner: Runner, given: Given, *, each: bool) -> Call:
    inputs = {name: _input(name, array, each=each and name != KEY) for name, array in given.items()}
    outputs: dict[str, Node] = computed(runner, HostNamespace(), inputs)
    shared = [name == KEY or not each for name in inputs]
    code = compiled(list(outputs.values()), list(inputs.values()), shared, 0 if each else runner.signature.batch or 0)
    results = {name: (node.shape, np.dtype(dtype_of(node.dtype))) for name, node in outputs.items()}
    return Call(code, tuple(inputs), results, each)


@lru_cache(maxsize=512)
def _alone(signature: Signature) -> Signature:
    """Return the signature of a batch of one sample."""
    leaves = tuple((name, (1, *shape[1:]), dtype) for name, shape, dtype in signature.leaves)
    return replace(signature, batch=1, leaves=leaves)


def _input(name: str, array: Any, *, each: bool) -> Node:
    shape = (1, *array.shape[1:]) if each else tuple(array.shape)
    return Node("input", (), shape, str(array.dtype), name)
