"""Faults of state: the process's, the backend's own, and the clock's."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from augspec.draws import Draws
from augspec.errors import SampleError
from augspec.language.policy import Policy
from augspec.namespace import Namespace
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.options import Options
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


def _other(key: Any) -> Any:
    return Key(key.seed ^ 1, key.epoch, key.of_view) if isinstance(key, Key) else key


class GlobalGenerator(Faulty):
    """Draws its gates from NumPy's global generator."""

    def drawn(self, values: Values) -> Values:
        return {
            path: (np.random.random(array.shape) < 0.5).astype(np.int32) if path.endswith("/apply") else array  # noqa: NPY002
            for path, array in values.items()
        }


class Reseeds(Faulty):
    """Reseeds NumPy's global generator from the key: deterministic, and ruinous for everybody else."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        np.random.seed(key.seed % 2**32 if isinstance(key, Key) else 7)  # noqa: NPY002
        return run(key, sample, index)


class LeavesSettings(Faulty):
    """Changes how NumPy prints numbers, for the whole process."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        np.set_printoptions(precision=3)
        return run(key, sample, index)


class Counts(Faulty):
    """Turns to other draws from the fourth call on."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        self.calls += 1
        return run(_other(key) if self.calls > 3 else key, sample, index)


class CachesDraws(Faulty):
    """Remembers draws by policy, key and batch size, but not by ids."""

    def __init__(self) -> None:
        self.cache: dict[Any, Values] = {}

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        place = (runner.pipeline.policy.canonical(), keys[0].tobytes(), keys[1].shape)
        if place not in self.cache:
            self.cache[place] = super().draw(runner, keys, on_host, xp)
        return self.cache[place]


class CachesPolicies(Faulty):
    """Remembers compiled policies by the names of their ops, not by their parameters."""

    def __init__(self) -> None:
        self.cache: dict[Any, Augmenter] = {}

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        place = (tuple(type(op).__name__ for op in policy.ops), repr(sorted(options.items())))
        if place not in self.cache:
            self.cache[place] = super().compile(policy, **options)
        return self.cache[place]


class Scratch(Faulty):
    """Keeps the current key in an attribute while it works."""

    def __init__(self) -> None:
        self.key: Any = None

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        self.key = key
        time.sleep(0.0005)
        return run(self.key, sample, index)


class SetsUpOnce(Faulty):
    """Changes how NumPy treats overflow, at the first compilation of the process."""

    _ready: ClassVar[bool] = False

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        if not SetsUpOnce._ready:
            SetsUpOnce._ready = True
            np.seterr(over="ignore", invalid="ignore", divide="ignore")
            np.set_printoptions(suppress=True)
        return super().compile(policy, **options)


def _elsewhere(module: str, name: str) -> Callable[[], Any]:
    """Return a factory that imports a faulty module when it is called, and not before."""

    def make() -> Any:
        return getattr(import_module(f"augspec_conformance.mutants.{module}"), name)()

    return make


class ReusesAppliedDraws(Faulty):
    """After `apply`, the next call of that many samples runs with the draws that were applied."""

    def __init__(self) -> None:
        self.applied: Any = None

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        checked = Options.checked(self.name, self.capabilities, options)
        return _Remembering(policy, self, checked)


class _Remembering(HookedAugmenter):
    backend: ReusesAppliedDraws

    def apply(self, draws: Draws, sample: Any) -> Any:
        """Return the sample augmented as `draws` say."""
        self.backend.applied = (self, draws)
        return super().apply(draws, sample)

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        """Return the augmented sample."""
        kept, self.backend.applied = self.backend.applied, None
        if training and kept is not None and kept[0] is self and index is not None and len(index) == kept[1].batch:
            return super().apply(kept[1], sample)
        return super().__call__(key, sample, index, training=training)


class EvaluatesLater(Faulty):
    """A refused call leaves a flag behind that the next evaluation or call takes for its own."""

    def __init__(self) -> None:
        self.failed = False

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        try:
            return run(_other(key) if self.failed else key, sample, index)
        except SampleError:
            self.failed = True
            raise


class ProcessHash(Faulty):
    """Mixes `hash()` of a text into the key: another result in every process."""

    _SALT: ClassVar[int] = hash("augspec") & 0xFFFF

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        if isinstance(key, Key):
            key = Key(key.seed ^ self._SALT, key.epoch, key.of_view)
        return run(key, sample, index)


class ReadsEnvironment(Faulty):
    """Reads a switch from the environment at every call."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        if os.environ.get("AUGSPEC_FAST", "0") == "1" or time.time() < 0:
            key = _other(key)
        return run(key, sample, index)


MUTANTS = (
    Mutant(
        "M12",
        "global_state",
        "draws gates from the global generator",
        "Results depend on whatever else ran before.",
        GlobalGenerator,
        ("P7", "K1", "P10"),
    ),
    Mutant(
        "M13",
        "global_state",
        "reseeds the global generator from the key",
        "Everybody else's randomness repeats with every batch.",
        Reseeds,
        ("P8",),
    ),
    Mutant(
        "M14",
        "global_state",
        "changes how NumPy prints numbers",
        "Logs and doctests elsewhere change.",
        LeavesSettings,
        ("P8", "P9"),
    ),
    Mutant(
        "M15",
        "global_state",
        "gives other results from the fourth call on",
        "A run cannot be replayed from its middle.",
        Counts,
        ("P10", "K1"),
    ),
    Mutant(
        "M16",
        "global_state",
        "remembers draws by key and batch size, not by ids",
        "Every batch of an epoch is augmented alike.",
        CachesDraws,
        ("B2",),
    ),
    Mutant(
        "M17",
        "global_state",
        "remembers compiled policies by the names of their ops",
        "Changing a parameter changes nothing.",
        CachesPolicies,
        ("P10", "P13", "J1", "S1", "N1"),
    ),
    Mutant(
        "M18",
        "global_state",
        "keeps the current key in an attribute",
        "Threads exchange their keys.",
        Scratch,
        ("P11",),
    ),
    Mutant(
        "M14b",
        "global_state",
        "seeds the global generator when it is imported",
        "Two runs with different seeds shuffle alike.",
        _elsewhere("seeds_at_import", "SeedsAtImport"),
        ("P9",),
    ),
    Mutant(
        "M14c",
        "global_state",
        "imports another framework",
        "Ten seconds and a gigabyte for nothing, and a crash where two frameworks quarrel.",
        _elsewhere("imports_another", "ImportsAnother"),
        ("P9",),
        needs=("torch",),
    ),
    Mutant(
        "M14d",
        "global_state",
        "changes NumPy's settings at the first compilation",
        "Overflows elsewhere are no longer reported.",
        SetsUpOnce,
        ("P9",),
    ),
    Mutant(
        "M15b",
        "global_state",
        "runs the next call with the draws that were applied last",
        "Replaying one batch spoils the next one.",
        ReusesAppliedDraws,
        ("P10",),
    ),
    Mutant(
        "M15c",
        "global_state",
        "augments otherwise after a refused call",
        "One bad file changes the rest of the epoch.",
        EvaluatesLater,
        ("P16", "P10"),
    ),
    Mutant(
        "M19",
        "global_state",
        "mixes hash() of a text into the key",
        "Every process augments otherwise.",
        ProcessHash,
        ("P12",),
    ),
    Mutant(
        "M70",
        "global_state",
        "reads a switch from the environment at every call",
        "Results depend on the machine.",
        ReadsEnvironment,
        ("P14",),
    ),
)
