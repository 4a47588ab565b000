"""How each framework's arrays are made, read, poked and watched: one file per framework, the same functions in each."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

__all__ = ["FRAMEWORKS", "Adapter", "Gradient", "Place", "adapter_of", "load_adapter"]

FRAMEWORKS = ("numpy", "torch", "jax", "tensorflow")
"""In the order in which they can be imported into one process."""

Array = npt.NDArray[Any]


class Gradient(NamedTuple):
    """What differentiation found.

    Attributes:
        out: the result, computed where gradients are recorded.
        by_image: the gradient, of the image's shape.
        left: what was left behind in the caller's image; empty if nothing was.
    """

    out: Any
    by_image: Any
    left: str = ""


class Place(NamedTuple):
    """Where arrays can lie: on a device, or shared out over several.

    Attributes:
        put: returns a batch of the framework's arrays there.
        holds: returns whether an array lies there.
    """

    put: Callable[[Any], Any]
    holds: Callable[[Any], bool]


class Adapter(Protocol):
    """What a module of this package offers."""

    FRAMEWORK: str

    def cost(self, mode: str) -> str:
        """Return what a new signature costs in a mode: "eager" (nothing), "graph" (a second), "dear" (ten)."""

    def to_native(self, array: Array, dtype: str) -> Any:
        """Return the values as an array of the framework in memory of its own."""

    def to_numpy(self, x: Any) -> Array:
        """Return the values in fresh NumPy memory; bfloat16 as float32."""

    def dtype_name(self, x: Any) -> str:
        """Return the dtype's name, as NumPy spells it."""

    def share(self, array: Array) -> Any:
        """Return an array that may share the NumPy array's memory, in a way the backend accepts; None if none does."""

    def readonly(self, array: Array) -> Any:
        """Return a read-only form, or None where the framework has no such thing."""

    def layouts(self, array: Array) -> Mapping[str, Any]:
        """Return the same values in other memory layouts, by name."""

    def storage(self, x: Any) -> tuple[int, int] | None:
        """Return the first and the last address, or None where they cannot be known."""

    def dense(self, x: Any) -> bool | None:
        """Return whether the memory has no gaps and no negative strides; None where that cannot be known."""

    def guarded(self, array: Array, sentinel: Any) -> tuple[Any, Any] | None:
        """Return a view of the values inside a larger array, and that array, full of `sentinel` around the view.

        None where the framework's arrays are never views.
        """

    def poke(self, x: Any) -> bool:
        """Overwrite the array in place; return False where it is immutable."""

    def seed_globals(self, seed: int) -> None:
        """Seed the framework's own generators."""

    def fingerprint(self) -> Mapping[str, Any]:
        """Return the state of global generators and of global settings."""

    def native_keys(self, seed: int, epoch: int, view: int) -> Mapping[str, Any]:
        """Return the same key in the framework's own forms, by name; forms that cannot hold it are left out."""

    def compilations(self) -> int | None:
        """Return a number that grows with every compilation and with nothing else; None if nobody counts."""

    def ir_audit(
        self, augmenter: Any, key: Any, sample: Any, ids: Sequence[int], *, mode: str, optimized: bool
    ) -> list[str] | None:
        """Call an augmenter that has compiled nothing yet, and return what is wrong with what it compiles.

        Args:
            augmenter: in a compiled mode.
            key: an `augspec.Key`.
            sample: arrays of the framework.
            ids: one per sample.
            mode: which one.
            optimized: whether the mode promises a compiler, where the framework also has plain graphs.

        Returns:
            One text per finding (a way back into Python, hidden state, a break); None where nobody can look.
        """

    def contexts(self) -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
        """Return the contexts in which users call, by name."""

    def switches(self) -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
        """Return the framework's switches between precisions, by name, each thrown inside its context."""

    def nestings(self) -> Mapping[str, Callable[..., Any]]:
        """Return functions of users in which augmenters run, by name: (augmenter, key, sample, ids) to a result."""

    def pipelines(self) -> Mapping[str, Callable[..., Any]]:
        """Return input pipelines, by name: (augmenter, key, sample, ids) to the results of some epochs.

        A result is the whole sample again, in the order of `ids`, whatever the order in which it was read.
        """

    def donating(self) -> Callable[..., Any] | None:
        """Return a function like those of `nestings` that gives the image's memory away; None if there is no such."""

    def consumed(self, x: Any) -> bool:
        """Return whether a call has taken the array's memory."""

    def split_host(self) -> None:
        """Make this process show two devices where that needs no hardware; nothing has run in it yet."""

    def places(self) -> Mapping[str, Place]:
        """Return where arrays can lie, by name; one or none if there is no choice."""

    def gradient(self, augmenter: Any, key: Any, image: Any, ids: Any, weights: Array, *, mode: str) -> Gradient | None:
        """Return the result, and the gradient of its weighted sum by the image; None where there is none.

        Args:
            augmenter: a compiled policy.
            key: an `augspec.Key`.
            image: the batch, an array of the framework.
            ids: one per sample.
            weights: float32, of the result's shape.
            mode: in which the policy was compiled.
        """


