"""Graded faults: one fault in sizes from gross to tiny; the smallest that is found is what the suite can resolve."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from augspec.namespace import Array
from augspec.ops.rotate import Rotate
from augspec.ops.scale import Scale
from augspec.plan.program import Draw, Flag, Grid
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.pipeline import Pipeline
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.kept import FOLDER, Kept
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.run import ask

__all__ = ["GRADES", "KEPT", "WITH_REFERENCE", "Grade", "measure"]

KEPT = Kept(FOLDER / "grades.jsonl", "grade")

WITH_REFERENCE = ("N1", "N2", "P18", "K5", "K6", "J8", "C1")
"""Laws that compare with the NumPy reference, the float64 oracle or published numbers; no other law needs one."""

_PIXEL = 8192
"""In 2⁻¹² half pixels, the unit of a matrix's shifts."""


class _Shifted(Faulty):
    """Reads warped pixels some way to the right."""

    def __init__(self, pixels: float) -> None:
        self.shift = np.array([0, 0, round(pixels * _PIXEL), 0, 0, 0], np.int32)

    def prepared(self, values: Values) -> Values:
        return {name: array + self.shift if name.endswith(".matrix") else array for name, array in values.items()}


class _OffByProbability(Faulty):
    """Applies ops more often than declared."""

    def __init__(self, extra: float) -> None:
        self.extra = round(extra * 2**24)

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def more(draw: Draw) -> Draw:
            m = draw.map
            # Gates that are never or always open stay so: an exact law finds those.
            off = isinstance(m, Flag) and 0 < m.threshold < 2**24
            return replace(draw, map=Flag(min(m.threshold + self.extra, 2**24))) if off else draw  # type: ignore[union-attr]

        return tuple(more(draw) for draw in draws)


class _Scaled(Faulty):
    """Takes the factors of `scale` too large by a share."""

    def __init__(self, share: float) -> None:
        self.share = share

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = [path for path in paths_of(pipeline, Scale, "factor", "x", "y") if path in values]
        factor = 1 + self.share
        return {**values, **{path: np.rint(values[path] * factor).astype(np.int32) for path in paths}}


class _Turned(Faulty):
    """Turns some degrees further."""

    def __init__(self, degrees: float) -> None:
        self.extra = round(degrees / 360 * 2**24)

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = [path for path in paths_of(pipeline, Rotate, "degrees") if path in values]
        return {**values, **{path: (values[path] + self.extra).astype(np.int32) for path in paths}}


class _Widened(Faulty):
    """Draws from uniform ranges that are too wide by a share, half of it at each end."""

    def __init__(self, share: float) -> None:
        self.share = share

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def wider(draw: Draw) -> Draw:
            m = draw.map
            if not isinstance(m, Grid) or draw.quantity == "position":
                return draw
            extra = round(m.width * self.share / 2)
            return replace(draw, map=Grid(m.low - extra, m.width + 2 * extra, m.shift))

        return tuple(wider(draw) for draw in draws)


class _Brighter(Faulty):
    """Multiplies by brightness factors that are too large by a share, whatever the op."""

    def __init__(self, share: float) -> None:
        one = 1 + share

        class Exact(FixedNumbers):
            def times(self, difference: Array, factor: Array) -> Array:
                return super().times(difference, np.rint(factor * one).astype(np.int32))

        class Floats(FloatNumbers):
            def times(self, difference: Array, factor: Array) -> Array:
                return super().times(difference, factor) * self.dtype_one(one)

            def dtype_one(self, value: float) -> Any:
                return np.dtype(self.dtype).type(value)

        self.exact, self.floats = Exact, Floats  # type: ignore[misc]


@dataclass(frozen=True)
class Grade:
    """One fault in one size.

    Attributes:
        fault: the fault, in a few words.
        size: how large it is.
        unit: of `size`.
        make: returns the backend, given the size.
        asked: letters of the families of laws that are asked without a reference.
    """

    fault: str
    size: float
    unit: str
    make: Callable[[float], Any]
    asked: str

    @property
    def name(self) -> str:
        """Return fault and size as one text."""
        return f"{self.fault}: {self.size:g} {self.unit}".strip()

    def mutant(self) -> Mutant:
        """Return it as a mutant whose killers nobody has named."""
        return Mutant(self.name, "graded", self.fault, "", lambda: self.make(self.size), ())


GRADES = tuple(
    Grade(fault, size, unit, make, asked)
    for fault, unit, make, asked, sizes in (
        ("warps read to the right", "px", _Shifted, "GF", (1.0, 0.5, 0.25, 0.125, 1 / 16, 1 / 64, 1 / 1024)),
        ("gates with p too large", "", _OffByProbability, "R", (0.1, 0.05, 0.02, 0.01, 0.005)),
        ("scale factors too large", "%", lambda size: _Scaled(size / 100), "GF", (1.0, 0.1, 0.01)),
        ("rotations go further", "°", _Turned, "GF", (1.0, 0.1, 0.01)),
        ("uniform ranges too wide", "%", lambda size: _Widened(size / 100), "R", (10.0, 5.0, 2.0, 1.0, 0.1)),
        ("products too large", "%", lambda size: _Brighter(size / 100), "N", (1.0, 0.1, 0.025)),
    )
    for size in sizes
)
"""Every fault from gross to tiny."""


def measure(grades: Sequence[Grade] = GRADES, *, kept: Kept = KEPT) -> Iterator[tuple[Grade, dict[str, Any]]]:
    """Yield each grade with its line: which laws of tier smoke found it on NumPy, and which were asked.

    Laws that compare with a reference are asked up to the first that finds the fault: equality finds nearly everything.
    Of those without a reference, all of the families that the fault concerns are asked.

    Args:
        grades: which ones.
        kept: where lines are kept; a kept line is not measured again.
    """
    before = kept.lines()
    for grade in grades:
        line = before.get(grade.name)
        if line is None:
            line = _line(grade)
            kept.add(line)
        yield grade, line


def _line(grade: Grade) -> dict[str, Any]:
    laws, mutant = {law.id: law for law in all_laws()}, grade.mutant()
    line: dict[str, Any] = {"grade": grade.name, "reference": None, "without": []}
    for name in WITH_REFERENCE:
        if ask(mutant, laws[name])[0] is not None:
            line["reference"] = name
            break
    others = [name for name in laws if name[0] in grade.asked and name not in WITH_REFERENCE]
    line["without"] = [name for name in others if ask(mutant, laws[name])[0] is not None]
    return line
