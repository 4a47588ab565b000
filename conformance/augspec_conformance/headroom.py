"""Headroom: which share of its tolerances a case has used, measured for one case at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["MOST", "Meter", "measured", "spend", "within"]

MOST = 1000.0
"""Shares are cut off here: what is a thousand tolerances away is wrong, not near."""


@dataclass
class Meter:
    """What one case has used.

    Attributes:
        share: the largest distance over its tolerance: 0 to 1 where the law holds, more where it is broken; None as
            long as nothing was compared with a tolerance.
        bound: the tolerance of that comparison.
    """

    share: float | None = None
    bound: float | None = None


_METER: ContextVar[Meter | None] = ContextVar("augspec_conformance_headroom", default=None)


@contextmanager
def measured() -> Iterator[Meter]:
    """Measure what the comparisons inside use; measurements inside each other do not add up."""
    meter = Meter()
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


def spend(distance: Any, bound: float) -> None:
    """Note a comparison of distances (a number or an array) with a bound.

    A bound of zero is equality and no tolerance: nothing is noted. A distance that is not a number counts as `MOST`.
    """
    meter = _METER.get()
    if meter is None or not bound > 0:
        return
    largest = float(np.max(distance, initial=0.0))
    share = min(largest / bound, MOST) if largest == largest else MOST  # noqa: PLR0124 (NaN)
    if meter.share is None or share > meter.share:
        meter.share, meter.bound = share, bound


def within(distance: Any, bound: float) -> bool:
    """Return whether all distances are at most `bound`, and note the share of it that they use."""
    spend(distance, bound)
    return bool(np.all(np.asarray(distance) <= bound))
