"""Faults of noise: the wrong deviation, or one field for several things."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array
from augspec.ops.gaussian_noise import GaussianNoise
from augspec.plan.stages import Noise
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.pixelwise import NoiseStep
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class SharesNoise(Faulty):
    """Gives all samples of a batch the noise of the first."""

    def drawn(self, values: Values) -> Values:
        return {
            path: array * 0 + array[:1] if path.endswith("/noise") and len(array) else array
            for path, array in values.items()
        }


class _GreyNoise(NoiseStep):
    def apply(self, on: Pixels, stage: Noise, state: State, params: Any, at: str) -> State:
        op = stage.leaf.op.model_copy(update={"per_channel": False})
        return super().apply(on, replace(stage, leaf=replace(stage.leaf, op=op)), state, params, at)


class NoiseIsGrey(Faulty):
    """Gives all channels the same noise."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _GreyNoise()}


class _WideNoise(NoiseStep):
    def apply(self, on: Pixels, stage: Noise, state: State, params: Any, at: str) -> State:
        old: Array = state["image"]
        half: State = super().apply(on, stage, {**state, "image": old[:, : (old.shape[1] + 1) // 2]}, params, at)
        both = np.concatenate([half["image"], half["image"]], 1)
        first = on.fixed(old) if on.xp.dtype(both) == "int32" else old
        added = (
            both[:, : old.shape[1]] - np.concatenate([first[:, : (old.shape[1] + 1) // 2]] * 2, 1)[:, : old.shape[1]]
        )
        return {**state, "image": on.numbers().clamp(first + added)}


class NoiseRepeats(Faulty):
    """Repeats the noise of the upper half in the lower half."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _WideNoise()}


class VarianceForDeviation(Faulty):
    """Takes `std` for a variance."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        wrong = {path: values[path] for path in paths_of(pipeline, GaussianNoise, "std")}
        return {
            **values,
            **{path: np.asarray(std.astype(np.int64) ** 2 // 65280, np.int32) for path, std in wrong.items()},
        }


MUTANTS = (
    Mutant(
        "M46",
        "noise",
        "gives all samples the noise of the first",
        "A batch norm sees the noise as signal.",
        SharesNoise,
        ("R10", "B1", "B2"),
    ),
    Mutant(
        "M46b",
        "noise",
        "gives all channels the same noise",
        "Colour noise is grey.",
        NoiseIsGrey,
        ("R10",),
    ),
    Mutant(
        "M46c",
        "noise",
        "takes std for a variance",
        "Noise is nearly invisible.",
        VarianceForDeviation,
        ("R10",),
    ),
    Mutant(
        "M46d",
        "noise",
        "repeats the noise of the upper half in the lower one",
        "Noise is not white.",
        NoiseRepeats,
        ("R10",),
    ),
)
