"""Faults of warps that wait for an exact turn, a pair of ops or one shape of the canvas."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from augspec.language.quantities import QUANTITIES
from augspec.namespace import Array
from augspec.ops.affine import Affine
from augspec.ops.base import Op
from augspec.ops.rotate import Rotate
from augspec.ops.shear import Shear
from augspec.ops.translate import Translate
from augspec.plan.stages import Warp
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.warp import WarpStep
from augspec_conformance.mutants.alone.fault import Rewrites, alone
from augspec_conformance.mutants.faulty import Faulty, Values, paths_of

__all__ = ["MUTANTS"]

_HALF_PIXEL = 4096
"""In 2⁻¹² half pixels, the unit of a matrix's shifts."""


def _constant(*values: Any) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


class TurnsQuartersBack(Faulty):
    """Takes its shortcut for quarter turns that are constants, and the wrong way round."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        quarter = QUANTITIES["angle"].quantise(90.0)
        constants = {entry.path for entry in pipeline.fixed}

        def turned(array: Array) -> Array:
            return np.where(np.abs(array) == quarter, -array, array)

        paths = [path for path in paths_of(pipeline, Rotate, "degrees") if path in constants]
        return {**values, **{path: turned(values[path]) for path in paths}}


class _OddCorner(WarpStep):
    def prepare(self, to: Preparation, stage: Warp, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        if height != width or height % 2 == 0 or height < 8:
            return
        rows = to.params[f"{at}.matrix"].astype(np.int64).reshape(-1, 2, 3)
        rows[:, :, 2] += _HALF_PIXEL - ((rows[:, :, 0] + rows[:, :, 1]) * _HALF_PIXEL >> 24)
        to.params[f"{at}.matrix"] = rows.reshape(-1, 6).astype(np.int32)


class TurnsOddSquaresAboutCorner(Faulty):
    """Takes side // 2 for the centre of a square."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _OddCorner()}


class MovesBeforeItTurns(Rewrites):
    """Takes an `affine` of constants without shears for a shift and then a turn."""

    def rewritten(self, ops: tuple[Op, ...]) -> tuple[Op, ...]:
        found: list[Op] = []
        for op in ops:
            shifts = isinstance(op, Affine) and _constant(op.translate_x, op.translate_y, op.degrees, op.scale)
            if isinstance(op, Affine) and shifts and (op.shear_x, op.shear_y, op.p) == (0.0, 0.0, 1.0):
                settings = {name: getattr(op, name) for name in ("interpolation", "border", "fill")}
                first = Translate(op="translate", x=op.translate_x, y=op.translate_y, **settings)
                found += [first, op.model_copy(update={"translate_x": 0.0, "translate_y": 0.0})]
            else:
                found.append(op)
        return tuple(found)


class AddsShears(Rewrites):
    """Makes one shear of two in a row by adding their tangents."""

    def rewritten(self, ops: tuple[Op, ...]) -> tuple[Op, ...]:
        found: list[Op] = []
        for op in ops:
            last = found[-1] if found else None
            if isinstance(op, Shear) and isinstance(last, Shear) and _constant(op.x, op.y, last.x, last.y):
                found[-1] = op.model_copy(update={"x": op.x + last.x, "y": op.y + last.y})
            else:
                found.append(op)
        return tuple(found)


class TurnsOnce(Rewrites):
    """Keeps the last one of constant turns in a row, as if it were a setting."""

    def rewritten(self, ops: tuple[Op, ...]) -> tuple[Op, ...]:
        found: list[Op] = []
        for op in ops:
            last = found[-1] if found else None
            if isinstance(op, Rotate) and isinstance(last, Rotate) and _constant(op.degrees, last.degrees):
                found[-1] = op
            else:
                found.append(op)
        return tuple(found)


MUTANTS = (
    alone(
        "M144",
        "turns constant quarter turns the other way",
        "Pictures of a camera that was held upright stand on their heads.",
        TurnsQuartersBack,
        "G1",
    ),
    alone(
        "M145",
        "turns squares of an odd side about side // 2",
        "Every turn shifts a square picture by up to a pixel, if its side is odd.",
        TurnsOddSquaresAboutCorner,
        "G2",
    ),
    alone(
        "M146",
        "moves before it turns in an affine without shears",
        "Shifts have another direction as soon as the picture turns.",
        MovesBeforeItTurns,
        "G3",
    ),
    alone(
        "M147",
        "adds the tangents of two shears in a row",
        "Shear along x, then along y is a third thing.",
        AddsShears,
        "G6",
    ),
    alone(
        "M148",
        "runs the last of several turns in a row",
        "Two turns of a policy are one.",
        TurnsOnce,
        "G7",
    ),
)
