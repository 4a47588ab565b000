"""How far a policy's pixels may be from the float64 ideal: the bounds of its stages, one after the other."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, replace
from typing import Any

from augspec.ops.augmix import AugMix
from augspec.ops.base import PixelOp
from augspec.veil import VeilOp
from augspec_conformance.cases.policies import op_of, spelled_out
from augspec_conformance.tolerances import (
    BICUBIC,
    CHAIN,
    CUBIC_WEIGHTS,
    EPSILON,
    GREY,
    GRID,
    LARGER,
    LEVELS,
    NORMAL,
    POINTWISE,
    STAGES,
    class_of,
)

__all__ = ["against_oracle", "before_jump", "levels"]

_FEW = 4
"""Up to how many members all orders are tried; of more, each step is taken for the worst member's."""


@dataclass(frozen=True)
class _Error:
    """What the ops so far may have added, in the unit range.

    Attributes:
        pixels: to each pixel.
        gain: by how much `normalize` has widened the range.
        run: settings of the run of warps that is open; its warps are one resampling (C10).
        jump: what `pixels` was before the last op that jumps.
    """

    pixels: float = 0.0
    gain: float = 1.0
    run: tuple[Any, ...] | None = None
    jump: float = 0.0


def _after(ops: list[Any], error: _Error, *, exact: bool) -> _Error:
    for op in map(spelled_out, ops):
        error = _after_one(op, error, exact=exact)
    return error


def _after_one(op: dict[str, Any], error: _Error, *, exact: bool) -> _Error:
    if op["op"] == "sequence":
        return _after(op["ops"], error, exact=exact)
    if "ops" in op:
        if op["op"] == "random_order" and len(op["ops"]) <= _FEW:
            orders = [_in_order(list(order), error, exact=exact) for order in itertools.permutations(op["ops"])]
            return _worst(orders)
        model = op_of(op)
        if isinstance(model, AugMix):
            return _chains(op, model, error, exact=exact)
        turns = model.turns()
        if op["op"] == "some_of" and not op.get("replace"):
            return replace(_after(op["ops"], replace(error, run=None), exact=exact), run=None)
        for _ in range(turns):
            each = [_after_one(member, replace(error, run=None), exact=exact) for member in op["ops"]]
            error = replace(_worst(each), run=None)
        return error
    model = op_of(op)
    stage = model.stage
    jump = error.pixels + (0.0 if exact else 2 * EPSILON["float32"]) if model.jumps else error.jump
    own, run, nearest = STAGES[stage], error.run, op.get("interpolation") == "nearest"
    if stage == "warp":
        run = (op.get("interpolation"), op.get("border"), str(op.get("fill")))
        own = 0.0 if nearest or run == error.run else BICUBIC if op.get("interpolation") == "bicubic" else own
    elif stage != "move" or model.mirrors is None:
        run = None
    if stage == "remap":
        own = 0.0 if nearest else BICUBIC if op.get("interpolation") == "bicubic" else own
    if stage in ("resample", "tile"):
        own = 0.0 if nearest else CUBIC_WEIGHTS if op.get("interpolation") == "bicubic" else own
    if stage in ("filter", "degrade"):
        own *= model.reach()
    if stage == "noise":
        own += NORMAL["exact" if exact else "float"] * model.deviation()
    own += model.coarse(exact=exact) if isinstance(model, (PixelOp, VeilOp)) else 0.0
    if stage == "move" and exact and "fill" in op:  # a fill between two levels
        own += GRID
    if model.ideal == "integers":
        own = 0.0 if exact else POINTWISE
    elif exact and stage != "move":
        own += GRID + (GREY if stage == "pointwise" else 0.0)
    gain = getattr(model, "steepness", lambda: 1.0)()
    if stage != "type":
        pixels = error.pixels * gain if error.pixels else 0.0
        return _Error(pixels + own * getattr(model, "enlarges", lambda: 1.0)(), 1.0, run, jump)
    levels = 0.5 / 255 if exact and error.pixels else 0.0  # whole levels (E6): E1 rounds them first
    return _Error((error.pixels + levels + own) * gain, gain, None, jump)


def _chains(op: dict[str, Any], model: AugMix, error: _Error, *, exact: bool) -> _Error:
    """A mean is off by no more than the worst chain, and by what weights and sums add."""
    chain = error
    for _ in range(model.steps):
        each = [_after_one(member, replace(chain, run=None), exact=exact) for member in op["ops"]]
        chain = _worst([replace(one, run=None) for one in (*each, chain)])
    own = CHAIN["exact" if exact else "float"] * model.chains + (GRID if exact else 0.0)
    return replace(chain, pixels=chain.pixels + own)


def _worst(several: list[_Error]) -> _Error:
    return replace(max(several, key=lambda one: one.pixels), jump=max(one.jump for one in several))


def _in_order(ops: list[Any], error: _Error, *, exact: bool) -> _Error:
    for op in ops:
        error = replace(_after_one(op, replace(error, run=None), exact=exact), run=None)
    return error


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
    return _after(policy["ops"], _Error(), exact=dtype == "uint8").jump
