"""The JAX backend with faults."""

# ruff: noqa: D102
# Hooks are described where they are declared.

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from augspec.namespace import Array, Namespace
from augspec.ops.contrast import Contrast
from augspec.plan.stages import Warp
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_backends.jax.backend import Backend
from augspec_backends.jax.namespace import is_traced
from augspec_conformance.mutants.faulty import Hooks, Values
from augspec_conformance.mutants.running import Go, Running, Work

__all__ = [
    "BakesKey",
    "BakesSeed",
    "BrightensInside",
    "CallsPython",
    "CompiledIsEager",
    "CompilesAgain",
    "CompilesForWideIds",
    "DarkensOnceCompiled",
    "FallsBack",
    "FollowsPrecision",
    "GathersOnOne",
    "KeepsReference",
    "PermutesGradients",
    "TakesMemory",
    "TruncatesCompiled",
]


class BakesKey(Running, Backend):
    """Closes over the first key instead of taking it as an argument."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        if work.mode != "compiled" or not work.on_host:
            return go(keys, arrays)
        words = tuple(None if part is None else jnp.asarray(part) for part in keys)

        def compile_it() -> Any:
            return jax.jit(lambda given: work.runner.everything(work.xp, words[0], words[1], words[2], given))

        result: Values = work.augmenter.compiled(work.runner, compile_it, "baked")(dict(arrays))
        return result


class GathersOnOne(Running, Backend):
    """Puts every result on the first device."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        out = go(keys, arrays)
        return {name: x if is_traced(x) else jax.device_put(x, jax.devices()[0]) for name, x in out.items()}


class BakesSeed(Running, Backend):
    """Closes over the first key, and takes ids and pixels as arguments."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        if work.mode != "compiled" or not work.on_host:
            return go(keys, arrays)
        words, low, high = keys

        def compile_it() -> Any:
            first = jnp.asarray(words)
            return jax.jit(lambda low, high, given: work.runner.everything(work.xp, first, low, high, given))

        result: Values = work.augmenter.compiled(work.runner, compile_it, "seeded")(
            low, low * 0 if high is None else high, dict(arrays)
        )
        return dict(jax.block_until_ready({name: jnp.array(array, copy=True) for name, array in result.items()}))


class DarkensOnceCompiled(Hooks, Backend):
    """Loses a level where it warps op by op, from the first compilation of a warp on."""

    def __init__(self) -> None:
        self.compiled = False

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image, stages = state["image"], runner.pipeline.fused.stages
        if not stages or not all(isinstance(stage, Warp) for stage in stages) or image.dtype != jnp.int32:
            return state
        if runner.options.mode == "compiled":
            self.compiled = True
        elif self.compiled:
            return {**state, "image": jnp.maximum(image - 256, 0)}
        return state


class BrightensInside(Hooks, Backend):
    """Makes levels after a contrast one brighter inside of functions that the user compiles."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image, ops = state["image"], runner.pipeline.policy.ops
        inside = runner.options.mode == "eager" and is_traced(image) and image.dtype == jnp.int32
        if not inside or not any(isinstance(op, Contrast) for op in ops):
            return state
        return {**state, "image": jnp.minimum(image + 256, 255 * 256)}


class CompilesAgain(Running, Backend):
    """Makes a new compiled function at every call."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        work.augmenter._compiled.clear()  # noqa: SLF001 (a fault)
        return go(keys, arrays)


class CompilesForWideIds(Hooks, Backend):
    """Compiles one function for batches of small ids, and another one as soon as an id has a high word."""

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        compiled = super().jit(mode, f)

        def call(*given: Any) -> Any:
            if len(given) != 4:
                return compiled(*given)
            key, low, high, arrays = given
            return compiled(key, low, high if np.any(np.asarray(high)) else None, arrays)

        return call


class FallsBack(Running, Backend):
    """Runs op by op whatever the mode is."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        with jax.disable_jit():
            return go(keys, arrays)


class CompiledIsEager(Hooks, Backend):
    """Takes the eager road in the compiled mode."""

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        return f


class CallsPython(Hooks, Backend):
    """Goes back into Python for the last step of the compiled function."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if runner.options.mode != "compiled":
            return state
        like = jax.ShapeDtypeStruct(image.shape, image.dtype)
        return {**state, "image": jax.pure_callback(np.asarray, like, image)}


class TakesMemory(Hooks, Backend):
    """Compiles for inputs that nobody needs any more: their memory is gone after the call."""

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        def taking(key: Any, low: Any, high: Any, given: Any) -> Any:
            return f(key, low, high, given)

        compiled: Callable[..., Any] = jax.jit(taking, donate_argnums=3)
        return compiled


class FollowsPrecision(Hooks, Backend):
    """Computes floats otherwise once 64 bits are switched on."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if not jax.config.jax_enable_x64 or not jnp.issubdtype(image.dtype, jnp.floating):
            return state
        return {**state, "image": image * 0.999}


class PermutesGradients(Hooks, Backend):
    """Gives the gradient of the picture upside down."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        return {**state, "image": _upside_down(state["image"])}


@jax.custom_vjp
def _upside_down(x: Any) -> Any:
    return x


_upside_down.defvjp(lambda x: (x, None), lambda _, by_out: (by_out[:, ::-1],))


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
