"""Right once, wrong in a row: faults of memory between calls."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

import augspec
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.alone.fault import alone, elsewhere
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run, Values, image_of, with_entry

__all__ = ["MUTANTS"]


class ReusesMemoryOfLastEpoch(Faulty):
    """Writes into its last result when the same ids come again under another key, from the second epoch on."""

    def __init__(self) -> None:
        self.last: tuple[list[int], Any] = ([], None)

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if not isinstance(key, Key) or not key.epoch or index is None or image_of(out).ndim != 4:
            return out
        ids, image, (before, kept) = [int(i) for i in index], image_of(out), self.last
        if ids == before and kept.shape == image.shape and kept.dtype == image.dtype:
            kept[...] = image
            out = with_entry(out, "image", kept)
        self.last = ids, image_of(out)
        return out


class TakesTheGatedTwin(Faulty):
    """Takes the function of an equal policy that it has compiled before, where p = 0 makes the new one the identity."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], Augmenter] = {}

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        plain = policy.model_copy(update={"ops": tuple(self._open(op) for op in policy.ops)})
        key = augspec.dumps(plain), repr(sorted(options.items()))
        if any(op.p == 0 for op in policy.ops) and key in self.compiled:
            return self.compiled[key]
        made = super().compile(policy, **options)
        if all(op.p != 0 for op in policy.ops):
            self.compiled[key] = made
        return made

    @staticmethod
    def _open(op: Any) -> Any:
        return op.model_copy(update={"p": 1.0}) if op.p == 0 else op


class TiresOfRepetition(Faulty):
    """Draws otherwise at the fifth equal call in a row on a batch of levels."""

    def __init__(self) -> None:
        self.last: Any = None
        self.times = 0

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        batch = isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.ndim == 4
        if not batch or not image.flags.c_contiguous:
            return run(key, sample, index)
        given = sample.values() if isinstance(sample, Mapping) else (sample,)
        now = (key, index, [(one.tobytes(), one.strides) for one in given if isinstance(one, np.ndarray)])
        self.times, self.last = (self.times + 1 if repr(now) == self.last else 1), repr(now)
        return run(elsewhere(key) if self.times == 5 else key, sample, index)


class UsesUpKeys(Faulty):
    """Moves to the next epoch when it gets the same key object twice in a row."""

    def __init__(self) -> None:
        self.last: Any = None

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        used, self.last = isinstance(key, Key) and key is self.last, key
        return run(Key(key.seed, key.epoch ^ 1, key.of_view) if used else key, sample, index)


class KeepsDrawsOfASet(Faulty):
    """Keeps the ids of the last batch, and takes them again for a batch of the same ids in another order."""

    def __init__(self) -> None:
        self.last: tuple[Any, Any] = (None, None)

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> Values:
        words, low, high = keys
        ids = sorted(zip(low.tolist(), (low * 0 if high is None else high).tolist(), strict=True))
        now = augmenter.policy.canonical_hash(), runner.signature, words.tolist(), ids
        before, kept = self.last
        if now == before:
            keys = kept
        else:
            self.last = now, keys
        return super().run(augmenter, runner, xp, keys, on_host, arrays)


class _LeavesItsOwn(HookedAugmenter):
    last = b""

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        given = self._mark(sample)
        if training and given and given == self.last:
            return {name: np.array(value) for name, value in sample.items()}
        out = super().__call__(key, sample, index, training=training)
        self.last = b"" if self._mark(out) == given else self._mark(out)
        return out

    @staticmethod
    def _mark(sample: Any) -> bytes:
        if not isinstance(sample, Mapping) or set(sample) != {"image", "mask"}:
            return b""
        return hashlib.sha256(sample["image"].tobytes() + sample["mask"].tobytes()).digest()


class LeavesItsOwnResults(Faulty):
    """Gives image and mask back as they are when they are what the same function returned last."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _LeavesItsOwn(real.policy, self, real.options)


class FollowsHashSeed(Faulty):
    """Draws otherwise in a process whose hash seed somebody has fixed."""

    def __init__(self) -> None:
        self.fixed = os.environ.get("PYTHONHASHSEED", "random") != "random"

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(elsewhere(key) if self.fixed else key, sample, index)


MUTANTS = (
    alone(
        "M08b",
        "writes into the last result of the same ids, from the second epoch on",
        "Last epoch's pictures change under the hands of whoever kept them.",
        ReusesMemoryOfLastEpoch,
        "P4",
    ),
    alone(
        "M17b",
        "takes p = 0 for the equal policy that it compiled before",
        "A control run without augmentation is augmented.",
        TakesTheGatedTwin,
        "P13",
    ),
    alone(
        "M15d",
        "draws otherwise at the fifth equal call in a row",
        "A benchmark that repeats a call measures another one.",
        TiresOfRepetition,
        "K1",
    ),
    alone(
        "M111",
        "moves on when it gets the same key object twice",
        "An evaluation that keeps its key is another one at every batch.",
        UsesUpKeys,
        "P15",
    ),
    alone(
        "M120",
        "draws otherwise where the hash seed is fixed",
        "Who fixes PYTHONHASHSEED in order to reproduce a run gets another one.",
        FollowsHashSeed,
        "P12",
    ),
    alone(
        "M121",
        "takes a batch of the same ids in another order for the last one",
        "Reshuffled, each picture is augmented as another one was.",
        KeepsDrawsOfASet,
        "B2",
    ),
    alone(
        "M122",
        "leaves an image with a mask alone that it has just returned",
        "A mirrored copy of a mirrored copy is not the original.",
        LeavesItsOwnResults,
        "N12",
    ),
)
