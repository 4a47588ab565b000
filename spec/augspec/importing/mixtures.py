"""Mixtures of two samples and of their labels, which several libraries write alike."""

from __future__ import annotations

from augspec.importing.fields import Fields, Json

__all__ = ["mixture"]


def mixture(fields: Fields, op: str, *, alpha: float, by_batch: bool = False) -> list[Json]:
    """Return the op that mixes pairs of samples, and note whom it pairs.

    Args:
        fields: the settings.
        op: its name.
        alpha: both parameters of the beta distribution of the weight.
        by_batch: whether one weight is drawn for all samples of a batch.
    """
    fields.differ("partners follow from the key and ids, not from the order of the batch")
    return [{"op": op, "alpha": alpha, **({"scope": "batch"} if by_batch else {})}]
