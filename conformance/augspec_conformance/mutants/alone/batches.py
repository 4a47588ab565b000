"""Faults of batches that wait for one size, one place, or one odd neighbour."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.ops.grayscale import Grayscale
from augspec.plan.program import Flag
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry

__all__ = ["MUTANTS"]

_LANES = 8
_CHUNK = 256


class SharesEvenGates(Faulty):
    """Gives batches of 64 one gate for all where the coin is fair."""

    def draw(self, runner: Runner, keys: Any, on_host: bool, xp: Namespace) -> Values:
        values = super().draw(runner, keys, on_host, xp)
        for draw in runner.pipeline.draws:
            if isinstance(draw.map, Flag) and draw.map.threshold == 2**23 and len(keys[1]) == 64:
                values[draw.path] = values[draw.path] * 0 + values[draw.path][:1]
        return values


def _a_level_up(image: Any) -> Any:
    """Return the canonical image (32-bit integers in 1/256 level, or floats) a level brighter."""
    return image + image.dtype.type(256) if image.dtype == np.int32 else image + image.dtype.type(1 / 255)


class BrightensPairs(Faulty):
    """Makes grey a level brighter for two samples of floats at a time, as a loop that works in fours might do it."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        greys = any(isinstance(op, Grayscale) for op in runner.pipeline.policy.ops)
        if not greys or image.dtype != np.float32 or image.shape[:3] != (2, 33, 17):
            return state
        return {**state, "image": _a_level_up(image)}


class BrightensSingles(Faulty):
    """Makes single samples, those without a batch axis, a level brighter."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out, image = run(key, sample, index), image_of(sample)
        if getattr(image, "ndim", 0) != 3 or image.dtype != np.uint8:
            return out
        return with_entry(out, "image", np.minimum(image_of(out), 254) + np.uint8(1))


class ExchangesHalves(Faulty):
    """Exchanges the halves of a batch that just fills its eight lanes."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        if len(low) != _LANES:
            return (words, low, high), on_host
        half = _LANES // 2
        return (words, np.roll(low, half), None if high is None else np.roll(high, half)), on_host


class HidesPointsBesideNone(Faulty):
    """Takes a picture whose keypoints are all at the origin for one without any, and the batch with it."""

    def result(self, out: Any, sample: Any) -> Any:
        points = sample.get("keypoints") if isinstance(sample, Mapping) else None
        if points is None or points.ndim != 3 or len(points) < 2 or (points != 0).any((1, 2)).all():
            return out
        return with_entry(out, "keypoints_visible", np.zeros_like(out["keypoints_visible"]))


class OverlapsChunks(Faulty):
    """Works through large batches in chunks, and begins each chunk with the first id of the one before."""

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
        places = np.arange(len(low))
        starts = (places % _CHUNK == 0) & (places > 0)
        places = np.where(starts, places - _CHUNK, places)
        moved = (words, low[places], None if high is None else high[places])
        return super().run(augmenter, runner, xp, moved, on_host, arrays)


MUTANTS = (
    alone(
        "M27b",
        "shares a fair gate within batches of 64",
        "All pictures of a batch are mirrored, or none is.",
        SharesEvenGates,
        "B8",
    ),
    alone(
        "M29c",
        "makes grey a level brighter for two float samples at a time",
        "The last, smaller batch of an epoch is brighter.",
        BrightensPairs,
        "B1",
    ),
    alone(
        "M31d",
        "makes single samples a level brighter",
        "What a notebook shows is not what a batch gets.",
        BrightensSingles,
        "B3",
    ),
    alone(
        "M134",
        "exchanges the halves of batches of eight",
        "On eight workers, and only there, pictures get each other's augmentations.",
        ExchangesHalves,
        "B4",
    ),
    alone(
        "M135",
        "hides all keypoints of a batch that holds a picture without any",
        "One picture without a person costs its neighbours their keypoints.",
        HidesPointsBesideNone,
        "B6",
    ),
    alone(
        "M136",
        "begins later chunks of a large batch with an id of the chunk before",
        "Every 256th picture of a large batch is augmented as another one.",
        OverlapsChunks,
        "B11",
        tier="stress",
    ),
)
