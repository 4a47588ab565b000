"""All comparisons, and the ops that have none."""

from __future__ import annotations

from functools import cache

from augspec_conformance.distances import albumentations, geometry, kornia, pointwise, resampling
from augspec_conformance.distances.libraries import LIBRARIES
from augspec_conformance.distances.pair import Pair

__all__ = ["ELSEWISE", "LIBRARIES", "pairs"]

ELSEWISE = {
    "augmix": "mixes what its members make; the preset is held against torchvision",
    "gaussian_noise": "its bits are ours; no library draws the same",
    "one_of": "chooses, and moves no pixel itself",
    "sequence": "moves no pixel itself",
    "random_order": "chooses an order, and moves no pixel itself",
    "some_of": "chooses, and moves no pixel itself",
}
"""Ops that are compared with no library, and why."""


@cache
def pairs() -> tuple[Pair, ...]:
    """Return every comparison."""
    return (*geometry.pairs(), *resampling.pairs(), *pointwise.pairs(), *kornia.pairs(), *albumentations.pairs())
