"""A faulty backend over NumPy whose module imports torch; nothing else is wrong with it."""

from __future__ import annotations

from importlib import import_module

from augspec_conformance.mutants.faulty import Faulty

__all__ = ["ImportsAnother"]

import_module("torch")


class ImportsAnother(Faulty):
    """Computes what the real backend does."""
