"""Which ops move pixels, and which leave them where they are."""

from __future__ import annotations

import augspec
from augspec_conformance.cases.policies import op_names

__all__ = ["GEOMETRY", "moving", "of_stages", "quiet"]

GEOMETRY = ("move", "warp", "remap", "resample")
"""Stages that rearrange pixels, or channels."""


def of_stages(*stages: str) -> tuple[str, ...]:
    """Return the ops that lower to one of some stages."""
    return tuple(name for name in op_names() if augspec.ops()[name].stage in stages)


def moving() -> tuple[str, ...]:
    """Return the ops that move pixels, and not just channels."""
    return tuple(name for name in of_stages(*GEOMETRY) if not augspec.ops()[name].by_channel)


def quiet() -> tuple[str, ...]:
    """Return the ops that move nothing."""
    every = of_stages(*GEOMETRY, "pointwise", "noise", "filter", "degrade", "occlude", "veil", "type")
    return tuple(name for name in every if name not in moving())
