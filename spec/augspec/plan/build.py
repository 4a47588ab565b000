"""plan: from a normalized pipeline to stages.

Composition of neighbouring warps happens here, because it changes pixels and so is part of the meaning (C10).
A flip beside a warp joins it; flips alone stay exact moves.
"""

from __future__ import annotations

from augspec.errors import PolicyError
from augspec.ops.base import (
    Combinator,
    FilterOp,
    MoveOp,
    NoiseOp,
    Op,
    PointwiseOp,
    ResampleOp,
    TypeOp,
    WarpOp,
)
from augspec.ops.one_of import OneOf
from augspec.ops.some_of import SomeOf
from augspec.plan.place import place
from augspec.plan.stages import (
    Choose,
    Filter,
    Leaf,
    Move,
    Noise,
    Plan,
    Pointwise,
    Resample,
    Selector,
    Stage,
    Type,
    Warp,
    warps,
)

__all__ = ["build"]

_LARGEST = 8.0


def build(ops: tuple[Op, ...], name: str = "ops") -> Plan:
    """Return the plan of a normalized pipeline (every op has its id).

    Args:
        ops: the pipeline.
        name: its field in the document, for messages.

    Raises:
        PolicyError: neighbouring warps could leave int32 (E2).
    """
    stages = _compose(_flatten(ops, "sample", None))
    for warp in warps(stages):
        _check_growth(warp, ops, name)
    return Plan(stages)


def _flatten(ops: tuple[Op, ...], path: str, step: int | None) -> list[Stage]:
    stages: list[Stage] = []
    for op in ops:
        stages.extend(_lower(op, f"{path}/{op.id}", step))
    return stages


def _lower(op: Op, path: str, step: int | None) -> list[Stage]:
    gate = f"{path}/apply" if op.p < 1 else None
    if isinstance(op, OneOf):
        branches = tuple(_compose(_lower(member, f"{path}/{member.id}", step)) for member in op.ops)
        return [Choose(Selector(f"{path}/branch", gate, step, step), branches)]
    if isinstance(op, SomeOf):
        return _some_of(op, path, gate, step)
    if isinstance(op, Combinator):
        inner = _flatten(op.ops, path, step)
        return inner if gate is None else [Choose(Selector(None, gate, None, step), (_compose(inner),))]
    return _leaf(op, path, gate, step)


def _some_of(op: SomeOf, path: str, gate: str | None, step: int | None) -> list[Stage]:
    assert step is None or not op.replace  # refused when the document is checked
    stages: list[Stage] = []
    if op.replace:
        for turn in range(op.n):
            branches = tuple(_compose(_lower(member, f"{path}/{member.id}", turn)) for member in op.ops)
            stages.append(Choose(Selector(f"{path}/branch", None, turn), branches))
    else:
        for position, member in enumerate(op.ops):
            entry = position if step is None else step * len(op.ops) + position
            inner = _compose(_lower(member, f"{path}/{member.id}", step))
            stages.append(Choose(Selector(None, f"{path}/member", None, entry), (inner,)))
    if gate is None:
        return stages
    return [Choose(Selector(None, gate, None, step), (tuple(stages),))]


def _leaf(op: Op, path: str, gate: str | None, step: int | None) -> list[Stage]:
    leaf = Leaf(op, path, step)
    if isinstance(op, MoveOp):
        return [Move(leaf)]
    if isinstance(op, WarpOp):
        return [Warp((leaf,), op.interpolation, op.border, _plain(op.fill))]
    if isinstance(op, PointwiseOp) and not op.statistic:
        return [Pointwise((leaf,))]
    if isinstance(op, ResampleOp) and gate is None:
        return [Resample(leaf)]
    if isinstance(op, TypeOp):
        return [Type(leaf)]
    # What costs more than a pass over memory is not computed for samples that do not want it.
    inner = Leaf(op, path, step, gated=False)
    stage: Stage
    if isinstance(op, PointwiseOp):
        stage = Pointwise((inner,))
    elif isinstance(op, NoiseOp):
        stage = Noise(inner)
    elif isinstance(op, ResampleOp):
        stage = Resample(inner)
    else:
        assert isinstance(op, FilterOp)
        stage = Filter(inner)
    return [stage] if gate is None else [Choose(Selector(None, gate, None, step), ((stage,),))]


def _is_flip(stage: Stage) -> bool:
    return isinstance(stage, Move) and isinstance(stage.leaf.op, MoveOp) and stage.leaf.op.mirrors is not None


def _compose(stages: list[Stage]) -> tuple[Stage, ...]:
    """Merge neighbouring warps, and flips beside warps, into one transform (C10)."""
    result: list[Stage] = []
    for stage in stages:
        before = result[-1] if result else None
        if isinstance(stage, Warp):
            flips: list[Leaf] = []
            while result and _is_flip(result[-1]):
                move = result.pop()
                assert isinstance(move, Move)
                flips.insert(0, move.leaf)
            before = result[-1] if result and not flips else None
            if isinstance(before, Warp) and _alike(before, stage):
                result[-1] = Warp(before.members + stage.members, stage.interpolation, stage.border, stage.fill)
            else:
                result.append(Warp((*flips, *stage.members), stage.interpolation, stage.border, stage.fill))
        elif isinstance(before, Warp) and _is_flip(stage):
            assert isinstance(stage, Move)
            result[-1] = Warp((*before.members, stage.leaf), before.interpolation, before.border, before.fill)
        else:
            result.append(stage)
    return tuple(result)


def _plain(fill: float | tuple[float, ...]) -> float | tuple[float, ...]:
    """Return one number for a fill that is the same in every channel."""
    return fill[0] if isinstance(fill, tuple) and len(set(fill)) == 1 else fill


def _alike(a: Warp, b: Warp) -> bool:
    return (a.interpolation, a.border, a.fill) == (b.interpolation, b.border, b.fill)


def _check_growth(stage: Warp, ops: tuple[Op, ...], name: str) -> None:
    """Refuse runs whose matrices could leave int32 (E2): row sums of the product below 8."""
    inverse = forward = 1.0
    shift = 0.0
    for leaf in stage.members:
        if isinstance(leaf.op, WarpOp):
            back, ahead, move = leaf.op.growth()
            if leaf.op.p < 1:  # a sample that the op leaves alone neither shrinks nor grows
                back, ahead = max(1.0, back), max(1.0, ahead)
            inverse, forward, shift = inverse * back, forward * ahead, shift * ahead + move
            if max(inverse, forward) > _LARGEST + 1e-3 or shift * max(inverse, 1.0) > 24:
                raise PolicyError.single(
                    place(leaf.path, ops, name),
                    f"warps that together can enlarge {forward:.3g} times or shrink {inverse:.3g} times",
                    f"runs of neighbouring warps whose matrices stay below {_LARGEST:g}",
                    "Every rotation counts as 1.41 times. Narrow a range, or put the op `resample` between them.",
                )
