"""Faults of single parameters: values that the range excludes, that are missing, or too rare."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np

from augspec.language.distributions import Integers
from augspec.namespace import Array
from augspec.plan.program import Categorical, Draw, Grid, Table, Whole
from augspec_conformance.mutants.distribution.remapped import remapped
from augspec_conformance.mutants.faulty import Faulty, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_ONE = 1 << 24


class ExcludesTop(Faulty):
    """Draws integers as half-open ranges."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            return replace(m, n=max(m.n - 1, 1)) if isinstance(m, Whole) else m

        return remapped(draws, change)


class ExcludesTopOfWideRanges(Faulty):
    """Draws integers of ranges of more than a hundred as half-open ones."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m: Any = draw.map
            values: tuple[Any, ...] = getattr(m, "values", ())
            if len(values) > 100 and isinstance(draw.source, Integers):
                return replace(m, values=(*values[:-1], values[-2]))
            return replace(m, n=m.n - 1) if isinstance(m, Whole) and m.n > 100 else m

        return remapped(draws, change)


class EightValues(Faulty):
    """Draws continuous parameters as one of eight values."""

    def drawn(self, values: Values) -> Values:
        def coarse(path: str, array: Array) -> Array:
            if array.dtype != np.int32 or array.ndim != 1 or array.size < 64 or path.endswith(("/apply", "/branch")):
                return array
            low, high = int(array.min()), int(array.max())
            width = max((high - low) // 8 + 1, 1)
            return ((array - low) // width * width + low + width // 2).astype(np.int32)

        return {path: coarse(path, array) for path, array in values.items()}


class ClosesRanges(Faulty):
    """Draws from closed ranges where half-open ones were declared."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            return replace(m, width=m.width + 1) if isinstance(m, Grid) and draw.quantity != "position" else m

        return remapped(draws, change)


class HalvesEnds(Faulty):
    """Draws integers as round(lo + u·(hi − lo)): both ends at half weight."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Whole) or m.n == 1:
                return m
            cuts = tuple(round((i + 0.5) / (m.n - 1) * _ONE) for i in range(m.n - 1))
            return Categorical(cuts, tuple(m.low + i * m.step for i in range(m.n)))

        return remapped(draws, change)


class NormalForUniform(Faulty):
    """Draws a normal clipped to the range where uniform was declared."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        normal = NormalDist()
        z = np.array([normal.inv_cdf(min(max(i, 1), 4095) / 4096) for i in range(4097)])

        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Grid) or m.width == 0 or draw.quantity == "position":
                return m
            steps = m.low + m.width / 2 + np.clip(z / 2, -1, 1) * (m.width / 2)
            return Table(steps.astype(np.int32), m.shift)

        return remapped(draws, change)


class WidensRanges(Faulty):
    """Draws from ranges ten per cent too wide."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Grid) or draw.quantity == "position":
                return m
            extra = m.width // 20
            return Grid(m.low - extra if m.low - extra > 0 or m.low < 0 else m.low, m.width + 2 * extra, m.shift)

        return remapped(draws, change)


class LogForUniform(Faulty):
    """Draws log-uniform where uniform was declared."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Grid) or m.width == 0 or m.low <= 0:
                return m
            return Table(np.geomspace(m.low, m.low + m.width, 4097).astype(np.int32), m.shift)

        return remapped(draws, change)


MUTANTS = (
    Mutant(
        "M41",
        "distribution",
        "never draws the largest integer",
        "One end of the range is missing.",
        ExcludesTop,
        ("R3",),
    ),
    Mutant(
        "M41b",
        "distribution",
        "never draws the largest integer of wide ranges",
        "One end of the range is missing.",
        ExcludesTopOfWideRanges,
        ("R3",),
    ),
    Mutant(
        "M41c",
        "distribution",
        "draws continuous parameters as one of eight values",
        "Eight angles for all images.",
        EightValues,
        ("R2",),
    ),
    Mutant(
        "M41d",
        "distribution",
        "draws from closed ranges",
        "The upper end, which was excluded, occurs.",
        ClosesRanges,
        ("R4",),
    ),
    Mutant(
        "M42",
        "distribution",
        "draws both ends of integer ranges at half weight",
        "The ends are rare.",
        HalvesEnds,
        ("R3",),
    ),
    Mutant(
        "M43",
        "distribution",
        "draws a clipped normal where uniform was declared",
        "Strong augmentation is rare.",
        NormalForUniform,
        ("R2",),
    ),
    Mutant(
        "M43b",
        "distribution",
        "draws from ranges ten per cent too wide",
        "Values outside the declared range.",
        WidensRanges,
        ("R2", "R4"),
    ),
    Mutant(
        "M43c",
        "distribution",
        "draws log-uniform where uniform was declared",
        "Small values are frequent.",
        LogForUniform,
        ("R2",),
    ),
)