def load_adapter(framework: str) -> Adapter:
    """Import the adapter of a framework.

    Raises:
        ImportError: the framework is missing.
    """
    return cast("Adapter", importlib.import_module(f"augspec_conformance.adapters.{framework}"))


def adapter_of(backend: Any) -> Adapter:
    """Return the adapter for a backend's arrays.

    A backend that takes the arrays of a known framework says so by an attribute `framework`, by its name, or by a base
    class from that framework's package here. Any other one is asked itself, if it is built on `GenericBackend` or has
    an attribute `adapter`: an object or module (or its dotted name) with some of the functions of `Adapter`. What is
    left takes NumPy arrays.
    """
    named = [getattr(backend, "framework", ""), backend.name]
    bases = [cls.__module__ for cls in type(backend).__mro__]
    named += [module.split(".")[1] for module in bases if module.startswith("augspec_backends.")]
    own = getattr(backend, "adapter", None)
    for name in named:
        if name in FRAMEWORKS and own is None:
            return load_adapter(name)
    if own is None and "augspec_backends.generic.backend" not in bases:
        return load_adapter("numpy")
    from augspec_conformance.adapters.foreign import ForeignAdapter

    return ForeignAdapter(backend, importlib.import_module(own) if isinstance(own, str) else own)


def is_dense(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Return whether strides (in elements) leave no gaps and run forwards, in whatever order of the axes."""
    expected = 1
    for stride, side in sorted((stride, side) for side, stride in zip(shape, strides, strict=True) if side != 1):
        if side and stride != expected:
            return False
        expected *= side
    return True


def host_fingerprint() -> dict[str, Any]:
    """Return the state of what every framework shares: generators, NumPy's settings, and which frameworks there are."""
    import decimal
    import locale
    import logging
    import os
    import random
    import sys
    import warnings

    state: Any = np.random.get_state()  # noqa: NPY002 (the global generator is what is watched)
    return {
        "random": hash(random.getstate()),
        "numpy.random": (str(state[0]), np.asarray(state[1]).tobytes(), state[2:]),
        "numpy.errstate": tuple(np.geterr().items()),
        "numpy.printoptions": str(np.get_printoptions()),
        # Packages filter warnings of their own classes when they are imported: that concerns nobody else.
        "warnings": str([entry for entry in warnings.filters if entry[2].__module__ == "builtins"]),
        "decimal": str(decimal.getcontext()),
        "logging": (logging.root.level, len(logging.root.handlers), logging.root.disabled),
        "cwd": os.getcwd(),  # noqa: PTH109
        "environ": hash(tuple(sorted(os.environ.items()))),
        "locale": locale.setlocale(locale.LC_ALL),
        "imported frameworks": sorted(set(FRAMEWORKS) & set(sys.modules)),
    }


def seed_host(seed: int) -> None:
    """Seed Python's and NumPy's global generators."""
    import random

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
