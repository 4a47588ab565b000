"""Backends whose framework compiles whole functions (JAX, TensorFlow): one road through both of their roads."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import GenericBackend, Keys
from augspec_backends.generic.inputs import Given, with_draws, with_keys
from augspec_backends.generic.pipeline import Runner

__all__ = ["CompiledBackend"]


class CompiledBackend(GenericBackend):
    """Runs eagerly, as a part of the caller's own trace, or as one compiled function of key, ids and arrays."""

    @abstractmethod
    def own(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return arrays of the framework; host memory is copied, because a framework may alias it."""

    @abstractmethod
    def copy(self, x: Array) -> Array:
        """Return the values in memory of their own."""

    @abstractmethod
    def inline(self, mode: str, *, host_keys: bool, arrays: Mapping[str, Array]) -> bool:
        """Return whether to add to the caller's own trace rather than to compile."""

    @abstractmethod
    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        """Return the compiled function of dicts of arrays."""

    def inner(self, mode: str, xp: Namespace) -> Namespace:
        """Return the namespace for the inside of a compiled function."""
        return xp

    def everything(
        self,
        runner: Runner,
        xp: Namespace,
        key: Array,
        low: Array,
        high: Array | None,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        """Draw, prepare and apply in one function, for the compiler."""
        return runner.everything(xp, key, low, high, arrays)

    def by_engine(self, augmenter: Augmenter, runner: Runner, given: Given) -> dict[str, Array] | None:
        """Return the host engine's results in the mode `host`, or None where it cannot take what is given."""
        return None

    def fresh(self, out: Array, inputs: Mapping[str, Array]) -> Array:
        return self.copy(out) if any(out is x for x in inputs.values()) else out

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        mode = augmenter.options.mode
        if mode == "host":
            if (found := self.by_engine(augmenter, runner, with_keys(keys, arrays))) is not None:
                return found
            mode = "compiled"
        arrays = self.own(arrays)
        if self.inline(mode, host_keys=on_host, arrays=arrays):
            native = [None if part is None else xp.constant(part) if on_host else part for part in keys]
            return self.everything(runner, xp, native[0], native[1], native[2], arrays)
        if mode == "eager":
            return super().run(augmenter, runner, xp, keys, on_host, arrays)
        inner = self.inner(mode, xp)
        key, low, high = keys  # ids without high words are the same signature as ids with some
        keys = key, low, low * 0 if high is None else high

        def everything(key: Array, low: Array, high: Array, given: Mapping[str, Array]) -> dict[str, Array]:
            return self._unshared(self.everything(runner, inner, key, low, high, given), given)

        result: dict[str, Array] = augmenter.compiled(runner, lambda: self.jit(mode, everything))(*keys, arrays)
        return result

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
        if augmenter.options.mode == "host":
            found = self.by_engine(augmenter, runner, with_draws(draws, zeros, arrays))
            if found is not None:
                return found
        return super().run_draws(augmenter, runner, xp, draws, zeros, on_host, arrays)

    def run_pixels(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        params: Mapping[str, Array],
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        arrays, mode = self.own(arrays), augmenter.options.mode
        mode = "compiled" if mode == "host" else mode  # what the engine cannot take
        if mode == "eager" or self.inline(mode, host_keys=True, arrays={**arrays, **params}):
            return runner.pixels(xp, params, arrays)
        inner = self.inner(mode, xp)

        def pixels(given: Mapping[str, Array], images: Mapping[str, Array]) -> dict[str, Array]:
            return self._unshared(runner.pixels(inner, given, images), images)

        compiled = augmenter.compiled(runner, lambda: self.jit(mode, pixels), "pixels")
        result: dict[str, Array] = compiled(dict(params), arrays)
        return result

    def _unshared(self, out: Mapping[str, Array], inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Copy what passed through untouched: a compiled function would hand the caller's own buffer back."""
        return {name: self.fresh(x, inputs) for name, x in out.items()}
