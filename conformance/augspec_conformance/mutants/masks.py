"""Faults of samples with several masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pixels import Pixels, State
from augspec_conformance.mutants.faulty import Faulty, Run
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _OneFill(Pixels):
    def outside(self, state: State, name: str) -> Array:
        return np.array([self.targets.mask.fill]).astype(state[name].dtype)


class FillsAllAlike(Faulty):
    """Fills every mask with `targets.mask.fill`."""

    pixels = _OneFill


class _Named(Faulty):
    """Knows the names of its policy's masks."""

    names: tuple[str, ...] = ()

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.names = tuple(policy.targets.masks)
        return super(_Named, own).compile(policy, **options)


class LeavesNamedMasks(_Named):
    """Passes the last of the named masks through, where it keeps its shape."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if not isinstance(out, Mapping) or not self.names or self.names[-1] not in out:
            return out
        last = self.names[-1]
        return {**out, last: sample[last].copy()} if sample[last].shape == out[last].shape else out


class NamedMasksAreBytes(_Named):
    """Takes named masks through 8 bits."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        return {
            n: x.astype(np.int32).astype(np.uint8).astype(x.dtype) if n in self.names else x for n, x in out.items()
        }


MUTANTS = (
    Mutant(
        "M255",
        "masks",
        "fills every mask with the value of the plain one",
        "Depth 0 stands where nothing is known.",
        FillsAllAlike,
        ("F13",),
    ),
    Mutant(
        "M256",
        "masks",
        "leaves the last of several masks as it came",
        "One label map belongs to another picture.",
        LeavesNamedMasks,
        ("F13",),
    ),
    Mutant(
        "M257",
        "masks",
        "takes named masks through 8 bits",
        "Depth in metres has whole steps.",
        NamedMasksAreBytes,
        ("F13",),
    ),
)
