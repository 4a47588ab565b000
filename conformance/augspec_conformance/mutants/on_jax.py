"""The JAX backend with faults."""

# ruff: noqa: D102, FBT001
# Hooks are described where they are declared; the signatures are those of the real backend.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_backends.jax.backend import Backend
from augspec_conformance.mutants.faulty import Hooks, Values

__all__ = ["BakesKey", "CompilesAgain", "FallsBack", "KeepsReference", "TruncatesCompiled"]


class BakesKey(Hooks, Backend):
    """Closes over the first key instead of taking it as an argument."""

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> Values:
        if augmenter.options.mode != "compiled" or not on_host:
            return super().run(augmenter, runner, xp, keys, on_host, arrays)
        words = tuple(None if part is None else jnp.asarray(part) for part in keys)

        def compile_it() -> Any:
            return jax.jit(lambda given: runner.everything(xp, words[0], words[1], words[2], given))

        result: Values = augmenter.compiled(runner, compile_it, "baked")(dict(arrays))
        return result


class CompilesAgain(Hooks, Backend):
    """Makes a new compiled function at every call."""

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> Values:
        augmenter._compiled.clear()  # noqa: SLF001 (a fault)
        return super().run(augmenter, runner, xp, keys, on_host, arrays)


class FallsBack(Hooks, Backend):
    """Runs op by op whatever the mode is."""

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> Values:
        with jax.disable_jit():
            return super().run(augmenter, runner, xp, keys, on_host, arrays)


class TruncatesCompiled(Hooks, Backend):
    """Truncates levels in the compiled mode."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if runner.options.mode != "compiled" or image.dtype != jnp.int32:
            return state
        return {**state, "image": jnp.maximum(image - 128, 0)}


class KeepsReference(Hooks, Backend):
    """Returns the caller's NumPy memory for targets that did not change."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        new = dict(out)
        for name, old in sample.items():
            # A view stands in for what a zero-copy import would give: that one also depends on the alignment.
            if isinstance(old, np.ndarray) and np.array_equal(old, np.asarray(out[name])):
                new[name] = old.view()
        return new
