"""Faults of the batch: samples that know of each other, or of their place."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class OneDrawForAll(Faulty):
    """Draws once per batch."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        return (words, low * 0 + low[:1] if len(low) else low, high), on_host


class UsesPosition(Faulty):
    """Draws by the position in the batch, not by the sample's id."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        return super().keys(key, None, batch, xp)


class UsesBatchSize(Faulty):
    """Draws as a sequential generator does: other numbers for another batch size."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        return (words + np.array([batch, 0, 0, 0], np.int32), low, high), on_host


class _BatchMeanExact(FixedNumbers):
    def mean(self, x: Array) -> Array:
        means = super().mean(x)
        return means * 0 + means.sum(0, keepdims=True, dtype=np.int32) // max(len(means), 1)


class _BatchMeanFloat(FloatNumbers):
    def mean(self, x: Array) -> Array:
        means = super().mean(x)
        return means * 0 + means.sum(0, keepdims=True) / max(len(means), 1)


class BatchMean(Faulty):
    """Takes the pivot of `contrast` from the whole batch."""

    exact = _BatchMeanExact
    floats = _BatchMeanFloat


class SqueezesSingles(Faulty):
    """Squeezes a batch of one."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        return with_entry(out, "image", image[0]) if image.ndim == 4 and len(image) == 1 else out


class RepeatsFirst(Faulty):
    """Gives every sample the pixels of the first."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if isinstance(image, np.ndarray) and image.ndim == 4 and len(image):
            sample = with_entry(sample, "image", np.repeat(image[:1], len(image), 0))
        return run(key, sample, index)


class Reverses(Faulty):
    """Returns the batch in reversed order."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        return with_entry(out, "image", image[::-1].copy()) if image.ndim == 4 else out


class LastChunk(Faulty):
    """Works in chunks of eight, and fills the last one up from the end of the ids."""

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
        if len(low) % 8 and len(low) > 8:
            low, high = (None if ids is None else self._wrong(ids) for ids in (low, high))
        return super().run(augmenter, runner, xp, (words, low, high), on_host, arrays)

    @staticmethod
    def _wrong(ids: Array) -> Array:
        rest = len(ids) % 8
        return np.concatenate([ids[:-rest], ids[-8:][:rest]])


class NothingIsDouble(Faulty):
    """Returns float64 where there are no samples."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        return out if image.size else with_entry(out, "image", np.zeros(image.shape))


class NothingLosesBoxes(Faulty):
    """Returns validity as int64 where there are no samples."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "boxes_valid" not in out or len(out["boxes_valid"]):
            return out
        return with_entry(out, "boxes_valid", np.zeros(out["boxes_valid"].shape, np.int64))


MUTANTS = (
    Mutant(
        "M27",
        "batch",
        "draws once per batch",
        "All images of a batch turn by one angle.",
        OneDrawForAll,
        ("B8", "B7", "R5"),
    ),
    Mutant(
        "M28",
        "batch",
        "draws by position, not by id",
        "Shuffling or splitting a batch changes its samples.",
        UsesPosition,
        ("B1", "B2"),
    ),
    Mutant(
        "M29",
        "batch",
        "draws depend on the batch size",
        "The last, smaller batch is augmented otherwise.",
        UsesBatchSize,
        ("B1", "B3", "B4"),
    ),
    Mutant(
        "M30",
        "batch",
        "takes the pivot of contrast from the whole batch",
        "A sample's result depends on its neighbours.",
        BatchMean,
        ("B6", "B1", "B3"),
    ),
    Mutant(
        "M31",
        "batch",
        "squeezes a batch of one",
        "The last batch of an epoch breaks the model.",
        SqueezesSingles,
        ("S1",),
    ),
    Mutant(
        "M32",
        "batch",
        "gives every sample the pixels of the first",
        "Labels no longer belong to their images.",
        RepeatsFirst,
        ("B6", "B2", "B1"),
    ),
    Mutant(
        "M32b",
        "batch",
        "returns the batch in reversed order",
        "Labels no longer belong to their images.",
        Reverses,
        ("B2", "B1"),
    ),
    Mutant(
        "M29b",
        "batch",
        "gives a last chunk of fewer than eight the ids of others",
        "The end of every epoch is augmented otherwise.",
        LastChunk,
        ("B4",),
    ),
    Mutant(
        "M31b",
        "batch",
        "returns float64 for no samples",
        "Concatenating results turns a whole epoch into doubles.",
        NothingIsDouble,
        ("B5",),
    ),
    Mutant(
        "M31c",
        "batch",
        "returns integers for the validity of no samples",
        "Indexing by validity selects other boxes.",
        NothingLosesBoxes,
        ("B5",),
    ),
)
