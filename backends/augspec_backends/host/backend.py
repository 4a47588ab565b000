"""The host engine: NumPy arrays in and out, and in between one function of machine code for each kind of sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.options import Capabilities
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.signature import Signature
from augspec_backends.host.capabilities import CAPABILITIES
from augspec_backends.host.engine import compiled
from augspec_backends.host.graph import Node
from augspec_backends.host.namespace import HostNamespace
from augspec_backends.numpy.backend import Backend as NumpyBackend

__all__ = ["Backend"]

_KEY, _LOW, _HIGH = "key", "id low", "id high"

_Arrays = Mapping[str, Any]


class Backend(NumpyBackend):
    """NumPy arrays on the host, sample after sample: what the NumPy backend computes, compiled by LLVM."""

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
        key, low, high = keys
        given = {**arrays, _KEY: key, _LOW: low, _HIGH: np.zeros_like(low) if high is None else high}

        def everything(one: Runner, xp: HostNamespace, some: _Arrays) -> dict[str, Node]:
            images = {name: some[name] for name in arrays}
            return one.everything(xp, some[_KEY], some[_LOW], some[_HIGH], images)

        return self._run(augmenter, runner, everything, given, "all")

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
        named = {f"draw {path}": np.asarray(array) for path, array in draws.items()}
        given = {**arrays, **named, _LOW: zeros}

        def applied(one: Runner, xp: HostNamespace, some: _Arrays) -> dict[str, Node]:
            mine = {path: some[f"draw {path}"] for path in draws}
            return one.pixels(xp, one.prepare(xp, mine, some[_LOW] * 0), {name: some[name] for name in arrays})

        return self._run(augmenter, runner, applied, given, "draws")

    def _run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        function: Callable[[Runner, HostNamespace, _Arrays], dict[str, Node]],
        given: Mapping[str, np.ndarray],
        kind: str,
    ) -> dict[str, Array]:
        """Compile a function of one sample, or of a batch that is mixed, if that is not done yet, and run it."""
        whole = runner.pipeline.mixer is not None
        batch = 1 if whole or not runner.signature.batched else len(given["image"])
        if whole and batch and not len(given["image"]):
            raise NotImplementedError
        call = augmenter.compiled(runner, lambda: _compile(runner, function, given, whole=whole), kind)
        result: dict[str, Array] = call(given, batch)
        return result


class _Call:
    """Compiled code with the names of what goes in and comes out."""

    def __init__(self, code: Any, names: Sequence[str], outputs: Mapping[str, Node], *, batched: bool) -> None:
        self._code, self._names, self._batched = code, tuple(names), batched
        self._outputs = {name: (node.shape, node.dtype) for name, node in outputs.items()}

    def __call__(self, given: Mapping[str, np.ndarray], batch: int) -> dict[str, np.ndarray]:
        inputs = [np.ascontiguousarray(given[name]) for name in self._names]
        out = {
            name: np.empty((batch, *shape[1:]) if self._batched else shape, _dtype(dtype))
            for name, (shape, dtype) in self._outputs.items()
        }
        self._code([*inputs, *out.values()], 0, batch)
        return out


def _dtype(name: str) -> Any:
    if name == "bfloat16":
        import ml_dtypes

        return ml_dtypes.bfloat16
    return name


def _compile(
    runner: Runner,
    function: Callable[[Runner, HostNamespace, _Arrays], dict[str, Node]],
    given: Mapping[str, np.ndarray],
    *,
    whole: bool,
) -> _Call:
    signature = runner.signature
    each = signature.batched and not whole
    one = Runner(runner.pipeline, _of_one(signature), runner.options) if each else runner
    inputs: dict[str, Node] = {}
    for name, array in given.items():
        shape = array.shape if name == _KEY or not (each and array.ndim) else (1, *array.shape[1:])
        inputs[name] = Node("input", (), shape, str(array.dtype), name)
    outputs = function(one, HostNamespace(), inputs)
    shared = [name == _KEY or not each for name in inputs]
    code = compiled(list(outputs.values()), list(inputs.values()), shared)
    return _Call(code, list(inputs), outputs, batched=each)


def _of_one(signature: Signature) -> Signature:
    leaves = tuple((name, (1, *shape[1:]), dtype) for name, shape, dtype in signature.leaves)
    return replace(signature, batch=1, leaves=leaves)
