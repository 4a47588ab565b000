"""A policy with some of its ops taken out, that draws for the others what the whole one draws (R8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from augspec.language.policy import Policy
from augspec.normalize import normalize
from augspec.ops.base import Combinator, Op
from augspec.ops.sequence import Sequence

__all__ = ["only"]


def only(policy: Policy, keep: Callable[[Op], Op | None]) -> Policy:
    """Return the normalized policy with every op replaced by what `keep` makes of it; None leaves an empty place.

    The place stays, with its id: so ids, branch numbers and members keep theirs. At the end no place is needed, and
    after an op that mixes samples none is allowed. `keep` is asked of combinators that compute as well, before their
    members.
    """
    full = normalize(policy)
    ops = [_replaced(op, keep) for op in full.ops]
    while ops and isinstance(ops[-1], Sequence) and not ops[-1].ops:
        ops.pop()
    return full.model_copy(update={"ops": tuple(ops), "eval": ()})


def _replaced(op: Op, keep: Callable[[Op], Op | None]) -> Any:
    if isinstance(op, Combinator) and (not op.computes or keep(op) is not None):
        return op.model_copy(update={"ops": tuple(_replaced(member, keep) for member in op.ops)})
    kept = keep(op)
    return Sequence(op="sequence", id=op.id, ops=()) if kept is None else kept
