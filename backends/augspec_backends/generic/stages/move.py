"""Exact moves of pixels, bit for bit in every dtype (C11): one elementary move after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.moves import Channels, Move, Pad
from augspec.namespace import Array
from augspec.ops.base import MoveOp
from augspec.plan.stages import Move as MoveStage
from augspec_backends.generic.moves import forward, mirrors, rearranged, shifted
from augspec_backends.generic.stages.step import Params, SizeOf, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["MoveStep"]


class MoveStep(Step):
    """Moves whole pixels."""

    def size(self, stage: MoveStage, height: int, width: int, inner: SizeOf) -> tuple[int, int]:
        """Return the size that the op gives."""
        assert isinstance(stage.leaf.op, MoveOp)
        return stage.leaf.op.output_size(height, width)

    def prepare(self, to: Preparation, stage: MoveStage, at: str, height: int, width: int) -> None:
        """Prepare who moves, and what the moves name."""
        op = stage.leaf.op
        assert isinstance(op, MoveOp)
        applied = to.applied(stage.leaf)
        if applied is not None:
            to.params[f"{at}.on"] = applied
        for name, array in op.prepare(to.parameters(stage.leaf), to.arithmetic, height, width).items():
            to.params[f"{at}.{name}"] = array

    def apply(self, on: Pixels, stage: MoveStage, state: State, params: Params, at: str) -> State:
        """Make the moves."""
        op = stage.leaf.op
        assert isinstance(op, MoveOp)
        state = {**state, "image": on.now(state["image"])}
        _, height, width, _ = on.xp.shape(state["image"])
        named = {name[len(at) + 1 :]: array for name, array in params.items() if name.startswith(f"{at}.")}
        for move in op.moves(height, width):
            state = self.move(on, move, state, named)
        return state

    def move(self, on: Pixels, move: Move, state: State, named: dict[str, Array]) -> State:
        """Make one elementary move of all targets, for the samples that make it."""
        xp = on.xp
        who = _who(on, move, named)
        _, height, width, _ = xp.shape(state["image"])
        new: State = {}
        if isinstance(move, Channels):
            old, fill = on.filled(state["image"], move.fill)
            new["image"] = _where(on, who, rearranged(xp, old, move, named[move.ranks], fill), old)
            return {**state, **new}
        for name in ("image", *on.masks(state)):
            old, fill = state[name], None
            if isinstance(move, Pad) and move.border == "constant":
                old, fill = on.filled(old, move.fill) if name == "image" else (old, on.outside(state, name))
            new[name] = _where(on, who, shifted(xp, old, move, named, fill), old)
        return {**state, **new, **_points(on, state, move, named, who, (height, width))}


def _who(on: Pixels, move: Move, named: dict[str, Array]) -> Array | None:
    """Return which samples make a move, (B,) bool; None for all."""
    applied, when = named.get("on"), getattr(move, "when", None)
    if when is None:
        return applied
    some = named[when] == 1
    return some if applied is None else on.xp.logical_and(some, applied)


def _where(on: Pixels, who: Array | None, new: Array, old: Array) -> Array:
    return new if who is None else on.xp.where(on.pixelwise(who), new, old)


def _points(
    on: Pixels, state: State, move: Move, named: dict[str, Array], who: Array | None, before: tuple[int, int]
) -> State:
    if "boxes" not in state and "keypoints" not in state:
        return {}
    xp = on.xp
    matrix = forward(xp, move, named, *before)
    params: State = {"x.forward": matrix}
    if who is not None:
        params["x.changed"] = who
    if mirrors(move):
        params["x.mirrors"] = xp.constant([1]) if who is None else xp.astype(who, "int32")
    return on.points(state, params, "x", *move.size(*before))
