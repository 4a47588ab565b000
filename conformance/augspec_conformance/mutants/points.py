"""Faults of boxes and keypoints where several moves or several rows meet: each of them alone goes where it should."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

import numpy as np

from augspec.language.policy import Policy
from augspec.moves import Move as Elementary
from augspec.moves import Transpose
from augspec.namespace import Array
from augspec.ops.base import MoveOp, ResampleOp
from augspec.plan.stages import Move, Resample, Stage, Warp
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.points import MovePoints
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.move import MoveStep
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _AnyMirror(WarpStep):
    def prepare(self, to: Preparation, stage: Warp, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        if f"{at}.mirrors" in to.params:
            gates = [to.applied(leaf) for leaf in stage.members if isinstance(leaf.op, MoveOp)]
            flips = [to.zeros + 1 if gate is None else gate.astype(np.int32) for gate in gates]
            to.params[f"{at}.mirrors"] = np.maximum.reduce(flips)


class ExchangesAfterHalfTurns(Faulty):
    """Exchanges pairs wherever a run of warps holds a flip, also where two of them make half a turn."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _AnyMirror()}


class _AnyFlip(ResampleStep):
    def taps(self, arithmetic: Any, op: ResampleOp, *args: Any, **options: Any) -> dict[str, Array]:
        found: dict[str, Array] = super().taps(arithmetic, op, *args, **options)
        gates = [flip for flip in args[1].values() if flip is not None]
        if "mirrors" in found and gates:
            found["mirrors"] = np.logical_or.reduce(gates).astype(np.int32)
        return found


class ExchangesAfterTurnedCrops(Faulty):
    """Exchanges pairs wherever a window is read backwards, also where it is along both axes."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _AnyFlip()}


def _with_pairs(on: Pixels, count: int) -> Pixels:
    own, rule = copy(on), on.targets.keypoints
    pairs = {"keypoints": rule.model_copy(update={"swap_pairs": rule.swap_pairs[:count]})}
    own.targets = on.targets.model_copy(update=pairs)
    return own


class _FirstPair(MoveStep):
    def move(self, on: Pixels, move: Elementary, state: State, named: dict[str, Array]) -> State:
        return super().move(_with_pairs(on, 1), move, state, named)


class ExchangesFirstPair(Faulty):
    """Exchanges the first of several pairs only, where whole pixels are moved."""

    steps: ClassVar[Steps] = {**STEPS, Move: _FirstPair()}


class _TurnsOnly(MoveStep):
    def move(self, on: Pixels, move: Elementary, state: State, named: dict[str, Array]) -> State:
        return super().move(_with_pairs(on, 0) if isinstance(move, Transpose) else on, move, state, named)


class TransposesWithoutPairs(Faulty):
    """Takes a transposition for a turn: exchanges no pairs."""

    steps: ClassVar[Steps] = {**STEPS, Move: _TurnsOnly()}


class _LastShare(Pixels):
    def moved(self, state: State, move: MovePoints, height: int, width: int, **options: Any) -> State:
        if "boxes_visible" in state:
            state = {**state, "boxes_visible": (state["boxes_visible"] > 0).astype(np.float32)}
        return super().moved(state, move, height, width, **options)


class ForgetsEarlierLosses(Faulty):
    """Measures the visible share of a box by its last move."""

    pixels = _LastShare


class AsksBeforeTheShift(Faulty):
    """Asks of pixel indices, not of the places that they mean, whether keypoints that come in are on the canvas."""

    index: bool = False

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.index = options.get("keypoint_format") == "index"
        return super(AsksBeforeTheShift, own).compile(policy, **options)

    def result(self, out: Any, sample: Any) -> Any:
        if not self.index or not isinstance(out, Mapping) or "keypoints" not in out:
            return out
        inside = (sample["keypoints"] >= 0).all(-1)
        if inside.shape != out["keypoints_visible"].shape:
            return out
        return {**out, "keypoints_visible": out["keypoints_visible"] & inside}


class _ClosedCanvas(Pixels):
    def run(self, stages: tuple[Stage, ...], state: State, params: Mapping[str, Array], prefix: str = "") -> State:
        if not prefix and "keypoints" in state:
            points, size = state["keypoints"], np.array(self.shape(state["image"])[2:0:-1], np.float32)
            edge = ((points >= 0) & (points <= size)).all(-1) & (points == size).any(-1)
            state = {**state, "keypoints_visible": state["keypoints_visible"] | edge}
        return super().run(stages, state, params, prefix)


class ClosesTheCanvas(Faulty):
    """Counts the right and the lower edge as canvas where keypoints come in."""

    pixels = _ClosedCanvas


class RoundsCoordinates(Faulty):
    """Gives boxes and keypoints in float64 the values of float32 as soon as one sample moved."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        wide = [n for n in ("boxes", "keypoints") if n in out and out[n].dtype == np.float64]
        moved = [n for n in wide if not np.array_equal(out[n], sample[n])]
        return {**out, **{n: out[n].astype(np.float32).astype(np.float64) for n in moved}}


MUTANTS = (
    Mutant(
        "M281",
        "points",
        "exchanges pairs after two flips among warps",
        "Upside down, left hands are right hands.",
        ExchangesAfterHalfTurns,
        ("F6",),
        tier="full",
    ),
    Mutant(
        "M282",
        "points",
        "exchanges pairs after a crop that is flipped twice",
        "Upside down, left hands are right hands.",
        ExchangesAfterTurnedCrops,
        ("F6",),
        tier="full",
    ),
    Mutant(
        "M283",
        "points",
        "exchanges the first of several pairs only",
        "Hands change places, feet do not.",
        ExchangesFirstPair,
        ("F6",),
        tier="full",
    ),
    Mutant(
        "M284",
        "points",
        "exchanges no pairs where it transposes",
        "In half of the pictures, left hands are right hands.",
        TransposesWithoutPairs,
        ("F6",),
        tier="full",
    ),
    Mutant(
        "M285",
        "points",
        "measures the visible share of a box by its last move",
        "Slivers count as objects if they were cut twice.",
        ForgetsEarlierLosses,
        ("F5",),
    ),
    Mutant(
        "M286",
        "points",
        "asks for visibility before indices are shifted",
        "Points in the outer half of the first pixels are lost.",
        AsksBeforeTheShift,
        ("F6",),
        tier="full",
    ),
    Mutant(
        "M287",
        "points",
        "calls points on the right and lower edge visible",
        "A point is visible beside the picture, until something moves it.",
        ClosesTheCanvas,
        ("F5",),
    ),
    Mutant(
        "M288",
        "points",
        "rounds float64 boxes and keypoints that did not move",
        "Annotations change where nothing was applied.",
        RoundsCoordinates,
        ("N9",),
        tier="full",
    ),
)
