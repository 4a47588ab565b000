"""Faults of compression: what one gets wrong who writes JPEG's arithmetic from the standard instead of from libjpeg."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.jpeg import Codec
from augspec.jpeg.planes import SIDE
from augspec.namespace import Array
from augspec.ops.jpeg import Jpeg
from augspec.plan.stages import Filter
from augspec_backends.generic.numbers import FloatNumbers
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.pixelwise import FilterStep
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


def _with(codec: type[Codec]) -> Steps:
    """Return steps in which compression takes another codec."""

    class _Jpeg(Jpeg):
        pass

    _Jpeg.codec = codec

    class _Step(FilterStep):
        def apply(self, on: Pixels, stage: Filter, state: State, params: Any, at: str) -> State:
            if isinstance(stage.leaf.op, Jpeg):
                stage = replace(stage, leaf=replace(stage.leaf, op=_Jpeg.model_construct(**dict(stage.leaf.op))))
            return super().apply(on, stage, state, params, at)

    return {**STEPS, Filter: _Step()}


class _Repeats(Codec):
    def widened(self, plane: Array, height: int, width: int) -> Array:
        return np.repeat(np.repeat(plane, 2, 1), 2, 2)[:, :height, :width]


class RepeatsColour(Faulty):
    """Decodes colour by repeating it over 2 × 2 pixels, as the standard's simplest decoder would."""

    steps: ClassVar[Steps] = _with(_Repeats)


class _Truncates(Codec):
    def quantised(self, y: Array, steps: Array, reciprocals: Array) -> Array:
        return np.sign(y) * (np.abs(y) // (8 * steps)) * steps


class TruncatesCoefficients(Faulty):
    """Quantises toward zero."""

    steps: ClassVar[Steps] = _with(_Truncates)


class _HalvesUp(Codec):
    def quantised(self, y: Array, steps: Array, reciprocals: Array) -> Array:
        return (y + 4 * steps) // (8 * steps) * steps


class RoundsNegativeHalvesUp(Faulty):
    """Quantises halves up, also those of negative coefficients."""

    steps: ClassVar[Steps] = _with(_HalvesUp)


class _Blackens(Codec):
    def blocks(self, plane: Array) -> Array:
        _, height, width = plane.shape
        return super().blocks(np.pad(plane, ((0, 0), (0, -height % SIDE), (0, -width % SIDE))))


class FillsBlocksWithBlack(Faulty):
    """Fills blocks at the right and lower border with black instead of the last pixels."""

    steps: ClassVar[Steps] = _with(_Blackens)


class _Means(Codec):
    def halved(self, plane: Array) -> Array:
        _, height, width = plane.shape
        plane = np.pad(plane, ((0, 0), (0, height % 2), (0, -width % (2 * SIDE))), mode="edge")
        total = plane[:, 0::2, 0::2] + plane[:, 0::2, 1::2] + plane[:, 1::2, 0::2] + plane[:, 1::2, 1::2]
        return (total + 2) >> 2


class RoundsColourHalvesUp(Faulty):
    """Rounds means of colour half up everywhere, and not down and up in turn."""

    steps: ClassVar[Steps] = _with(_Means)


class OneQuality(Faulty):
    """Compresses all samples of a batch at the quality of the first."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        wrong = {path: values[path] for path in paths_of(pipeline, Jpeg, "quality")}
        return {**values, **{path: array * 0 + array[:1] for path, array in wrong.items() if len(array)}}


class _Known(FloatNumbers):
    def unknown(self, x: Array) -> Array:
        return np.zeros(x.shape, bool)


class LosesNumbersThatAreNone(Faulty):
    """Keeps a NaN at its own pixel, and takes it for black in the rest of its tile."""

    floats: ClassVar[type[FloatNumbers]] = _Known


_WRONG = "Bytes are not those of the codec that wrote the training data."

MUTANTS = (
    Mutant("M180", "compression", "repeats colour over 2 × 2 pixels", _WRONG, RepeatsColour, ("N1",)),
    Mutant("M181", "compression", "quantises toward zero", "Everything is duller.", TruncatesCoefficients, ("N1",)),
    Mutant("M182", "compression", "quantises negative halves up", _WRONG, RoundsNegativeHalvesUp, ("N1",)),
    Mutant(
        "M183",
        "compression",
        "fills blocks at the border with black",
        "Odd sizes ring at their right and lower border.",
        FillsBlocksWithBlack,
        ("N1",),
    ),
    Mutant("M184", "compression", "rounds all means of colour half up", _WRONG, RoundsColourHalvesUp, ("N1",)),
    Mutant(
        "M185",
        "compression",
        "compresses a batch at the quality of its first sample",
        "A batch holds one strength of artefacts.",
        OneQuality,
        ("B1", "N1"),
    ),
    Mutant(
        "M186",
        "compression",
        "takes a NaN for black in the rest of its tile",
        "Broken pixels turn into plausible ones.",
        LosesNumbersThatAreNone,
        ("N5",),
    ),
)
