"""Faults that floats show which are no colour: samples that nothing touched come back clamped, or with other zeros."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.plan.stages import Choose, Resample, Warp
from augspec_backends.generic.numbers import FloatNumbers
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.choose import ChooseStep
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _ClampsAll(Pixels):
    def where_on(self, params: Mapping[str, Array], at: str, new: Array, old: Array) -> Array:
        return super().where_on(params, at, new, old if self.numbers().exact else self.numbers().clamp(old))


class ClampsUnapplied(Faulty):
    """Clamps floats to the range before it asks whether an op is applied."""

    pixels = _ClampsAll


class _AddsNothing(Pixels):
    def where_on(self, params: Mapping[str, Array], at: str, new: Array, old: Array) -> Array:
        return super().where_on(params, at, new, old if self.numbers().exact else old + old.dtype.type(0))


class AddsNothingToUnapplied(Faulty):
    """Blends by adding a difference of 0 where an op is not applied."""

    pixels = _AddsNothing


class _AddsToLeft(ChooseStep):
    def apply(self, on: Pixels, stage: Choose, state: State, params: Mapping[str, Array], at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        image = new["image"]
        if image.dtype.kind != "f":
            return new
        nobody = (params[f"{at}.branch"] == len(stage.branches)).reshape(-1, 1, 1, 1)
        return {**new, "image": np.where(nobody, image + image.dtype.type(0), image)}


class AddsNothingToUnchosen(Faulty):
    """Adds 0 to the pixels of samples that chose no branch."""

    steps: ClassVar[Steps] = {**STEPS, Choose: _AddsToLeft()}


class _ClampsLandings(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        if on.numbers().exact or stage.interpolation != "bicubic":
            return new
        moved = params[f"{at}.changed"].reshape(-1, 1, 1, 1)
        image = on.now(new["image"])
        return {**new, "image": np.where(moved, on.numbers().clamp(image), image)}


class ClampsLandings(Faulty):
    """Clamps all that a bicubic warp reads, pixels that land on pixels too."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _ClampsLandings()}


class _TurnsZeros(ResampleStep):
    def apply(self, on: Pixels, stage: Resample, state: State, params: Mapping[str, Array], at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        image = new["image"]
        return {**new, "image": image + image.dtype.type(0)} if image.dtype.kind == "f" else new


class SumsFromZero(Faulty):
    """Starts the sums of a resampling at 0, not at the first product."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _TurnsZeros()}


class _ReadsAllChains(FloatNumbers):
    def part(self, x: Array, other: Array, weight: Array) -> Array:
        return (other - x) * (weight.astype(x.dtype) * x.dtype.type(1 / 32768))


class SubtractsInfinities(Faulty):
    """Adds the differences of chains up where there is no difference too: infinity less infinity is none."""

    floats = _ReadsAllChains


class _AddsParts(FloatNumbers):
    def with_parts(self, x: Array, parts: Array) -> Array:
        return x + parts


class AddsChainsOfNothing(Faulty):
    """Adds the sum of chains where it is 0."""

    floats = _AddsParts


class _ReadsAllTaps(FloatNumbers):
    def correlate(self, x: Array, taps: Sequence[tuple[int, int]], weights: Array) -> Array:
        touched = super().correlate(x, taps, np.ones_like(weights))
        return super().correlate(x, taps, weights) + touched * x.dtype.type(0)


class ReadsTapsOfNoWeight(Faulty):
    """Multiplies by weights of 0, which leaves NaN what it is."""

    floats = _ReadsAllTaps


class MovesThroughDouble(Faulty):
    """Sends images of 64-bit integers through float64."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        wide = isinstance(image, np.ndarray) and image.dtype in (np.int64, np.uint64)
        return run(
            key, with_entry(sample, "image", image.astype(np.float64).astype(image.dtype)) if wide else sample, index
        )


class RoundsHalvesToEven(Faulty):
    """Rounds results of uint16 as NumPy does: halves to even."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        floats = runner.signature.dtype == "uint16" and state["image"].dtype == np.float32
        return {**state, "image": np.rint(state["image"])} if floats else state


def _mutant(number: str, title: str, wrong: str, make: type[Faulty], *killers: str) -> Mutant:
    return Mutant(f"M{number}", "untouched", title, wrong, make, killers)


MUTANTS = (
    _mutant(
        "410", "clamps floats that an op left alone", "High dynamic range is cut at random.", ClampsUnapplied, "N9"
    ),
    _mutant(
        "411",
        "adds 0 to floats that an op left alone",
        "Hashes of untouched samples differ.",
        AddsNothingToUnapplied,
        "N9",
    ),
    _mutant(
        "412",
        "adds 0 to floats of samples that chose no branch",
        "Hashes of untouched samples differ.",
        AddsNothingToUnchosen,
        "N9",
    ),
    _mutant(
        "413",
        "clamps pixels that land on pixels in a bicubic warp",
        "A shift by whole pixels cuts high dynamic range.",
        ClampsLandings,
        "G9",
    ),
    _mutant("414", "turns zeros around in a resampling", "Hashes of untouched samples differ.", SumsFromZero, "N7"),
    _mutant(
        "415",
        "subtracts infinities where chains changed nothing",
        "Infinite depth becomes NaN.",
        SubtractsInfinities,
        "N7",
    ),
    _mutant(
        "416", "adds chains that changed nothing", "Hashes of untouched samples differ.", AddsChainsOfNothing, "N7"
    ),
    _mutant(
        "417",
        "reads taps of weight 0",
        "One NaN blinds a neighbourhood that the blur does not reach.",
        ReadsTapsOfNoWeight,
        "N5",
    ),
    _mutant("418", "sends 64-bit integers through float64", "Large labels change by one.", MovesThroughDouble, "G1"),
    _mutant("419", "rounds halves of uint16 to even", "Results differ from other backends.", RoundsHalvesToEven, "N3"),
)
