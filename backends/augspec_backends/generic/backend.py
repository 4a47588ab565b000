"""What a backend is: a namespace, a few facts about its arrays, and how it runs a pure function.

A new backend subclasses `GenericBackend`, supplies a namespace, and works; it overrides `run` where its framework has
a compiler, and kernels in its namespace where its framework has a faster road.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from augspec.draws import Draws
from augspec.errors import SampleError
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.random.keys import Key, split_ids
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.options import Capabilities, Options
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.targets import check_settings
from augspec_backends.numpy.namespace import NumpyNamespace

__all__ = ["GenericBackend", "HostKey", "Keys"]

HostKey = np.ndarray
"""Key words on the host: int32 (4,)."""

Keys = tuple[Any, Any, Any]
"""Key words (4,), low and high id words (B,) or None; all on the host, or all of the framework."""


class GenericBackend(ABC):
    """Base of every backend; it holds no state of its own."""

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        """Bind a policy: return the pure callable.

        Raises:
            Unsupported: an option this backend does not have.
            PolicyError: a policy whose matrices could overflow.
            TypeError: it is no policy.
        """
        if not isinstance(policy, Policy):
            raise TypeError(f"compile() takes a Policy (from augspec.load), got {type(policy).__name__}")
        checked = Options.checked(self.name, self.capabilities, options)
        check_settings(policy.targets, checked)
        return self.augmenter(policy, checked)

    def augmenter(self, policy: Policy, options: Options) -> Augmenter:
        """Return the callable for checked options."""
        return Augmenter(policy, self, options)

    @abstractmethod
    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        """Return the namespace that computes on these arrays, on their device."""

    @abstractmethod
    def owns(self, x: Any) -> bool:
        """Return whether `x` is an array of this framework (or one that it takes without asking)."""

    @abstractmethod
    def shape(self, x: Array) -> tuple[int, ...]:
        """Return the static shape."""

    @abstractmethod
    def dtype(self, x: Array) -> str:
        """Return the dtype's name."""

    def concrete(self, x: Array) -> bool:
        """Return whether the values can be looked at now (not while tracing)."""
        return True

    def to_host(self, x: Array) -> np.ndarray:
        """Return the values of a concrete array."""
        return np.asarray(x)

    @abstractmethod
    def to_native(self, xp: Namespace, params: Mapping[str, np.ndarray]) -> dict[str, Array]:
        """Return prepared host arrays as arrays of the framework, where the pixels are."""

    @abstractmethod
    def fresh(self, out: Array, inputs: Mapping[str, Array]) -> Array:
        """Return `out` in dense memory that no input shares."""

    def dynamic_batch(self, arrays: Mapping[str, Array]) -> Any:
        """Return the batch size as a value of the graph, where a framework has batches of unknown size."""
        raise SampleError("image", "a known batch size", "an unknown one")

    def native_key(self, key: Any) -> HostKey | Array:
        """Return a key of the framework's own kind as words: host int32 (4,), or a traced (4,) array."""
        raise SampleError("key", "an int seed or an augspec.Key", f"{type(key).__name__}")

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        """Return ids given as an array of the framework: host words, or traced (low, high) arrays."""
        return split_ids(self.to_host(index) if self.owns(index) else index, batch)

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        """Return key and id words, and whether they are on the host."""
        if isinstance(key, bool):
            raise SampleError("key", "an int seed or an augspec.Key", key)
        words = Key(int(key)).words() if isinstance(key, (int, np.integer)) else None
        if words is None:
            words = key.words() if isinstance(key, Key) else self.native_key(key)
        low, high = self.native_ids(index, batch)
        on_host = isinstance(words, np.ndarray) and isinstance(low, np.ndarray)
        if on_host:
            return (words, low, high), True
        native = [
            None if part is None else xp.constant(part) if isinstance(part, np.ndarray) else part
            for part in (words, low, high)
        ]
        return (native[0], native[1], native[2]), False

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> dict[str, Array]:
        """Return the drawn parameters, on the host if the keys are."""
        return runner.draw(NumpyNamespace() if on_host else xp, *keys)

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        """Draw and apply; by default parameters are made on the host when they can be."""
        draws = self.draw(runner, keys, on_host, xp)
        return self.run_draws(augmenter, runner, xp, draws, keys[1] * 0, on_host, arrays)

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
        """Apply given draws."""
        if on_host:
            params = self.to_native(xp, runner.prepare(NumpyNamespace(), draws, zeros))
        else:
            params = runner.prepare(xp, draws, zeros)
        return self.run_pixels(augmenter, runner, xp, params, arrays)

    def run_pixels(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        params: Mapping[str, Array],
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        """Run the pixel stages in the augmenter's mode; eager by default."""
        return runner.pixels(xp, params, arrays)

    def host_draws(self, draws: Draws) -> bool:
        """Return whether draws are concrete, so that they can be prepared on the host."""
        return all(not self.owns(array) or self.concrete(array) for array in draws.values())
