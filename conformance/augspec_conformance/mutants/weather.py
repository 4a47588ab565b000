"""Faults of what lies over an image: which share it is, how far it reaches, and where."""

from __future__ import annotations

import numpy as np

from augspec.ops.fog import Fog
from augspec.ops.rain import Rain
from augspec.ops.shadow import Shadow
from augspec.ops.snow import Snow
from augspec.ops.sun_flare import SunFlare
from augspec_backends.generic.pipeline import Pipeline
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class KeepsTheDarkness(Faulty):
    """Takes the darkness for the light that stays."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: 4096 - values[path] for path in paths_of(pipeline, Shadow, "darkness")}}


class MeasuresFromTheCorner(Faulty):
    """Takes the drawn place for the upper left corner of the rectangle, not for its centre."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        moved = dict(values)
        for size, *centre in zip(*(paths_of(pipeline, Shadow, name) for name in ("size", "left", "top")), strict=True):
            moved |= {path: values[path] + values[size] * 128 for path in centre}
        return moved


class KeepsLayersAlike(Faulty):
    """Adds up the layers of a fog with equal strength."""

    def prepared(self, values: Values) -> Values:
        return {
            name: array * 0 + (1 << 24) // array.shape[1] if name.endswith(".veil.layers") else array
            for name, array in values.items()
        }


class FogsTheThinnest(Faulty):
    """Takes the patchiness for the part of the fog that stays where it is thinnest."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: 4096 - values[path] for path in paths_of(pipeline, Fog, "patchiness")}}


class FallsTheOtherWay(Faulty):
    """Leans rain clockwise."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: -values[path] for path in paths_of(pipeline, Rain, "degrees")}}


class TakesTheLengthForAHalf(Faulty):
    """Takes the length of a streak for that from its middle to its end."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: values[path] * 2 for path in paths_of(pipeline, Rain, "length")}}


class TakesTheSizeForARadius(Faulty):
    """Takes the size of a flake for its radius."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: values[path] * 2 for path in paths_of(pipeline, Snow, "size")}}


class TakesTheHazeOff(Faulty):
    """Takes the haze off the opacity of flecks."""

    def prepared(self, values: Values) -> Values:
        found = dict(values)
        for name, haze in values.items():
            if name.endswith(".veil.haze"):
                opacity = name.removesuffix("haze") + "opacity"
                found[opacity] = np.maximum(values[opacity] - haze, 0)
        return found


class SetsTheSun(Faulty):
    """Counts the height of the sun from below."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: (1 << 24) - values[path] for path in paths_of(pipeline, SunFlare, "y")}}


class TakesTheGlowForADiameter(Faulty):
    """Takes the radius of a glow for its diameter."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: values[path] // 2 for path in paths_of(pipeline, SunFlare, "size")}}


def _mutant(name: str, title: str, wrong: str, make: type[Faulty], *killers: str) -> Mutant:
    return Mutant(name, "weather", title, wrong, make, killers)


MUTANTS = (
    _mutant(
        "M270",
        "takes the darkness of a shadow for the light that stays",
        "A darkness of 0 is black.",
        KeepsTheDarkness,
        "N1",
        "N7",
    ),
    _mutant(
        "M270b",
        "takes the place of a shadow for its corner",
        "Shadows lie to the right and below.",
        MeasuresFromTheCorner,
        "N1",
    ),
    _mutant(
        "M271",
        "gives all layers of a fog the same strength",
        "Fog is noise, whatever the roughness.",
        KeepsLayersAlike,
        "N1",
    ),
    _mutant(
        "M271b",
        "takes the patchiness of a fog for what stays",
        "An even haze is a torn one.",
        FogsTheThinnest,
        "N1",
    ),
    _mutant(
        "M272",
        "leans rain clockwise",
        "A wind from the left comes from the right.",
        FallsTheOtherWay,
        "N1",
    ),
    _mutant(
        "M272b",
        "takes the length of a streak for half of it",
        "Streaks are long and few.",
        TakesTheLengthForAHalf,
        "N1",
    ),
    _mutant(
        "M273",
        "takes the size of a flake for its radius",
        "Flakes are large and few.",
        TakesTheSizeForARadius,
        "N1",
    ),
    _mutant(
        "M273b",
        "takes the haze off the flakes",
        "Flakes vanish in haze.",
        TakesTheHazeOff,
        "N1",
    ),
    _mutant(
        "M274",
        "counts the height of the sun from below",
        "The sun stands under the ground.",
        SetsTheSun,
        "N1",
    ),
    _mutant(
        "M274b",
        "takes the radius of a glow for its diameter",
        "Half of the glare is missing.",
        TakesTheGlowForADiameter,
        "N1",
    ),
)
