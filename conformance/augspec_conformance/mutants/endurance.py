"""Faults that show after many calls, in large batches, on large images, or over many seeds."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.namespace import Namespace
from augspec_backends.generic.backend import Keys
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_CHUNK = 256
_COPIES = 60


class KeepsResults(Faulty):
    """Keeps every result, as a list of what was shown to a logger does."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []

    def result(self, out: Any, sample: Any) -> Any:
        self.kept.append(image_of(out).copy())
        return out


class RemembersKeys(Faulty):
    """Keeps a small note for every key that it has seen, as a cache without a limit does."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[Any, list[Any]] = {}

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        self.seen.setdefault(key, [key])
        return run(key, sample, index)


class ChunksRestart(Faulty):
    """Works through large batches in chunks, and gives each chunk the ids of the first one."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        places = np.arange(len(low)) % _CHUNK
        return (words, low[places], high if high is None else high[places]), on_host


class TakesMuchMemory(Faulty):
    """Makes a copy of the image for every step that it might take."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        copies = [np.full(image.shape, number, np.int32) for number in range(_COPIES)]
        out = run(key, sample, index)
        assert len(copies) == _COPIES  # held until here
        return out


class EvensGatesOut(Faulty):
    """Applies an op to exactly its share of a large batch, as if the share were a quota."""

    def drawn(self, values: Values) -> Values:
        found = dict(values)
        for path, value in values.items():
            if path.endswith("/apply") and value.size >= _CHUNK:
                flags = np.array(value)
                quota = round(round(20 * float(flags.mean())) / 20 * flags.size)
                surplus = int(flags.sum()) - quota
                places = np.flatnonzero(flags == (surplus > 0))[: abs(surplus)]
                flags.reshape(-1)[places] = surplus <= 0
                found[path] = flags
        return found


MUTANTS = (
    Mutant(
        "M95",
        "endurance",
        "keeps every result",
        "A night of training ends without memory.",
        KeepsResults,
        ("P17",),
        tier="stress",
    ),
    Mutant(
        "M95b",
        "endurance",
        "keeps a note of every key",
        "As M95, after a month.",
        RemembersKeys,
        ("P17",),
        tier="stress",
    ),
    Mutant(
        "M96",
        "endurance",
        "gives later chunks of a large batch the ids of the first",
        "In large batches the same augmentations come again and again.",
        ChunksRestart,
        ("B11",),
        tier="stress",
    ),
    Mutant(
        "M97",
        "endurance",
        "takes sixty images of memory for one",
        "Photographs of some megapixels end the process.",
        TakesMuchMemory,
        ("C14",),
        tier="stress",
    ),
    Mutant(
        "M98",
        "endurance",
        "applies ops to exactly their share of a batch",
        "Samples of a batch depend on each other; every single test of a share passes with ease.",
        EvensGatesOut,
        ("R16",),
        tier="stat",
    ),
)
