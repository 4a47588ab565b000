"""Faults of distributions: what is drawn is not what was declared."""

from __future__ import annotations

from augspec_conformance.mutants.distribution import choices, gates, ranges, together

__all__ = ["MUTANTS"]

MUTANTS = (*gates.MUTANTS, *ranges.MUTANTS, *choices.MUTANTS, *together.MUTANTS)
