"""The laws, one file per family."""

from __future__ import annotations

from functools import cache

from augspec_conformance.law import Law

__all__ = ["all_laws"]


@cache
def all_laws() -> tuple[Law, ...]:
    """Return every law, family by family."""
    from augspec_conformance.laws import (
        batch,
        compiled,
        contexts,
        decoded,
        decoded_choices,
        decoded_independence,
        displacement,
        endurance,
        evaluation,
        fields,
        geometry,
        hidden,
        holes,
        instances,
        keys,
        merging,
        mixing,
        named_masks,
        pinned,
        process,
        purity,
        ramps,
        refusals,
        rotated,
        second_level,
        shape,
        spec,
        stacks,
        stats,
        streams,
        uses,
        values,
    )

    families = (
        purity,
        process,
        evaluation,
        uses,
        refusals,
        keys,
        streams,
        batch,
        mixing,
        merging,
        shape,
        values,
        geometry,
        fields,
        named_masks,
        instances,
        rotated,
        hidden,
        stacks,
        ramps,
        stats,
        holes,
        decoded,
        decoded_choices,
        decoded_independence,
        displacement,
        compiled,
        contexts,
        spec,
        pinned,
        second_level,
        endurance,
    )
    return tuple(law for family in families for law in family.LAWS)
