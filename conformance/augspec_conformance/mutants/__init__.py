"""Faulty backends that the suite must catch, legal ones that it must accept: the proof that it has teeth."""

from __future__ import annotations

from functools import cache

from augspec_conformance.mutants.mutant import Mutant as Mutant

__all__ = ["Mutant", "legal", "mutants", "sanity"]


@cache
def mutants() -> tuple[Mutant, ...]:
    """Return every mutant, family by family."""
    from augspec_conformance.mutants import (
        algebra,
        aliasing,
        alone,
        batch,
        bits,
        blocks,
        calls,
        chains,
        compression,
        decoded,
        distribution,
        elastics,
        ends,
        endurance,
        entries,
        evaluation,
        fields,
        flags,
        framework,
        gates,
        geometry,
        global_state,
        honesty,
        instances,
        joint,
        keys,
        leftovers,
        limits,
        macros,
        masks,
        mixing,
        moves,
        named_masks,
        noise,
        nonfinite,
        occlusion,
        points,
        purity,
        remaps,
        rotated,
        rows,
        runs,
        shape,
        stacks,
        tiles,
        together,
        tones,
        types,
        untouched,
        values,
        weather,
    )

    families = (
        purity,
        evaluation,
        aliasing,
        global_state,
        keys,
        bits,
        calls,
        batch,
        shape,
        entries,
        distribution,
        endurance,
        joint,
        decoded,
        noise,
        occlusion,
        weather,
        blocks,
        geometry,
        moves,
        mixing,
        chains,
        tiles,
        macros,
        remaps,
        elastics,
        fields,
        points,
        flags,
        masks,
        named_masks,
        instances,
        rotated,
        stacks,
        values,
        tones,
        types,
        compression,
        limits,
        nonfinite,
        algebra,
        honesty,
        untouched,
        ends,
        leftovers,
        framework,
        alone,
        rows,
        gates,
        runs,
        together,
    )
    return tuple(mutant for family in families for mutant in family.MUTANTS)


def legal() -> tuple[Mutant, ...]:
    """Return the legal backends."""
    from augspec_conformance.mutants.variants import LEGAL

    return LEGAL


def sanity() -> tuple[Mutant, ...]:
    """Return backends that do nothing right."""
    from augspec_conformance.mutants.useless import SANITY

    return SANITY
