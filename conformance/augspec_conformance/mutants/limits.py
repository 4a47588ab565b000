"""Faults at the ends of rules: what is right for common ranges, sides, counts and strengths, and wrong beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.jpeg.tables import RECIPROCAL_BITS
from augspec.moves import Move as Elementary
from augspec.moves import Pad
from augspec.namespace import Array
from augspec.ops.autocontrast import Autocontrast
from augspec.ops.jpeg import Jpeg
from augspec.plan.stages import Degrade, Filter, Leaf, Move, Occlude, Pointwise, Resample, Warp
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.degrade import DegradeStep
from augspec_backends.generic.stages.move import MoveStep
from augspec_backends.generic.stages.occlude import OccludeStep
from augspec_backends.generic.stages.pixelwise import FilterStep, PointwiseStep
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _UnitFill(Pixels):
    def filled(self, image: Array, fill: float | tuple[float, ...]) -> tuple[Array, Array]:
        unit = copy(self)
        unit.value_range = (0.0, 1.0)
        return super(_UnitFill, unit).filled(image, fill)


class FillsMovesInUnitRange(Faulty):
    """Takes the fill of an exact move for a pixel, whatever floats mean: only other ops know the range."""

    pixels = _UnitFill


class _NoiseFromZero(OccludeStep):
    def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
        if getattr(stage.leaf.op, "fill", None) == "noise" and not on.numbers().exact:
            on = copy(on)
            on.m = copy(on.m)
            on.m.low = 0.0  # type: ignore[union-attr]
        return super().apply(on, stage, state, params, at)


class FillsWithNoiseFromZero(Faulty):
    """Starts the noise that fills holes at 0, not at the low end of the range."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _NoiseFromZero()}


class _StretchesAll(Autocontrast):
    def pixels(self, x: Array, draw: Any, m: Any) -> Array:
        if self.cutoff:
            return super().pixels(x, draw, m)
        x = m.clamp(x)
        low, high = m.lowest(x), m.highest(x)
        span = high - low
        return m.clamp(np.where(span == 0, x, m.stretch(x - low, np.where(span == 0, 1, span).astype(x.dtype))))


class _Stretches(PointwiseStep):
    def member(self, on: Pixels, leaf: Leaf, image: Any, params: Any, at: str) -> Any:
        if isinstance(leaf.op, Autocontrast):
            leaf = replace(leaf, op=_StretchesAll.model_construct(**dict(leaf.op)))
        return super().member(on, leaf, image, params, at)


class StretchesNearlyFlat(Faulty):
    """Stretches every channel but those of one value."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _Stretches()}


class _LongSteps(Jpeg):
    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        found, quality = dict(super().prepare(draw, arithmetic)), draw["quality"]
        base = super().prepare({"quality": quality * 0 + 50}, arithmetic)
        for name in ("luma", "chroma"):
            steps = np.where((quality == 1).reshape(-1, 1), base[name] * 50, found[name])
            found[name] = steps
            found[f"{name}_reciprocal"] = (steps + (1 << RECIPROCAL_BITS) - 1) // steps
        return found


class _Coarsest(FilterStep):
    def prepare(self, to: Preparation, stage: Filter, at: str, height: int, width: int) -> None:
        if isinstance(stage.leaf.op, Jpeg):
            stage = replace(stage, leaf=replace(stage.leaf, op=_LongSteps.model_construct(**dict(stage.leaf.op))))
        super().prepare(to, stage, at, height, width)


class QuantisesBeyondBytes(Faulty):
    """Scales tables by the lowest quality as it is, past the 255 that baseline JPEG can hold."""

    steps: ClassVar[Steps] = {**STEPS, Filter: _Coarsest()}


class _Evens(DegradeStep):
    def prepare(self, to: Preparation, stage: Degrade, at: str, height: int, width: int) -> None:
        real, to.arithmetic = to.arithmetic, _even_sides(to.arithmetic)
        super().prepare(to, stage, at, height, width)
        to.arithmetic = real


class _EvenWindows(ResampleStep):
    def taps(self, arithmetic: Any, *args: Any, **options: Any) -> dict[str, Array]:
        return super().taps(_even_sides(arithmetic), *args, **options)


def _even_sides(arithmetic: Any) -> Any:
    """Return an arithmetic in which sides half-way between two whole numbers become the even one."""

    class Even(type(arithmetic)):  # type: ignore[misc]
        def shrunk(self, factor: Array, side: int) -> Array:
            return _even(factor, side, super().shrunk(factor, side))

        def resized(self, factor: Array, side: float) -> Array:
            return _even(factor, side, super().resized(factor, side))

    return Even(arithmetic.xp)


def _even(factor: Array, side: float, rounded: Array) -> Array:
    exact = np.asarray(factor).astype(np.float64) * side / 2**24
    half = exact - np.floor(exact) == 0.5
    return np.where(half, np.maximum(np.rint(exact), 1), rounded).astype(np.int32)


class ShrinksToEvenSides(Faulty):
    """Rounds sides of the small image as Python's round does: halves to even."""

    steps: ClassVar[Steps] = {**STEPS, Degrade: _Evens()}


