"""Faults of what is no target: entries that are lost, or come back as other objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class CopiesLabels(Faulty):
    """Gives a copy of the labels of boxes."""

    def result(self, out: Any, sample: Any) -> Any:
        labels = out.get("labels") if isinstance(out, Mapping) else None
        return {**out, "labels": labels.copy()} if isinstance(labels, np.ndarray) else out


class DropsNone(Faulty):
    """Leaves out what is None."""

    def result(self, out: Any, sample: Any) -> Any:
        return {n: x for n, x in out.items() if x is not None} if isinstance(out, Mapping) else out


MUTANTS = (
    Mutant(
        "M365",
        "entries",
        "copies an array that is no target",
        "What is looked up by its object is not found.",
        CopiesLabels,
        ("S3",),
    ),
    Mutant(
        "M366",
        "entries",
        "loses entries that are None",
        "Pictures without a caption fail in the collation, as KeyError.",
        DropsNone,
        ("S3",),
    ),
)
