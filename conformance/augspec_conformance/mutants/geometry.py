"""Faults of geometry: pixels in the wrong place, borders of the wrong colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.moves import Move as Elementary
from augspec.moves import Window
from augspec.namespace import Array, Namespace
from augspec.ops.affine import Affine
from augspec.ops.rotate import Rotate
from augspec.ops.scale import Scale
from augspec.ops.translate import Translate
from augspec.plan.stages import Move, Resample, Warp
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.points import MovePoints, by_matrix
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.move import MoveStep
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_HALF_PIXEL = 4096
"""In 2⁻¹² half pixels, the unit of a matrix's shifts."""


class PicksOtherTies(Faulty):
    """Gives places on the edge of two cells to the left or upper one: sampled a hair before the place."""

    def prepared(self, values: Values) -> Values:
        hair = np.array([0, 0, -1, 0, 0, -1], np.int32)
        return {name: array + hair if name.endswith(".matrix") else array for name, array in values.items()}


class ResizesNearestEarly(Faulty):
    """Resizes masks, and images with nearest, by the first pixel of each cell instead of the middle one."""

    def prepared(self, values: Values) -> Values:
        def early(index: Array) -> Array:
            return np.maximum(index - (np.arange(index.shape[-1], dtype=np.int32) % 2), index.min(-1, keepdims=True))

        return {name: early(array) if name.endswith("_nearest") else array for name, array in values.items()}


class ScalesTooMuch(Faulty):
    """Takes scale factors one per cent too large."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = [path for path in paths_of(pipeline, Scale, "factor", "x", "y") if path in values]
        return {**values, **{path: values[path] + values[path] // 100 for path in paths}}


class _OtherAxis(NumpyNamespace):
    def flip(self, x: Array, axis: int) -> Array:
        return super().flip(x, 3 - axis)


class FlipsOtherAxis(Faulty):
    """Flips vertically for horizontally, and the reverse."""

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return _OtherAxis()


class TurnsClockwise(Faulty):
    """Takes positive angles clockwise."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = paths_of(pipeline, Rotate, "degrees") + paths_of(pipeline, Affine, "degrees")
        return {**values, **{path: -values[path] for path in paths if path in values}}


class MovesLeft(Faulty):
    """Moves left and up for right and down."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = paths_of(pipeline, Translate, "x", "y") + paths_of(pipeline, Affine, "translate_x", "translate_y")
        return {**values, **{path: -values[path] for path in paths if path in values}}


class ExchangesAxes(Faulty):
    """Moves along y by x."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        new = dict(values)
        for path in paths_of(pipeline, Translate, "x"):
            other = f"{path[:-1]}y"
            if path in values and other in values:
                new[path], new[other] = values[other], values[path]
        return new


class ShiftsHalfPixel(Faulty):
    """Reads warped pixels half a pixel to the right."""

    def prepared(self, values: Values) -> Values:
        shift = np.array([0, 0, _HALF_PIXEL, 0, 0, 0], np.int32)
        return {name: array + shift if name.endswith(".matrix") else array for name, array in values.items()}


class TurnsAboutCorner(Faulty):
    """Takes the pixel (W/2, H/2) for the centre."""

    def prepared(self, values: Values) -> Values:
        def moved(m: Array) -> Array:
            rows = m.astype(np.int64).reshape(-1, 2, 3)
            shift = _HALF_PIXEL - ((rows[:, :, 0] + rows[:, :, 1]) * _HALF_PIXEL >> 24)
            rows[:, :, 2] += shift
            return rows.reshape(-1, 6).astype(np.int32)

        return {name: moved(array) if name.endswith(".matrix") else array for name, array in values.items()}


