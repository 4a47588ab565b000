"""Legal backends: unlike the reference in what the specification leaves open. Every law must accept them."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from augspec.draws import Draws
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.numbers import FloatNumbers
from augspec_backends.generic.pipeline import Runner
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["DRAWING", "LEGAL"]


class Copies(Faulty):
    """Copies everything on the way in and on the way out."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        if isinstance(image_of(sample), np.ndarray):
            sample = with_entry(sample, "image", image_of(sample).copy())
        return run(key, sample, index)

    def result(self, out: Any, sample: Any) -> Any:
        return with_entry(out, "image", image_of(out).copy())


class Slow(Faulty):
    """Takes its time."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        time.sleep(0.0005)
        return run(key, sample, index)


class Chunked(Faulty):
    """Works through a batch three samples at a time."""

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> Values:
        batch = len(keys[1])
        if batch < 2:
            return super().run(augmenter, runner, xp, keys, on_host, arrays)
        words, low, high = keys
        parts = []
        for start in range(0, batch, 3):
            rows = slice(start, start + 3)
            ids = (words, low[rows], None if high is None else high[rows])
            parts.append(
                super().run(augmenter, runner, xp, ids, on_host, {name: x[rows] for name, x in arrays.items()})
            )
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class DrawsInHalves(Faulty):
    """Draws for even and odd positions apart, as two workers would."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        words, low, high = keys
        if len(low) < 2:
            return super().draw(runner, keys, on_host, xp)
        result: Values = {}
        for start in (0, 1):
            half = (words, low[start::2], None if high is None else high[start::2])
            for name, array in super().draw(runner, half, on_host, xp).items():
                result.setdefault(name, np.empty((len(low), *array.shape[1:]), array.dtype))[start::2] = array
        return result


class _OtherOrder(FloatNumbers):
    def mean(self, x: Array) -> Array:
        columns = np.sum(x, 1, dtype=x.dtype) * x.dtype.type(1.0 / x.shape[1])
        return (np.sum(columns, 1, dtype=x.dtype) * x.dtype.type(1.0 / x.shape[2])).reshape(-1, 1, 1, x.shape[3])

    def grey(self, x: Array) -> Array:
        if x.shape[-1] != 3:
            return x
        return x[..., 2:3] * 0.114 + (x[..., 1:2] * 0.587 + x[..., 0:1] * 0.299)

    def times(self, difference: Array, factor: Array) -> Array:
        return difference * factor.astype(self.dtype) * (1 / 4096)


class OtherAssociation(Faulty):
    """Adds and multiplies floats in another order."""

    floats = _OtherOrder


class _AllBranches(NumpyNamespace):
    def choose(
        self, branch: Array, branches: Sequence[Any], state: Mapping[str, Array], params: Mapping[str, Array]
    ) -> Mapping[str, Array]:
        """Compute every branch for every sample, and select."""
        runs = [run(state, params) for run in branches]
        if any(
            new.shape != state[name].shape or new.dtype != state[name].dtype
            for run in runs
            for name, new in run.items()
        ):
            return super().choose(branch, branches, state, params)
        result = dict(state)
        for number, new in enumerate(runs):
            for name, array in new.items():
                on = (branch == number).reshape(-1, *(1,) * (array.ndim - 1))
                result[name] = np.where(on, array, result[name])
        return result


class ComputesAllBranches(Faulty):
    """Computes all branches of a choice and selects, as an accelerator does."""

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return _AllBranches()


class _Unfused(Augmenter):
    """Runs the plan as it was written."""

    def _make_runner(self, training: bool, signature: Any) -> Runner:
        pipeline = self._training if training else self._evaluation
        return Runner(replace(pipeline, fused=pipeline.plan), signature, self.options)


class Unfused(Faulty):
    """Does not fuse stages."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _Unfused(real.policy, self, real.options)


class StoresDraws(Faulty):
    """Sends its draws through JSON."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        values = super().draw(runner, keys, on_host, xp)
        quantities = {entry.path: entry.quantity for entry in runner.pipeline.draws}
        stored = Draws.from_json(Draws(values, quantities, len(keys[1])).to_json())
        return {name: array.reshape(values[name].shape) for name, array in stored.items()}


class WideFloats(Faulty):
    """Computes float32 images in float64 and rounds once."""

    class _Wide(FloatNumbers):
        def times(self, difference: Array, factor: Array) -> Array:
            return (difference.astype(np.float64) * factor / 4096).astype(difference.dtype)

        def noise(self, std: Array, normal: Array) -> Array:
            wide = normal.astype(np.float64) / 16384 * (std.astype(np.float64) * (self.span / 65280))
            return wide.astype(self.dtype)

    floats = _Wide


def _legal(number: int, title: str, make: Any) -> Mutant:
    return Mutant(f"L{number:02d}", "legal", title, "nothing", make, ())


LEGAL = (
    _legal(1, "copies its inputs and results", Copies),
    _legal(2, "is slow", Slow),
    _legal(3, "works through a batch in chunks", Chunked),
    _legal(4, "draws for even and odd positions apart", DrawsInHalves),
    _legal(5, "adds floats in another order", OtherAssociation),
    _legal(6, "computes all branches of a choice", ComputesAllBranches),
    _legal(7, "does not fuse stages", Unfused),
    _legal(8, "sends its draws through JSON", StoresDraws),
    _legal(9, "computes float32 products in float64", WideFloats),
)
"""Backends that must pass with no finding at all."""

DRAWING = ("L04", "L08")
"""Those that draw in a way of their own; on the others, statistics of draws would ask the reference again."""
