"""A faulty backend whose module seeds NumPy when it is imported; nothing else is wrong with it."""

from __future__ import annotations

import numpy as np

from augspec_conformance.mutants.faulty import Faulty

__all__ = ["SeedsAtImport"]

np.random.seed(20)  # noqa: NPY002 (the fault)


class SeedsAtImport(Faulty):
    """Computes what the real backend does."""
