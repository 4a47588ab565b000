"""How far a policy's pixels may be from the float64 ideal: the bounds of its stages, one after the other."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import augspec
from augspec_conformance.cases.policies import op_of
from augspec_conformance.tolerances import (
    BICUBIC,
    CUBIC_WEIGHTS,
    EPSILON,
    GREY,
    GRID,
    LARGER,
    LEVELS,
    NORMAL,
    STAGES,
    class_of,
)

__all__ = ["against_oracle", "before_jump", "levels"]


@dataclass(frozen=True)
class _Error:
    """What the ops so far may have added, in the unit range.

    Attributes:
        pixels: to each pixel.
        gain: by how much `normalize` has widened the range.
        run: settings of the run of warps that is open; its warps are one resampling (C10).
    """

    pixels: float = 0.0
    gain: float = 1.0
    run: tuple[Any, ...] | None = None


def _after(ops: list[Any], error: _Error, *, exact: bool) -> _Error:
    for op in ops:
        error = _after_one(op, error, exact=exact)
    return error


def _after_one(op: dict[str, Any], error: _Error, *, exact: bool) -> _Error:
    if op["op"] == "sequence":
        return _after(op["ops"], error, exact=exact)
    if "ops" in op:
        turns = op.get("n", 1) if op.get("replace") else 1
        if op["op"] == "some_of" and not op.get("replace"):
            return replace(_after(op["ops"], replace(error, run=None), exact=exact), run=None)
        for _ in range(turns):
            each = [_after_one(member, replace(error, run=None), exact=exact) for member in op["ops"]]
            error = replace(max(each, key=lambda one: one.pixels), run=None)
        return error
    model = op_of(op)
    stage = model.stage
    own, run, nearest = STAGES[stage], error.run, op.get("interpolation") == "nearest"
    if stage == "warp":
        run = (op.get("interpolation"), op.get("border"), str(op.get("fill")))
        own = 0.0 if nearest or run == error.run else BICUBIC if op.get("interpolation") == "bicubic" else own
    elif stage != "move" or model.mirrors is None:
        run = None
    if stage == "resample" and op.get("interpolation") == "bicubic":
        own = CUBIC_WEIGHTS
    own = 0.0 if stage == "resample" and nearest else own
    if stage in ("filter", "degrade"):
        own *= model.radius()
    if stage == "noise":
        own += NORMAL["exact" if exact else "float"] * _largest(op.get("std", 0.0))
    if exact and stage != "move":
        own += GRID + (GREY if stage == "pointwise" else 0.0)
    gain = getattr(model, "steepness", lambda: 1.0)()
    if stage != "type":
        return _Error((error.pixels * gain if error.pixels else 0.0) + own * max(1.0, _gain(op)), 1.0, run)
    levels = 0.5 / 255 if exact and error.pixels else 0.0  # whole levels (E6): E1 rounds them first
    return _Error((error.pixels + levels + own) * gain, gain, None)


def _gain(op: dict[str, Any]) -> float:
    """Return by how much an op enlarges an error that it makes itself, before its last step."""
    return _largest(op.get("gain", 1.0))


def _largest(value: Any) -> float:
    if not isinstance(value, dict):
        return float(value)
    kind, inner = next(iter(value.items()))
    if kind == "normal":
        return float(inner["high"])
    if kind == "beta":
        return 1.0
    return float(max(inner["values"] if isinstance(inner, dict) else inner))


def against_oracle(policy: dict[str, Any], dtype: str) -> float:
    """Return how far float pixels may be from the float64 ideal, for a range of width 1.

    Each stage adds its own bound, ops that stretch values stretch what came before, and a narrow dtype is rounded
    once, at the end.
    """
    error = _after(policy["ops"], _Error(), exact=dtype == "uint8")
    rounded = LARGER.get(dtype, 0.0) * EPSILON[dtype] / 2
    return error.pixels + error.gain * (rounded + EPSILON["float32"] / 2)


def levels(policy: dict[str, Any]) -> float:
    """Return the largest distance of uint8 pixels from the oracle, in levels (E8).

    It is half a level, which the last rounding takes (E1), and what the ops add; of one op alone, at most `LEVELS`.
    """
    if class_of(policy) == "move":  # pixels are exact, and a fill between two levels is rounded once
        return 0.5 if '"fill"' in json.dumps(policy) else 0.0
    bound = 0.5 + 255 * _after(policy["ops"], _Error(), exact=True).pixels
    return min(LEVELS, bound) if len(policy["ops"]) == 1 else bound


def before_jump(policy: dict[str, Any], dtype: str) -> float:
    """Return how far pixels may be from the ideal, unit range, before the last op that jumps; 0 if none does.

    Such an op may put a pixel on the other side of a step that is so near.
    """
    exact = dtype == "uint8"
    shift, error = 0.0, _Error()
    for op in policy["ops"]:
        if _jumps(op):
            shift = error.pixels + (0.0 if exact else 2 * EPSILON["float32"])
        error = _after_one(op, error, exact=exact)
    return shift


def _jumps(op: dict[str, Any]) -> bool:
    return any(_jumps(member) for member in op["ops"]) if "ops" in op else augspec.ops()[op["op"]].jumps