class _CornersAligned(ResampleStep):
    def prepare(self, to: Preparation, stage: Resample, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        for axis in ("columns", "rows"):
            weights = to.params.get(f"{at}.{axis}_weights")
            if weights is not None:
                # Half of every tap's weight goes to its neighbour: the triangle moves by half a source pixel.
                late = np.roll(weights, 1, -1)
                late[..., 0] = 0
                half = (weights >> 1) + (late >> 1)
                half[..., 0] += 32768 - half.sum(-1, dtype=np.int32)
                to.params[f"{at}.{axis}_weights"] = half


class ResizesOffCentre(Faulty):
    """Resizes with pixel centres half a pixel off."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _CornersAligned()}


class _ByMatrix(ResampleStep):
    def moves(self, xp: Namespace, window: Array) -> MovePoints:
        rows = window.reshape(-1, 2, 4).astype(np.float32)
        scale = rows[..., 1] / rows[..., 2]
        shift = rows[..., 3] - rows[..., 0] * scale
        zero = np.zeros_like(shift[:, 0])
        columns = (scale[:, 0], zero, shift[:, 0], zero, scale[:, 1], shift[:, 1])
        return by_matrix(xp, np.stack(columns, 1))


class MovesWindowsByMatrix(Faulty):
    """Moves points of a window by a matrix, whose rounded shift does not meet the products at the window's ends."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _ByMatrix()}


class _ByReciprocal(ResampleStep):
    def moves(self, xp: Namespace, window: Array) -> MovePoints:
        n = [window[:, i : i + 1] for i in range(8)]

        def move(x: Array, y: Array) -> tuple[Array, Array]:
            return _fused((x - n[0]) * n[1], 1 / n[2], n[3]), _fused((y - n[4]) * n[5], 1 / n[6], n[7])

        return move


def _fused(a: Array, b: Array, c: Array) -> Array:
    """Return a·b + c with one rounding."""
    wide: Array = a.astype(np.float64) * b + c
    return wide.astype(np.float32)


class DividesByReciprocal(Faulty):
    """Multiplies by the reciprocal of a window's length, and adds the offset without rounding in between."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _ByReciprocal()}


class _CropsLater(MoveStep):
    def move(self, on: Pixels, move: Elementary, state: State, named: dict[str, Array]) -> State:
        if isinstance(move, Window) and move.height < state["image"].shape[1]:
            state = {**state, **{name: np.roll(state[name], -1, 1) for name in ("image", "mask") if name in state}}
        return super().move(on, move, state, named)


class CropsOffByOne(Faulty):
    """Crops one row too low."""

    steps: ClassVar[Steps] = {**STEPS, Move: _CropsLater()}


class NeverLastPlace(Faulty):
    """Draws the place of a crop as if there were one place less."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {
            path: array - (array >> 2) if path.endswith(("/top", "/left")) else array for path, array in values.items()
        }


class _Reversed(WarpStep):
    def prepare(self, to: Preparation, stage: Warp, at: str, height: int, width: int) -> None:
        super().prepare(to, replace(stage, members=stage.members[::-1]), at, height, width)


class ComposesReversed(Faulty):
    """Composes neighbouring warps in the wrong order."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _Reversed()}


class _BlackFill(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        return super().apply(on, replace(stage, fill=0.0), state, params, at)


class FillsBlack(Faulty):
    """Fills with 0 whatever the fill is."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _BlackFill()}


