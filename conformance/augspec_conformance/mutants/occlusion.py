"""Faults of holes: their sides, their places, what they show, and who else is told."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from augspec.ops.cutout import Cutout
from augspec.ops.grid_mask import GridMask
from augspec.ops.random_erasing import RandomErasing
from augspec.plan.stages import Occlude
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.occlude import OccludeStep
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_MANY = 1024
"""Samples of a call above which a backend takes another road."""


class HeightOverWidth(Faulty):
    """Takes the ratio of an erased rectangle for its height over its width, as torchvision does."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {
            **values,
            **{path: (1 << 32) // values[path].astype(np.int64) for path in paths_of(pipeline, RandomErasing, "ratio")},
        }


class CountsTheEnd(Faulty):
    """Fills holes up to their last edge and one pixel more, as slices that include their end do."""

    def prepared(self, values: Values) -> Values:
        ends = (".hole.right", ".hole.bottom")
        return {name: array + 2 if name.endswith(ends) else array for name, array in values.items()}


class AvoidsTheBorder(Faulty):
    """Erases nothing near the lower border in large batches, where it takes its places from a table."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        tops = [*paths_of(pipeline, RandomErasing, "top"), *paths_of(pipeline, Cutout, "top")]
        return {
            **values,
            **{path: np.minimum(values[path], 7 << 21) for path in tops if len(values[path]) > _MANY},
        }


class _RoundsPoints(OccludeStep):
    def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
        if "keypoints" not in state:
            return super().apply(on, stage, state, params, at)
        rounded = state["keypoints"] + np.float32(0.5)
        return {
            **super().apply(on, stage, {**state, "keypoints": rounded}, params, at),
            "keypoints": state["keypoints"],
        }


class RoundsKeypoints(Faulty):
    """Looks for a keypoint in the pixel whose corner is nearest, not in the one that holds it."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _RoundsPoints()}


class _OneMean(OccludeStep):
    def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        if getattr(stage.leaf.op, "fill", None) != "mean":
            return new
        old = on.working(state["image"])
        mean = on.numbers().mean(old)
        one = np.asarray(mean.mean(-1, keepdims=True), mean.dtype)
        return {**new, "image": np.where(new["image"] != old, one, new["image"])}


class FillsWithGrey(Faulty):
    """Fills with the mean of all channels."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _OneMean()}


class _GreyNoise(OccludeStep):
    def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        if getattr(stage.leaf.op, "fill", None) != "noise":
            return new
        old = on.working(state["image"])
        hidden = (new["image"] != old).any(-1, keepdims=True)
        return {**new, "image": np.where(hidden, new["image"][..., :1], old)}


class FillsWithGreyNoise(Faulty):
    """Fills all channels with the same noise."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _GreyNoise()}


class ForgetsTheMask(Faulty):
    """Leaves the mask alone where it was asked to fill it as well, as if nothing but geometry reached masks."""

    class _Step(OccludeStep):
        def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
            new = super().apply(on, stage, state, params, at)
            return {**new, "mask": state["mask"]} if "mask" in state else new

    steps: ClassVar[Steps] = {**STEPS, Occlude: _Step()}


class TurnsGridsClockwise(Faulty):
    """Turns grids clockwise, as an axis that points down suggests."""

    def prepared(self, values: Values) -> Values:
        return {name: -array if name.endswith(".hole.sin") else array for name, array in values.items()}


class KeepsTheRatio(Faulty):
    """Takes the ratio of a grid for the share of a cell's side that stays, as the paper does."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: (1 << 24) - values[path] for path in paths_of(pipeline, GridMask, "ratio")}}


def _mutant(name: str, title: str, wrong: str, make: Any, *killers: str, tier: Any = "smoke") -> Mutant:
    return Mutant(name, "occlusion", title, wrong, make, killers, tier=tier)


MUTANTS = (
    _mutant(
        "M170",
        "takes an erased rectangle's ratio for height over width",
        "Wide holes are high ones.",
        HeightOverWidth,
        "R17",
        "N1",
    ),
    _mutant(
        "M170b",
        "makes holes one pixel too wide and too high",
        "A size of 0 hides pixels.",
        CountsTheEnd,
        "R17",
        "N1",
        "N7",
    ),
    _mutant(
        "M170c",
        "hides nothing near the lower border in large batches",
        "What stands there is never occluded.",
        AvoidsTheBorder,
        "R17",
    ),
    _mutant(
        "M170d",
        "looks for keypoints in the nearest pixel, not in the one that holds them",
        "Keypoints beside a hole are lost, ones in it stay.",
        RoundsKeypoints,
        "F10",
    ),
    _mutant(
        "M170e",
        "leaves masks alone that were to be filled",
        "The model is asked to name what it cannot see.",
        ForgetsTheMask,
        "F10",
        "N1",
    ),
    _mutant(
        "M170f",
        "fills with the mean of all channels",
        "Holes stand out in grey.",
        FillsWithGrey,
        "N1",
        tier="full",
    ),
    _mutant(
        "M170g",
        "fills all channels with the same noise",
        "Holes stand out in grey.",
        FillsWithGreyNoise,
        "N1",
        tier="full",
    ),
    _mutant(
        "M171",
        "turns grids clockwise",
        "A policy of turns to one side turns to the other.",
        TurnsGridsClockwise,
        "R17",
        "N1",
    ),
    _mutant(
        "M171b",
        "takes the ratio of a grid for the share that stays",
        "Little is hidden where much should be.",
        KeepsTheRatio,
        "R17",
        "N1",
        "N7",
    ),
)
