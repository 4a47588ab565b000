"""Faults of exact moves and of windows that are resampled: what someone who reads the names only would write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.moves import Channels, Pad
from augspec.moves import Move as Elementary
from augspec.namespace import Array
from augspec.ops.base import ResampleOp
from augspec.ops.iou_crop import IouCrop
from augspec.ops.rot90 import Rot90
from augspec.ops.zoom_out import ZoomOut
from augspec.plan.stages import Move, Resample
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.move import MoveStep
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class TurnsQuartersClockwise(Faulty):
    """Makes quarter turns clockwise."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: -values[path] & 3 for path in paths_of(pipeline, Rot90, "turns")}}


class _OtherSides(MoveStep):
    def move(self, on: Pixels, move: Elementary, state: State, named: dict[str, Array]) -> State:
        if isinstance(move, Pad):
            move = replace(move, top=move.bottom, right=move.left, bottom=move.top, left=move.right)
        return super().move(on, move, state, named)


class PadsOtherSides(Faulty):
    """Pads at the opposite sides: counts how far the picture moves, not what is put before it."""

    steps: ClassVar[Steps] = {**STEPS, Move: _OtherSides()}


class _Inverts(MoveStep):
    def move(self, on: Pixels, move: Elementary, state: State, named: dict[str, Array]) -> State:
        if isinstance(move, Channels) and move.drop is None:
            channels = state["image"].shape[-1]
            order = named[move.ranks][:, :channels].argsort(1).astype(np.int32)
            named = {**named, move.ranks: order}
        return super().move(on, move, state, named)


class ShufflesBackwards(Faulty):
    """Puts channel i where it should fetch it from: right for two channels, not for three."""

    steps: ClassVar[Steps] = {**STEPS, Move: _Inverts()}


class _NoLobes(ResampleStep):
    def taps(self, arithmetic: Any, op: ResampleOp, *args: Any, **options: Any) -> dict[str, Array]:
        found: dict[str, Array] = super().taps(arithmetic, op, *args, **options)
        if op.interpolation == "bicubic":  # type: ignore[attr-defined]
            for name in ("columns_weights", "rows_weights"):
                found[name] = _without_lobes(found[name])
        return found


def _without_lobes(weights: Array) -> Array:
    kept = np.maximum(weights, 0)
    rest = 32768 - kept.sum(-1, dtype=np.int32)
    largest = kept.argmax(-1)
    return kept + np.where(np.arange(kept.shape[-1]) == largest[..., None], rest[..., None], 0).astype(np.int32)


class CutsLobes(Faulty):
    """Resizes by Keys' kernel without its negative lobes."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _NoLobes()}


class ZoomsToTheMiddle(Faulty):
    """Puts every small image into the middle."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: values[path] * 0 + (1 << 23) for path in _places(values, pipeline)}}


def _places(values: Mapping[str, Array], pipeline: Pipeline) -> list[str]:
    inside = [path.rpartition("/")[0] for path in paths_of(pipeline, ZoomOut, "factor")]
    return [f"{path}/{name}" for path in inside for name in ("top", "left") if f"{path}/{name}" in values]


class TakesAnyOverlap(Faulty):
    """Takes the first crop that holds the centre of a box, however little of the box it holds."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        paths = [path for path in paths_of(pipeline, IouCrop, "min_iou") if path in values]
        return {**values, **{path: np.where(values[path] < 1 << 24, values[path] * 0, values[path]) for path in paths}}


MUTANTS = (
    Mutant(
        "M160",
        "moves",
        "makes quarter turns clockwise",
        "Boxes from elsewhere and pixels turn apart.",
        TurnsQuartersClockwise,
        ("G1",),
    ),
    Mutant(
        "M161",
        "moves",
        "pads at the opposite sides",
        "Pictures move inside their padding.",
        PadsOtherSides,
        ("N1",),
    ),
    Mutant(
        "M162",
        "moves",
        "shuffles channels by the inverse order",
        "A draw means another order than elsewhere.",
        ShufflesBackwards,
        ("N1",),
    ),
    Mutant(
        "M163",
        "moves",
        "resizes bicubically without lobes",
        "Pictures are softer than they should be.",
        CutsLobes,
        ("N1",),
    ),
    Mutant(
        "M164",
        "moves",
        "zooms out to the middle always",
        "Objects never come near the border.",
        ZoomsToTheMiddle,
        ("N1",),
    ),
    Mutant(
        "M165",
        "moves",
        "crops by boxes whatever they overlap",
        "Crops cut objects to pieces.",
        TakesAnyOverlap,
        ("N1",),
    ),
)