class _EdgeBorder(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        return super().apply(on, replace(stage, border="edge"), state, params, at)


class RepeatsEdge(Faulty):
    """Repeats the edge whatever the border is."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _EdgeBorder()}


class _MirrorIsSymmetric(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        other = {"mirror": "symmetric", "symmetric": "mirror"}.get(stage.border, stage.border)
        return super().apply(on, replace(stage, border=other), state, params, at)


class ConfusesMirrors(Faulty):
    """Takes `mirror` for `symmetric`."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _MirrorIsSymmetric()}


class _FirstChannelFill(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        channels = state["image"].shape[-1]
        if not isinstance(stage.fill, tuple) and channels > 1:
            stage = replace(stage, fill=(stage.fill, *(0.0,) * (channels - 1)))
        return super().apply(on, stage, state, params, at)


class FillsFirstChannel(Faulty):
    """Uses a scalar fill for channel 0 only, as OpenCV does."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _FirstChannelFill()}


class _Nearest(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        return super().apply(on, replace(stage, interpolation="nearest"), state, params, at)


class NeverInterpolates(Faulty):
    """Warps with nearest whatever was declared."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _Nearest()}


class NoAntialias(Faulty):
    """Resizes without antialiasing."""

    def compile(self, policy: Any, **options: Any) -> Any:
        def plain(op: Any) -> Any:
            changes: dict[str, Any] = {"antialias": False} if getattr(op, "antialias", False) else {}
            if getattr(op, "ops", None):
                changes["ops"] = tuple(plain(member) for member in op.ops)
            return op.model_copy(update=changes) if changes else op

        changed = {"ops": tuple(plain(op) for op in policy.ops)}
        return super().compile(policy.model_copy(update=changed), **options)


MUTANTS = (
    Mutant(
        "M47",
        "geometry",
        "flips vertically for horizontally",
        "Pictures stand on their heads.",
        FlipsOtherAxis,
        ("G1", "G3"),
    ),
    Mutant(
        "M48",
        "geometry",
        "turns clockwise",
        "Boxes and pixels turn apart; models learn the wrong angle.",
        TurnsClockwise,
        ("G3",),
    ),
    Mutant(
        "M49",
        "geometry",
        "moves left and up for right and down",
        "Every translation has the wrong sign.",
        MovesLeft,
        ("G3",),
    ),
    Mutant(
        "M49b",
        "geometry",
        "exchanges x and y of translations",
        "Pictures move along the wrong axis.",
        ExchangesAxes,
        ("G3",),
    ),
    Mutant(
        "M50",
        "geometry",
        "reads warped pixels half a pixel off",
        "Every warp shifts the picture.",
        ShiftsHalfPixel,
        ("G2",),
    ),
    Mutant(
        "M50b",
        "geometry",
        "resizes with centres half a pixel off",
        "Masks and images drift apart.",
        ResizesOffCentre,
        ("G5",),
    ),
    Mutant(
        "M280",
        "geometry",
        "moves points of a window by a matrix",
        "Boxes that touch a crop from outside stay valid, with a side of 1e-7 pixels.",
        MovesWindowsByMatrix,
        ("F5",),
    ),
    Mutant(
        "M450",
        "geometry",
        "divides points of a window by a reciprocal",
        "Boxes that end where a scaled canvas begins stay valid, with a side of 1e-7 pixels.",
        DividesByReciprocal,
        ("F5",),
    ),
    Mutant(
        "M51",
        "geometry",
        "turns about the pixel (W/2, H/2)",
        "Every rotation shifts the picture by up to a pixel.",
        TurnsAboutCorner,
        ("G2",),
    ),
    Mutant(
        "M52",
        "geometry",
        "crops one row too low",
        "Boxes and pixels disagree by one.",
        CropsOffByOne,
        ("G4",),
    ),
    Mutant(
        "M52b",
        "geometry",
        "never crops at the last places",
        "The lower right corner is never seen.",
        NeverLastPlace,
        ("G4",),
    ),
    Mutant(
        "M53",
        "geometry",
        "composes neighbouring warps in the wrong order",
        "Rotate, then shear is shear, then rotate.",
        ComposesReversed,
        ("G6",),
    ),
    Mutant(
        "M53b",
        "geometry",
        "gives ties of nearest to the left",
        "Masks are half a pixel off at ties.",
        PicksOtherTies,
        ("G10",),
    ),
    Mutant(
        "M53c",
        "geometry",
        "resizes masks by the first pixel of a cell",
        "Masks drift up and to the left.",
        ResizesNearestEarly,
        ("G10",),
    ),
    Mutant(
        "M53d",
        "geometry",
        "scales one per cent too much",
        "There and back again is farther away.",
        ScalesTooMuch,
        ("G7",),
    ),
    Mutant(
        "M54",
        "geometry",
        "fills with 0 whatever the fill is",
        "Black borders.",
        FillsBlack,
        ("G8",),
    ),
    Mutant(
        "M54b",
        "geometry",
        "repeats the edge whatever the border is",
        "Streaks at the borders.",
        RepeatsEdge,
        ("G8", "G9"),
    ),
    Mutant(
        "M54c",
        "geometry",
        "takes mirror for symmetric",
        "Borders are off by one pixel.",
        ConfusesMirrors,
        ("G9",),
    ),
    Mutant(
        "M55",
        "geometry",
        "uses a scalar fill for channel 0 only",
        "Coloured borders.",
        FillsFirstChannel,
        ("G8",),
    ),
    Mutant(
        "M55b",
        "geometry",
        "never interpolates",
        "Jagged edges.",
        NeverInterpolates,
        ("N1",),
    ),
    Mutant(
        "M55c",
        "geometry",
        "resizes without antialiasing",
        "Aliasing patterns that other backends do not show.",
        NoAntialias,
        ("N1",),
    ),
)
