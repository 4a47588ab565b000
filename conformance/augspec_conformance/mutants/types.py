"""Faults of changes of type: the wrong divisor, and ranges that nobody asked about."""

from __future__ import annotations

from typing import ClassVar

from augspec.ops.to_float import ToFloat
from augspec.plan.stages import Type
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.change_type import TypeStep
from augspec_backends.generic.stages.step import Params
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _By256(TypeStep):
    def apply(self, on: Pixels, stage: Type, state: State, params: Params, at: str) -> State:
        found = super().apply(on, stage, state, params, at)
        if isinstance(stage.leaf.op, ToFloat) and isinstance(on.m, FixedNumbers):
            found["image"] = found["image"] * (255 / 256)
        return found


class _AsGiven(TypeStep):
    def apply(self, on: Pixels, stage: Type, state: State, params: Params, at: str) -> State:
        if isinstance(stage.leaf.op, ToFloat) and isinstance(on.m, FloatNumbers) and on.m.top() < 65535:
            return {**state, "image": on.now(state["image"])}
        return super().apply(on, stage, state, params, at)


class DividesBy256(Faulty):
    """Takes the number of levels for the largest one."""

    steps: ClassVar[Steps] = {**STEPS, Type: _By256()}


class LeavesFloatsAlone(Faulty):
    """Gives floats of any range as they are: "they are floats already"."""

    steps: ClassVar[Steps] = {**STEPS, Type: _AsGiven()}


MUTANTS = (
    Mutant(
        "M224",
        "types",
        "divides levels by 256",
        "White is not 1.",
        DividesBy256,
        ("N13", "N1"),
    ),
    Mutant(
        "M225",
        "types",
        "leaves floats of another range alone",
        "One policy gives a model numbers of another scale for floats than for integers.",
        LeavesFloatsAlone,
        ("N13",),
    ),
)
