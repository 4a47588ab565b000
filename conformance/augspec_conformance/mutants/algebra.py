"""Faults that break a relation between results; only the law of that relation is asked, without any reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.plan.stages import Warp
from augspec_backends.generic.numbers import FixedNumbers
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.warp import WarpStep
from augspec_conformance.mutants.faulty import Faulty, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _LinearLight(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        image = state["image"]
        if image.dtype != np.float32:
            return super().apply(on, stage, state, params, at)
        new = super().apply(on, stage, {**state, "image": image * image}, params, at)
        return {**new, "image": np.sqrt(np.maximum(new["image"], np.float32(0)))}


class WarpsSquares(Faulty):
    """Interpolates squares of float pixels, as if they were to be made linear."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _LinearLight()}


class TurnsOrderAround(Faulty):
    """Lets uint8 levels from 200 to 207 fall instead of rise."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if image.dtype != np.int32:
            return state
        level = image >> 8
        return {**state, "image": np.where((level >= 200) & (level < 208), (407 - level) * 256, image)}


class FavoursLastChannel(Faulty):
    """Adds 1/1000 to the last channel of floats."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if image.dtype != np.float32 or image.shape[-1] != 3:
            return state
        return {**state, "image": image + np.array([0, 0, 0.001], np.float32)}


class _DarkGrey(FixedNumbers):
    def grey(self, x: Array) -> Array:
        return super().grey(x) * 255 >> 8 if x.shape[-1] == 3 else x


class GreyIsDark(Faulty):
    """Divides grey by 256 where it was multiplied by 255."""

    exact = _DarkGrey


class BlursBrighter(Faulty):
    """Uses blur weights that add up to more than 1."""

    def prepared(self, values: Values) -> Values:
        add = np.int32(40)
        return {name: array + add if name.endswith(".weights") else array for name, array in values.items()}


class RoundsTwice(Faulty):
    """Rounds float64 results to float16 on the way."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        return {**state, "image": image.astype(np.float16).astype(np.float64)} if image.dtype == np.float64 else state


MUTANTS = (
    Mutant(
        "M72",
        "algebra",
        "interpolates squares of pixels",
        "Edges of warped images are too bright.",
        WarpsSquares,
        ("N4",),
    ),
    Mutant(
        "M72b",
        "algebra",
        "lets eight levels fall instead of rise",
        "Bright skies show contours.",
        TurnsOrderAround,
        ("N8",),
    ),
    Mutant(
        "M72c",
        "algebra",
        "adds a little to the last channel",
        "Everything turns a shade bluer.",
        FavoursLastChannel,
        ("N11",),
    ),
    Mutant(
        "M72d",
        "algebra",
        "makes grey a little darker",
        "Grey images darken with every pass.",
        GreyIsDark,
        ("N12",),
    ),
    Mutant(
        "M72e",
        "algebra",
        "uses blur weights that add up to more than 1",
        "Blurred images are brighter.",
        BlursBrighter,
        ("N13",),
    ),
    Mutant(
        "M72f",
        "algebra",
        "rounds float64 results to float16",
        "Double precision is half precision.",
        RoundsTwice,
        ("N3",),
    ),
)
