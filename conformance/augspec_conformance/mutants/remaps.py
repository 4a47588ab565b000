"""Faults of maps that are no matrices: corners, directions and points that someone else would take otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from augspec.namespace import Array
from augspec.ops.grid_distortion import GridDistortion
from augspec.ops.lens import Lens
from augspec.ops.perspective import Perspective
from augspec.plan.stages import Remap
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.remap import RemapStep
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class NamesCornersByRows(Faulty):
    """Takes the third corner for the lower left one, the fourth for the lower right one."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = [path for path in paths_of(pipeline, Perspective, "x", "y") if path in values]
        return {**values, **{path: values[path][:, [0, 1, 3, 2]] for path in paths}}


class KeepsParallels(Faulty):
    """Forgets the denominator: parallel lines stay parallel."""

    def prepared(self, values: Values) -> Values:
        def flat(rows: Array) -> Array:
            rows = rows.copy()
            rows[:, 10:14] = 0
            return rows

        return {name: flat(array) if name.endswith(".back") else array for name, array in values.items()}


class BendsTheOtherWay(Faulty):
    """Takes a barrel for a pincushion: moves the picture by the polynomial, not the places that read it."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = [path for path in paths_of(pipeline, Lens, "k1", "k2") if path in values]
        return {**values, **{path: -values[path] for path in paths}}


class StretchesFromTheEnd(Faulty):
    """Counts the parts of a grid from the right and from the bottom."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = [path for path in paths_of(pipeline, GridDistortion, "x", "y") if path in values]
        return {**values, **{path: values[path][:, ::-1] for path in paths}}


class _PointsStay(RemapStep):
    def apply(self, on: Pixels, stage: Remap, state: State, params: Mapping[str, Array], at: str) -> State:
        moved = super().apply(on, stage, state, params, at)
        return {**moved, **{name: state[name] for name in ("boxes", "keypoints") if name in state}}


class RemapsPixelsOnly(Faulty):
    """Leaves boxes and keypoints where they were, as libraries do whose map has no inverse."""

    steps: ClassVar[Steps] = {**STEPS, Remap: _PointsStay()}


MUTANTS = (
    Mutant(
        "M210",
        "remaps",
        "names the corners of a perspective row by row",
        "A draw means another picture than elsewhere.",
        NamesCornersByRows,
        ("N1",),
    ),
    Mutant(
        "M211",
        "remaps",
        "keeps parallels in a perspective",
        "Pictures are never seen aslant.",
        KeepsParallels,
        ("N1",),
    ),
    Mutant(
        "M212",
        "remaps",
        "leaves boxes and keypoints alone where pixels are remapped",
        "Boxes lie beside their objects.",
        RemapsPixelsOnly,
        ("N1",),
    ),
    Mutant(
        "M213",
        "remaps",
        "bends the other way",
        "Barrels are pincushions.",
        BendsTheOtherWay,
        ("N1", "R13"),
    ),
    Mutant(
        "M214",
        "remaps",
        "counts the parts of a grid from the end",
        "A draw means another picture than elsewhere.",
        StretchesFromTheEnd,
        ("N1",),
    ),
)
