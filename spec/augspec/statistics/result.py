"""What `stats` returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["OpRate", "ParameterSummary", "Statistics", "Summary"]

_BINS = 24


@dataclass(frozen=True)
class Summary:
    """Numbers in a few words.

    Attributes:
        count: how many there were; with none of them, everything else is 0.
        mean: their mean.
        std: their standard deviation.
        low: the smallest.
        p5: one in twenty is smaller.
        median: half are smaller.
        p95: one in twenty is larger.
        high: the largest.
        histogram: counts of 24 equal bins from `low` to `high`.
    """

    count: int
    mean: float = 0.0
    std: float = 0.0
    low: float = 0.0
    p5: float = 0.0
    median: float = 0.0
    p95: float = 0.0
    high: float = 0.0
    histogram: tuple[int, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, values: npt.NDArray[Any]) -> Summary:
        """Return the summary of numbers (n,)."""
        given = np.asarray(values, np.float64)
        if not given.size:
            return cls(0)
        low, high = float(given.min()), float(given.max())
        p5, median, p95 = (float(one) for one in np.percentile(given, (5, 50, 95)))
        bins = np.histogram(given, _BINS, (low, high if high > low else low + 1))[0]
        mean, std = float(given.mean()), float(given.std())
        return cls(int(given.size), mean, std, low, p5, median, p95, high, tuple(bins.tolist()))


@dataclass(frozen=True)
class OpRate:
    """How often an op acts.

    Attributes:
        path: its path in draws, e.g. `sample/rotate#0`.
        place: its place in the document, e.g. `ops[0]`.
        op: its tag.
        applied: share of the samples to which it is applied.
        changed: share of the samples to which it is applied with parameters that are not neutral.
    """

    path: str
    place: str
    op: str
    applied: float
    changed: float


@dataclass(frozen=True)
class ParameterSummary:
    """A drawn parameter, over the samples to which its op is applied.

    Attributes:
        path: its stream, e.g. `sample/rotate#0/degrees`.
        quantity: the kind of number; units are the document's.
        summary: the numbers.
    """

    path: str
    quantity: str
    summary: Summary


@dataclass(frozen=True)
class Statistics:
    """What a policy does, counted.

    Attributes:
        samples: how many draws were counted.
        followed: how many of them the geometry was followed on.
        shape: (height, width) of the images.
        seed: the key.
        identity: share of the samples that come back as they were, apart from their type.
        ops: rates of the ops, in order.
        parameters: what was drawn, in order.
        area: share of the image that is still in sight, over the samples that were followed.
        boxes: share of random boxes that stay valid, over these samples.
        brightness: change of the mean of a ramp of all greys, in levels of 255.
    """

    samples: int
    followed: int
    shape: tuple[int, int]
    seed: int
    identity: float
    ops: tuple[OpRate, ...]
    parameters: tuple[ParameterSummary, ...]
    area: Summary
    boxes: Summary
    brightness: Summary

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)
