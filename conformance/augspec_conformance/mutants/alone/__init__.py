"""Faults that show in one place only: each is for the one law that looks there."""

from __future__ import annotations

from augspec_conformance.mutants.alone import (
    batches,
    calls,
    compiled,
    crowds,
    documents,
    draws,
    geometry,
    histories,
    keys,
    levels,
    mixing,
    places,
    targets,
    values,
)

__all__ = ["MUTANTS"]

MUTANTS = (
    *histories.MUTANTS,
    *calls.MUTANTS,
    *keys.MUTANTS,
    *draws.MUTANTS,
    *batches.MUTANTS,
    *mixing.MUTANTS,
    *crowds.MUTANTS,
    *values.MUTANTS,
    *levels.MUTANTS,
    *geometry.MUTANTS,
    *places.MUTANTS,
    *targets.MUTANTS,
    *documents.MUTANTS,
    *compiled.MUTANTS,
)
