"""Legal backends: unlike the reference in what the specification leaves open. Every law must accept them."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

import augspec
from augspec.draws import Draws
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.numbers import FloatNumbers
from augspec_backends.generic.pipeline import Runner
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.running import Go, Running, Work, mixes

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


def _of_rows(keys: Keys, rows: slice) -> Keys:
    words, low, high = keys
    return words, low[rows], None if high is None else high[rows]


class Chunked(Running, Faulty):
    """Works through a batch three samples at a time."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        batch = len(keys[1])
        if batch < 2 or not work.apart:
            return go(keys, arrays)
        parts = [
            go(_of_rows(keys, slice(start, start + 3)), {name: x[start : start + 3] for name, x in arrays.items()})
            for start in range(0, batch, 3)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class TwoThreads(Running, Faulty):
    """Works through the halves of a batch at the same time."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        batch = len(keys[1])
        if batch < 2 or not work.apart:
            return go(keys, arrays)
        halves = slice(0, batch // 2), slice(batch // 2, batch)

        def half(rows: slice) -> Values:
            with np.errstate(all="ignore"):  # settings are a thread's own
                return go(_of_rows(keys, rows), {name: x[rows] for name, x in arrays.items()})

        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(half, halves)
        return {name: np.concatenate([x, second[name]]) for name, x in first.items()}


class Backwards(Running, Faulty):
    """Works through a batch from its end."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        back = slice(None, None, -1)
        if len(keys[1]) < 2:  # a single sample has no axis to turn
            return go(keys, arrays)
        out = go(_of_rows(keys, back), {name: np.ascontiguousarray(x[back]) for name, x in arrays.items()})
        return {name: np.ascontiguousarray(x[back]) for name, x in out.items()}


class DrawsInHalves(Faulty):
    """Draws for even and odd positions apart, as two workers would."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        batch = len(keys[1])
        if batch < 2 or mixes(runner):
            return super().draw(runner, keys, on_host, xp)
        result: Values = {}
        for start in (0, 1):
            rows = slice(start, None, 2)
            for name, array in super().draw(runner, _of_rows(keys, rows), on_host, xp).items():
                result.setdefault(name, np.empty((batch, *array.shape[1:]), array.dtype))[rows] = array
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


class DrawsFirst(Faulty):
    """Draws, and then applies what it has drawn: two calls in one."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _DrawsFirst(real.policy, self, real.options)


class _DrawsFirst(HookedAugmenter):
    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        image, given = image_of(sample), isinstance(index, list)
        if not training or not given or getattr(image, "ndim", 0) != 4 or len(index) != len(image) or key is None:
            return super().__call__(key, sample, index, training=training)
        return self.apply(self.draw(key, index), sample)


class RemembersPolicies(Faulty):
    """Compiles equal policies once, whoever asks."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], Augmenter] = {}

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        key = augspec.dumps(policy), repr(sorted(options.items()))
        if key not in self.compiled:
            self.compiled[key] = super().compile(policy, **options)
        return self.compiled[key]


class Float64Throughout(Faulty):
    """Computes float32 images in float64, and rounds at the end."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if getattr(image, "dtype", None) != np.float32:
            return run(key, sample, index)
        out = run(key, with_entry(sample, "image", image.astype(np.float64)), index)
        return with_entry(out, "image", image_of(out).astype(np.float32))


class FortranOrder(Faulty):
    """Returns dense arrays whose first axis is the fastest."""

    def result(self, out: Any, sample: Any) -> Any:
        return with_entry(out, "image", np.asfortranarray(image_of(out)))


class OwnTypes(Faulty):
    """Returns a dict of its own type, and more than a capability record needs."""

    class _Result(dict[str, Any]):
        pass

    class _Claims:
        def __init__(self, real: Any) -> None:
            self._real = real
            self.vendor, self.threads = "somebody", 1

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    capabilities: ClassVar[Any] = _Claims(Faulty.capabilities)

    def result(self, out: Any, sample: Any) -> Any:
        return self._Result(out) if isinstance(out, Mapping) else out


class OnlyBytes(Faulty):
    """Takes images of uint8 alone."""

    capabilities = replace(Faulty.capabilities, dtypes=("uint8",))


class OnlyFloats(Faulty):
    """Takes floating images alone, by habit with channels first."""

    capabilities = replace(Faulty.capabilities, dtypes=("float32", "float16"), default_layout="NCHW")


class OneLayout(Faulty):
    """Takes channels last alone."""

    capabilities = replace(Faulty.capabilities, layouts=("NHWC",), default_layout="NHWC")


class Plain:
    """An object with a name, capabilities and `compile`, whose augmenters have their four methods and no more."""

    name = "plain"
    capabilities = Faulty.capabilities

    def compile(self, policy: Policy, **options: Any) -> Any:
        """Bind a policy."""
        return _Plain(Faulty().compile(policy, **options))


class _Plain:
    __slots__ = ("_inner",)

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        return self._inner(key, sample, index, training=training)

    def draw(self, key: Any, index: Any) -> Draws:
        drawn: Draws = self._inner.draw(key, index)
        return drawn

    def apply(self, draws: Draws, sample: Any) -> Any:
        return self._inner.apply(draws, sample)

    def output_spec(self, sample: Any, *, training: bool = True) -> Any:
        return self._inner.output_spec(sample, training=training)


class Opaque(Plain):
    """Shares no class with the backends here, and says whose arrays it takes; augmenters show their policy."""

    name = "opaque"
    framework = "numpy"

    def compile(self, policy: Policy, **options: Any) -> Any:
        """Bind a policy."""
        return _Opaque(Faulty().compile(policy, **options))


class _Opaque(_Plain):
    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.policy = inner.policy


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
    _legal(10, "works through the halves of a batch in two threads", TwoThreads),
    _legal(11, "works through a batch from its end", Backwards),
    _legal(12, "draws first and applies then", DrawsFirst),
    _legal(13, "compiles equal policies once", RemembersPolicies),
    _legal(14, "computes float32 images in float64", Float64Throughout),
    _legal(15, "has types of its own", OwnTypes),
    _legal(17, "returns columns before rows", FortranOrder),
    _legal(16, "shares no class with the reference", Opaque),
    _legal(18, "takes uint8 images alone", OnlyBytes),
    _legal(19, "takes float images alone, by habit with channels first", OnlyFloats),
    _legal(20, "takes channels last alone", OneLayout),
    _legal(21, "makes augmenters of four methods and no more", Plain),
)
"""Backends that must pass with no finding at all."""

DRAWING = ("L04", "L08", "L12")
"""Those that draw in a way of their own; on the others, statistics of draws would ask the reference again."""
