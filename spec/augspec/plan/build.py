"""plan: from a normalized pipeline to stages.

Composition of neighbouring warps happens here, because it changes pixels and so is part of the meaning (C10).
A flip beside a warp joins it; flips alone stay exact moves.
"""

from __future__ import annotations

from dataclasses import dataclass

from augspec.errors import PolicyError, PolicyProblem
from augspec.mixing import MixOp, TileOp
from augspec.normalize import named
from augspec.ops.augmix import AugMix
from augspec.ops.base import (
    Combinator,
    DegradeOp,
    FilterOp,
    MoveOp,
    NoiseOp,
    OccludeOp,
    Op,
    PointwiseOp,
    RemapOp,
    ResampleOp,
    TypeOp,
    WarpOp,
    bounds,
)
from augspec.ops.one_of import OneOf
from augspec.ops.random_order import RandomOrder
from augspec.ops.some_of import SomeOf
from augspec.plan.place import place
from augspec.plan.stages import (
    Chains,
    Choose,
    Degrade,
    Filter,
    Leaf,
    Mix,
    Move,
    Noise,
    Occlude,
    Plan,
    Pointwise,
    Remap,
    Resample,
    Selector,
    Stage,
    Tile,
    Type,
    Veil,
    Warp,
    warps,
)
from augspec.veil import VeilOp

__all__ = ["build"]

_LARGEST = 8.0
"""Row sum that the products of matrices are proven for."""

_FARTHEST = 24
"""Shift of an inverse, in sides, that positions are proven for."""

_DIAGONAL = 1.4143
"""√2, a little more: row sums against 2-norms in the plane."""


def build(ops: tuple[Op, ...], name: str = "ops", *, written: tuple[Op, ...] | None = None) -> Plan:
    """Return the plan of a normalized pipeline (every op has its id, macros are expanded).

    Args:
        ops: the pipeline.
        name: its field in the document, for messages.
        written: the pipeline as it stands there, with its macros, for messages; `ops` by default.

    Raises:
        PolicyError: neighbouring warps could leave int32 (E2).
    """
    stages = _compose(_flatten(ops, "sample", None))
    problems: list[PolicyProblem] = []
    for warp in warps(stages):
        try:
            _check_growth(warp, ops if written is None else named(written), name)
        except PolicyError as error:
            problems += error.problems
    if problems:
        raise PolicyError(problems)
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
    if isinstance(op, RandomOrder):
        return _random_order(op, path, gate, step)
    if isinstance(op, AugMix):
        stage = _chains(op, path)
        return [stage if gate is None else Choose(Selector(None, gate), ((stage,),))]
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


def _random_order(op: RandomOrder, path: str, gate: str | None, step: int | None) -> list[Stage]:
    """Return as many choices as there are members; the same members, with the same draws, stand in each of them."""
    count, first = len(op.ops), 0 if step is None else step * len(op.ops)
    members = tuple(_compose(_lower(member, f"{path}/{member.id}", step)) for member in op.ops)
    stages: tuple[Stage, ...] = tuple(
        Choose(Selector(f"{path}/order", None, first + turn), members) for turn in range(count)
    )
    return list(stages) if gate is None else [Choose(Selector(None, gate, None, step), (stages,))]


def _chains(op: AugMix, path: str) -> Chains:
    """Return the chains; a step that not every depth has is behind a gate, the depth of its chain."""
    least = int(bounds(op.depth)[0])
    chains = []
    for chain in range(op.chains):
        stages: list[Stage] = []
        for step in range(op.steps):
            turn = chain * op.steps + step
            members = tuple(_compose(_lower(member, f"{path}/{member.id}", turn)) for member in op.ops)
            gate = None if step < least else f"{path}/depth"
            entry = chain if gate and op.chains > 1 else None
            stages.append(Choose(Selector(f"{path}/branch", gate, turn, entry, step + 1), members))
        chains.append(tuple(stages))
    return Chains(Leaf(op, path, gated=False), tuple(chains))


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
    if isinstance(op, OccludeOp) and not isinstance(op.fill, str):
        return [Occlude(leaf)]
    if isinstance(op, MixOp):
        return [Tile(leaf) if isinstance(op, TileOp) else Mix(leaf)]
    # What costs more than a pass over memory is not computed for samples that do not want it.
    inner = Leaf(op, path, step, gated=False)
    stage: Stage
    if isinstance(op, PointwiseOp):
        stage = Pointwise((inner,))
    elif isinstance(op, NoiseOp):
        stage = Noise(inner)
    elif isinstance(op, ResampleOp):
        stage = Resample(inner)
    elif isinstance(op, OccludeOp):
        stage = Occlude(inner)
    elif isinstance(op, RemapOp):
        stage = Remap(inner)
    elif isinstance(op, DegradeOp):
        stage = Degrade(inner)
    elif isinstance(op, VeilOp):
        stage = Veil(inner)
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


@dataclass(frozen=True)
class _Growth:
    """Bounds of the matrices of a run, after some of its members.

    A row sum of a product is at most the product of the row sums, and at most √2 times its 2-norm, which is at most
    the product of the 2-norms. So any number of rotations counts as one.

    Attributes:
        rows: row sums of the inverse and of the forward matrix.
        norms: their 2-norms.
        shift: largest entry of the forward shift, in sides.
        length: its 2-norm.
    """

    rows: tuple[float, float] = (1.0, 1.0)
    norms: tuple[float, float] = (1.0, 1.0)
    shift: float = 0.0
    length: float = 0.0

    def then(self, op: WarpOp) -> _Growth:
        """Return the bounds after one more member; a sample that it leaves alone neither shrinks nor grows."""
        least = 1.0 if op.p < 1 else 0.0
        *rows, move = op.growth()
        back, ahead = (max(least, one) for one in rows)
        shorter, longer = (max(least, one) for one in op.stretch())
        norms = self.norms[0] * shorter, self.norms[1] * longer
        sums = self.rows[0] * back, self.rows[1] * ahead
        length = self.length * longer + _DIAGONAL * move
        return _Growth(
            (min(sums[0], _DIAGONAL * norms[0]), min(sums[1], _DIAGONAL * norms[1])),
            norms,
            min(self.shift * ahead + move, length),
            length,
        )


def _check_growth(stage: Warp, ops: tuple[Op, ...], name: str) -> None:
    """Refuse runs whose matrices could leave int32 (E2): row sums of every partial product up to 8."""
    run = _Growth()
    for leaf in stage.members:
        if isinstance(leaf.op, WarpOp):
            run = run.then(leaf.op)
            inverse, forward = run.rows
            if max(inverse, forward) > _LARGEST + 1e-3 or run.shift * max(inverse, 1.0) > _FARTHEST:
                raise PolicyError.single(
                    place(leaf.path, ops, name),
                    f"warps that enlarge {forward:.3g} times, shrink {inverse:.3g} times, shift {run.shift:.3g} sides",
                    f"neighbouring warps that together enlarge or shrink at most {_LARGEST:g} times",
                    "All rotations count as 1.41 times together. Narrow a range, or put the op `resample` between.",
                )
