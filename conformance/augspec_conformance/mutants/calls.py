"""Faults of calls alone: `draw` is right, but a call draws from another key or for other ids."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.random.keys import Key
from augspec_conformance.mutants.faulty import Faulty, Run
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class CallsIgnoreEpoch(Faulty):
    """Calls take every epoch for the first."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(Key(key.seed, 0, key.of_view) if isinstance(key, Key) else key, sample, index)


class CallsIgnoreView(Faulty):
    """Calls take every view for the first."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(Key(key.seed, key.epoch) if isinstance(key, Key) else key, sample, index)


class CallsIgnoreHighSeed(Faulty):
    """Calls take the low word of the seed."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(Key(key.seed % 2**32, key.epoch, key.of_view) if isinstance(key, Key) else key, sample, index)


class _CutsIds(Faulty):
    bits = 48

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        ids = None if index is None else np.asarray(index)
        if ids is not None and ids.dtype.kind in "iu" and (ids >= 0).all():
            index = ids % 2**self.bits
        return run(key, sample, index)


class CallsCut31(_CutsIds):
    """Calls keep 31 bits of the ids, as a signed word does."""

    bits = 31


class CallsCut32(_CutsIds):
    """Calls keep 32 bits of the ids."""

    bits = 32


def _mutant(letter: str, title: str, wrong: str, make: type[Faulty]) -> Mutant:
    return Mutant(f"M81{letter}", "calls", title, wrong, make, ("K8", "N1"))


MUTANTS = (
    _mutant("", "calls ignore the epoch", "Every epoch shows the same crops.", CallsIgnoreEpoch),
    _mutant("b", "calls ignore the view", "Contrastive learning compares a picture with itself.", CallsIgnoreView),
    _mutant("c", "calls ignore the high word of the seed", "Hashed seeds collide.", CallsIgnoreHighSeed),
    _mutant("d", "calls cut ids to 31 bits", "Hashed file names share their draws.", CallsCut31),
    _mutant("e", "calls cut ids to 32 bits", "Hashed file names share their draws.", CallsCut32),
)
