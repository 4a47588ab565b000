"""fuse: fewer stages with the same pixels.

What changes nothing is left out, runs of pixel functions become one pass, and a flip after a
resample is folded into its weights. None of it changes a bit.
"""

from __future__ import annotations

from augspec.ops.base import MoveOp
from augspec.plan.stages import Chains, Choose, Move, Plan, Pointwise, Resample, Stage

__all__ = ["fuse"]


def fuse(plan: Plan) -> Plan:
    """Return the plan with fewer stages; idempotent."""
    return Plan(_fuse(plan.stages))


def _fuse(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    result: list[Stage] = []
    for stage in stages:
        before = result[-1] if result else None
        if isinstance(stage, Choose):
            result.append(Choose(stage.selector, tuple(_fuse(branch) for branch in stage.branches)))
        elif isinstance(stage, Chains):
            result.append(Chains(stage.leaf, tuple(_fuse(chain) for chain in stage.chains)))
        elif isinstance(stage, Move) and stage.leaf.op.changes == "never":
            continue  # it has ended its run of warps already
        elif isinstance(stage, Pointwise) and isinstance(before, Pointwise):
            result[-1] = Pointwise(before.members + stage.members)
        elif isinstance(stage, Move) and isinstance(before, Resample) and _mirrors(stage):
            result[-1] = Resample(before.leaf, (*before.mirrors, stage.leaf))
        else:
            result.append(stage)
    return tuple(result)


def _mirrors(stage: Move) -> bool:
    return isinstance(stage.leaf.op, MoveOp) and stage.leaf.op.mirrors is not None