class ResizesToEvenSides(Faulty):
    """Rounds sides that a factor gives as Python's round does: halves to even."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _EvenWindows()}


class _PadsOnce(MoveStep):
    def move(self, on: Pixels, move: Elementary, state: State, named: dict[str, Array]) -> State:
        if not isinstance(move, Pad) or move.border != "mirror":
            return super().move(on, move, state, named)
        _, height, width, _ = state["image"].shape
        near = {name: min(getattr(move, name), height - 1) for name in ("top", "bottom")}
        near |= {name: min(getattr(move, name), width - 1) for name in ("left", "right")}
        state = super().move(on, replace(move, **near), state, named)
        rest = {name: getattr(move, name) - side for name, side in near.items()}
        return super().move(on, replace(move, **rest, border="edge"), state, named)


class PadsWithOneMirror(Faulty):
    """Pads with one mirrored image, and repeats its end beyond."""

    steps: ClassVar[Steps] = {**STEPS, Move: _PadsOnce()}


class _WarpsOnce(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Any, at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        _, height, width, _ = on.shape(state["image"])
        if stage.border != "mirror" or min(height, width) < 2:
            return new
        names = ("image", *on.masks(state))
        around = ((0, 0), (height - 1, height - 1), (width - 1, width - 1), (0, 0))
        wide = {name: np.pad(on.now(state[name]), around, mode="reflect") for name in names}
        found = super().apply(on, replace(stage, border="edge"), wide, params, at)
        inside = np.s_[:, height - 1 : 2 * height - 1, width - 1 : 2 * width - 1]
        return {**new, **{name: on.now(found[name])[inside] for name in names}}


class WarpsWithOneMirror(Faulty):
    """Warps among one mirrored image on each side, and repeats its end beyond."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _WarpsOnce()}


class _SinglePrecisionGrey(FloatNumbers):
    def grey(self, x: Array) -> Array:
        if x.dtype != np.float64 or x.shape[-1] != 3:
            return super().grey(x)
        weights: Array = np.array([0.299, 0.587, 0.114], np.float32)
        return (x * weights).sum(-1, keepdims=True)


class GreyOfSinglePrecision(Faulty):
    """Keeps the weights of grey in float32 where images are float64."""

    floats = _SinglePrecisionGrey


class _SinglePrecisionMean(FloatNumbers):
    def mean(self, x: Array) -> Array:
        return super().mean(x.astype(np.float32)).astype(x.dtype) if x.dtype == np.float64 else super().mean(x)


class MeansOfSinglePrecision(Faulty):
    """Takes means in float32 where images are float64."""

    floats = _SinglePrecisionMean


class _CountsShort(FixedNumbers):
    def histogram(self, levels: Array) -> Array:
        return super().histogram(levels).astype(np.uint16).astype(np.int32)


class CountsInShorts(Faulty):
    """Counts pixels of a level in 16 bits."""

    exact = _CountsShort


class _LosesLow(WarpStep):
    def prepare(self, to: Preparation, stage: Warp, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        if width > 512:
            mask = np.array([-4096, -4096, -1, -4096, -4096, -1], np.int32)
            to.params[f"{at}.matrix"] = to.params[f"{at}.matrix"] & mask


class LosesLowHalves(Faulty):
    """Drops the low halves of a matrix where rows have more than 512 pixels, as if they could not matter."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _LosesLow()}


def _mutant(name: str, title: str, wrong: str, make: Any, *killers: str) -> Mutant:
    return Mutant(name, "limits", title, wrong, make, killers, tier="full")


MUTANTS = (
    _mutant(
        "M320",
        "fills exact moves in the unit range, whatever floats mean",
        "Padding of images from -1 to 1 is grey, not black.",
        FillsMovesInUnitRange,
        "N1",
    ),
    _mutant(
        "M320b",
        "starts noise that fills holes at 0, whatever floats mean",
        "Holes are brighter than noise should be.",
        FillsWithNoiseFromZero,
        "N1",
    ),
    _mutant(
        "M321",
        "stretches channels that are nearly flat",
        "The rounding of the ops before becomes a picture.",
        StretchesNearlyFlat,
        "N1",
    ),
    _mutant(
        "M322",
        "does not end steps of quantisation at 255",
        "The strongest artefacts are none that a file can have.",
        QuantisesBeyondBytes,
        "N1",
    ),
    _mutant(
        "M323",
        "rounds half sides of the small image to even",
        "Some sides differ by a pixel from other backends.",
        ShrinksToEvenSides,
        "N1",
    ),
    _mutant(
        "M323b",
        "rounds half sides of resized images to even",
        "Some sides differ by a pixel from other backends.",
        ResizesToEvenSides,
        "N1",
    ),
    _mutant(
        "M324",
        "pads with one mirrored image only",
        "Wide padding of small images ends in streaks.",
        PadsWithOneMirror,
        "N1",
    ),
    _mutant(
        "M324b",
        "warps among one mirrored image only",
        "Strong reductions end in streaks.",
        WarpsWithOneMirror,
        "N1",
    ),
    _mutant(
        "M325",
        "keeps the weights of grey in float32",
        "Images in float64 are as coarse as float32.",
        GreyOfSinglePrecision,
        "N2",
    ),
    _mutant(
        "M325b",
        "takes means of float64 images in float32",
        "Images in float64 are as coarse as float32.",
        MeansOfSinglePrecision,
        "N2",
    ),
    _mutant(
        "M326",
        "counts pixels of a level in 16 bits",
        "Large dark pictures are equalized wrongly.",
        CountsInShorts,
        "N1",
    ),
    _mutant(
        "M327",
        "drops the low halves of matrices of wide images",
        "Positions drift toward the left and right ends.",
        LosesLowHalves,
        "N1",
    ),
)
