"""Faults of what calls leave behind: results and seeds remembered too well, settings, buffers of all threads."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class RemembersSeeds(Faulty):
    """Knows the seeds of calls again by their hash."""

    def __init__(self) -> None:
        super().__init__()
        self.seeds: dict[int, int] = {}

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(self.seeds.setdefault(hash(key), key) if type(key) is int else key, sample, index)


class RemembersImages(Faulty):
    """Gives the last result again where the same array comes with the same key."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _Remembers(real.policy, self, real.options)


class _Remembers(HookedAugmenter):
    last: tuple[Any, ...] = (None, None, None)

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        asked = key, index, training
        if not isinstance(sample, np.ndarray) or index is not None:
            return super().__call__(key, sample, index, training=training)
        if self.last[0] is not sample or self.last[1] != asked:
            self.last = sample, asked, super().__call__(key, sample, training=training)
        return self.last[2].copy()


class _Silent(FloatNumbers):
    def power(self, x: Array, exponent: Array, table: Array) -> Array:
        np.seterr(invalid="ignore", over="ignore")
        return super().power(x, exponent, table)


class SilencesNumPy(Faulty):
    """Silences NumPy's warnings before a power, for good."""

    floats = _Silent


class _OneBuffer(FixedNumbers):
    buffers: dict[tuple[int, ...], Array] = {}  # noqa: RUF012 (that all threads share it is the fault)

    def _weighed(self, pixels: Array, weight: Array) -> Array:
        found = super()._weighed(pixels, weight)
        buffer = self.buffers.setdefault(found.shape, np.empty_like(found))
        buffer[...] = found
        return buffer.copy()


class SharesBuffer(Faulty):
    """Makes the products of a filter in one buffer for each shape, which all threads share."""

    exact = _OneBuffer


def _mutant(number: str, title: str, wrong: str, make: type[Faulty], *killers: str, **fields: Any) -> Mutant:
    return Mutant(f"M{number}", "leftovers", title, wrong, make, killers, **fields)


MUTANTS = (
    _mutant(
        "436",
        "knows seeds again by their hash",
        "Two seeds give the same run, but only after one another.",
        RemembersSeeds,
        "K7",
    ),
    _mutant(
        "437",
        "gives the last result again for the same array",
        "A loader that fills one buffer sees its first picture for ever.",
        RemembersImages,
        "P10",
    ),
    _mutant("438", "silences NumPy for good", "Overflows elsewhere in the program go unseen.", SilencesNumPy, "P8"),
    _mutant("439", "shares a buffer among threads", "Pictures of two loaders mix.", SharesBuffer, "P11", tier="full"),
)
