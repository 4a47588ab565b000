"""Faults of random fields of displacement: as libraries have had them, or as a stranger would read the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from augspec.namespace import Array, Noise, Places
from augspec.ops.elastic import Elastic
from augspec.plan.stages import Remap
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.remap import RemapStep
from augspec_conformance.mutants.faulty import Faulty, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Along(Elastic):
    def move(self, x: Array, y: Array, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        return places.undisplaced(x, y, -prepared["displacement"])


class _Diagonal(Elastic):
    def field(self, prepared: Mapping[str, Array], places: Places, noise: Noise) -> Mapping[str, Array]:
        found = super().field(prepared, places, noise)["displacement"]
        return {"displacement": np.repeat(found[..., :1], 2, -1)}


class _As(RemapStep):
    """Takes an elastic op for one of another class."""

    def __init__(self, cls: type[Elastic]) -> None:
        self.cls = cls

    def apply(self, on: Pixels, stage: Remap, state: State, params: Mapping[str, Array], at: str) -> State:
        op = stage.leaf.op
        if isinstance(op, Elastic):
            stage = replace(stage, leaf=replace(stage.leaf, op=self.cls.model_construct(**dict(op))))
        return super().apply(on, stage, state, params, at)


class _DrawsAgain(RemapStep):
    def apply(self, on: Pixels, stage: Remap, state: State, params: Mapping[str, Array], at: str) -> State:
        moved = super().apply(on, stage, state, params, at)
        if "mask" in state and f"{at}.key" in params:
            again = super().apply(on, stage, state, {**params, f"{at}.key": params[f"{at}.key"] ^ 1}, at)
            moved["mask"] = again["mask"]
        return moved


class MovesPointsAlong(Faulty):
    """Adds the displacement to points, too, as it is added to the places that pixels are read from."""

    steps: ClassVar[Steps] = {**STEPS, Remap: _As(_Along)}


class OneNoiseForBothAxes(Faulty):
    """Moves places along the diagonal only."""

    steps: ClassVar[Steps] = {**STEPS, Remap: _As(_Diagonal)}


class DrawsTheMaskAgain(Faulty):
    """Gives the mask a field of its own."""

    steps: ClassVar[Steps] = {**STEPS, Remap: _DrawsAgain()}


class MultipliesSmoothNoise(Faulty):
    """Multiplies noise in ±1 by alpha after its smoothing, which has left little of it."""

    def prepared(self, values: Values) -> Values:
        found = dict(values)
        for name, gain in values.items():
            weights = values.get(name.removesuffix("gain") + "weights")
            if name.endswith(".gain") and weights is not None:
                share = weights / 2**15
                left = (2 * (share**2).sum(1) - share[:, 0] ** 2) / np.sqrt(3)
                found[name] = np.floor(gain * left + 0.5).astype(np.int32)
        return found


MUTANTS = (
    Mutant(
        "M220",
        "elastics",
        "moves points the way that pixels are read",
        "Boxes lie beside their objects.",
        MovesPointsAlong,
        ("F20", "N1"),
    ),
    Mutant(
        "M221",
        "elastics",
        "displaces along the diagonal only",
        "Half of the deformations are never seen.",
        OneNoiseForBothAxes,
        ("R19", "N1"),
    ),
    Mutant(
        "M222",
        "elastics",
        "draws the field of the mask again",
        "Masks do not fit their pictures.",
        DrawsTheMaskAgain,
        ("F1", "N1"),
    ),
    Mutant(
        "M223",
        "elastics",
        "multiplies smoothed noise by alpha as it is",
        "Pictures are deformed a tenth as much as was asked for.",
        MultipliesSmoothNoise,
        ("R19", "N1"),
    ),
)
