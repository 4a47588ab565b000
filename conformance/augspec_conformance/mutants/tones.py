"""Faults of tints, filters and noise: what someone who knows another library, or the name only, would write."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from augspec.namespace import Array
from augspec.ops.box_blur import BoxBlur
from augspec.ops.clahe import Clahe
from augspec.ops.motion_blur import MotionBlur
from augspec.ops.pca_lighting import PcaLighting
from augspec.ops.shot_noise import ShotNoise
from augspec.ops.temperature import Temperature
from augspec_backends.generic.numbers import FixedNumbers
from augspec_backends.generic.pipeline import Pipeline
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class MovesClockwise(Faulty):
    """Counts the angle of a motion blur clockwise, as rows grow."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: -values[path] for path in paths_of(pipeline, MotionBlur, "degrees")}}


class TakesRadiusForWidth(Faulty):
    """Takes the radius of a box blur for the width of its square."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: values[path] >> 1 for path in paths_of(pipeline, BoxBlur, "radius")}}


class DeviationForVariance(Faulty):
    """Takes the deviation of shot noise for its variance."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        def root(steps: Array) -> Array:
            return np.asarray(np.floor(np.sqrt(steps / 65280) * 65280), np.int32)

        return {**values, **{path: root(values[path]) for path in paths_of(pipeline, ShotNoise, "scale")}}


class AxesRise(Faulty):
    """Takes the principal axes in rising order of their eigenvalues, as `eigh` returns them."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = paths_of(pipeline, PcaLighting, "axes")
        return {**values, **{path: np.ascontiguousarray(values[path][:, ::-1]) for path in paths}}


class WarmsUpwards(Faulty):
    """Makes pictures warmer as kelvin rise, as the slider of a photo program does."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = paths_of(pipeline, Temperature, "kelvin")
        return {**values, **{path: np.clip(13000 - values[path], 3000, 15000) for path in paths}}


class NeverClips(Faulty):
    """Equalizes tiles without a limit."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: values[path] * 0 + (40 << 8) for path in paths_of(pipeline, Clahe, "clip")}}


class _BlueRows(FixedNumbers):
    def mix(self, x: Array, rows: Sequence[Sequence[float]]) -> Array:
        return super().mix(x[..., ::-1], rows)


class TonesBlueForRed(Faulty):
    """Applies a matrix of channels to blue, green and red."""

    exact = _BlueRows


class _RepeatsBorders(FixedNumbers):
    def around(self, x: Array, radius: int) -> Callable[[int, int], Array]:
        padded = np.pad(x, ((0, 0), (radius, radius), (radius, radius), (0, 0)), mode="edge")

        def neighbour(down: int, right: int) -> Array:
            top, left = radius + down, radius + right
            return padded[:, top : top + x.shape[1], left : left + x.shape[2]]

        return neighbour


class RepeatsBorders(Faulty):
    """Continues images by their border pixels where a filter looks at neighbours."""

    exact = _RepeatsBorders


class _RoundsTaps(FixedNumbers):
    def correlate(self, x: Array, taps: Sequence[tuple[int, int]], weights: Array) -> Array:
        equal = np.where(weights > 0, 32768 // np.maximum((weights > 0).sum(1, keepdims=True), 1), 0).astype(np.int32)
        rest = 32768 - equal.sum(1, dtype=np.int32)
        equal[:, list(taps).index((0, 0))] += rest
        return super().correlate(x, taps, equal)


class DrawsLines(Faulty):
    """Gives all pixels that a line or disc touches the same weight."""

    exact = _RoundsTaps


class _Unbounded(FixedNumbers):
    def share(self, amount: Array, part: Array, whole: Array) -> Array:
        return self.times(part, np.int32(4096 * 2))


class SaturatesBeyondPure(Faulty):
    """Doubles the distance to the value where a saturation should have ended at 1."""

    exact = _Unbounded


MUTANTS = (
    Mutant(
        "M200",
        "tones",
        "counts the angle of a motion blur clockwise",
        "Streaks run along the other diagonal.",
        MovesClockwise,
        ("N1",),
    ),
    Mutant(
        "M200b",
        "tones",
        "takes the radius of a box blur for its width",
        "Pictures are half as soft as they should be.",
        TakesRadiusForWidth,
        ("N1",),
    ),
    Mutant(
        "M200c",
        "tones",
        "takes the deviation of shot noise for its variance",
        "Noise is far too strong.",
        DeviationForVariance,
        ("N1",),
    ),
    Mutant(
        "M200d",
        "tones",
        "takes the principal axes in rising order",
        "Colours shift where only brightness should.",
        AxesRise,
        ("N1",),
    ),
    Mutant(
        "M200e",
        "tones",
        "makes pictures warmer as kelvin rise",
        "Candle light is blue.",
        WarmsUpwards,
        ("N1",),
    ),
    Mutant(
        "M200f",
        "tones",
        "applies a matrix of channels to BGR",
        "Sepia is too dark where a picture is blue.",
        TonesBlueForRed,
        ("N1",),
    ),
    Mutant(
        "M200g",
        "tones",
        "repeats border pixels where a filter mirrors",
        "A frame of one pixel differs from other backends.",
        RepeatsBorders,
        ("N1",),
    ),
    Mutant(
        "M200h",
        "tones",
        "weighs all pixels of a line alike",
        "Streaks are jagged.",
        DrawsLines,
        ("N1",),
    ),
    Mutant(
        "M200i",
        "tones",
        "lets saturation pass 1",
        "Strong colours are clipped, and change their hue.",
        SaturatesBeyondPure,
        ("N1",),
        tier="full",
    ),
    Mutant(
        "M200j",
        "tones",
        "equalizes tiles without a limit",
        "Flat areas turn into noise.",
        NeverClips,
        ("N1",),
    ),
)
