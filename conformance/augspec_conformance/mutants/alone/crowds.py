"""Faults that wait for many: for a large batch, or for more points than a person has joints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty, Run, Values

__all__ = ["MUTANTS"]

_BUFFER = 32
"""Points that find room."""

_CHUNK = 1024
"""Samples of a batch that find room."""


class MovesSomePoints(Faulty):
    """Has room for so many keypoints; further ones stay where they are."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        given = sample.get("keypoints") if isinstance(sample, Mapping) else None
        if given is None or given.ndim != 3 or given.shape[1] <= _BUFFER or out["keypoints"].shape != given.shape:
            return out
        return {**out, "keypoints": np.concatenate([out["keypoints"][:, :_BUFFER], given[:, _BUFFER:]], 1)}


class RepeatsFields(Faulty):
    """Makes one field for every two samples, where batches are large."""

    def drawn(self, values: Values) -> Values:
        return {
            path: array[np.arange(len(array)) // 2 * 2] if self.doubles(path, len(array)) else array
            for path, array in values.items()
        }

    @staticmethod
    def doubles(path: str, batch: int) -> bool:
        """Return whether numbers are those of fields of a large batch."""
        return "/elastic#" in path and path.endswith("/noise") and batch > _CHUNK


class SharesDepths(Faulty):
    """Counts the steps of one chain for all of them, where batches are large."""

    def drawn(self, values: Values) -> Values:
        return {
            path: np.repeat(array[:, :1], array.shape[1], 1)
            if path.endswith("/depth") and len(array) > _CHUNK
            else array
            for path, array in values.items()
        }


MUTANTS = (
    alone(
        "M226",
        "moves the first thirty-two keypoints of a sample alone",
        "Hands and faces stay behind while the body moves.",
        MovesSomePoints,
        "F20",
    ),
    alone(
        "M227",
        "makes one elastic field for every two samples of large batches",
        "Neighbours in a batch are bent alike.",
        RepeatsFields,
        "R19",
    ),
    alone(
        "M247",
        "gives all chains of a mixture one depth in large batches",
        "Mixtures are of short chains or of long ones, never of both.",
        SharesDepths,
        "R20",
    ),
)
