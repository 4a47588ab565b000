"""The ops of a policy with their places in the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from augspec.errors import format_path
from augspec.normalize import expanded
from augspec.ops.base import Combinator, Op

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["leaf_ops", "pipelines", "written_ops"]


def pipelines(policy: Policy) -> Iterator[tuple[str, tuple[Op, ...]]]:
    """Yield (field, ops) of training and, if there is one, evaluation."""
    yield "ops", policy.ops
    if policy.eval is not None:
        yield "eval", policy.eval


def leaf_ops(policy: Policy) -> Iterator[tuple[str, Op]]:
    """Yield (place, op) of every op that computes; what a macro stands for has the macro's place."""
    from augspec.language.policy import walk

    for place, op in written_ops(policy):
        if isinstance(op, Combinator):
            yield place, op
            continue
        for _, inner in walk(expanded((op,)), ()):
            if _computes(inner):
                yield place, inner


def written_ops(policy: Policy) -> Iterator[tuple[str, Op]]:
    """Yield (place, op) of every op that computes, macros as they are written."""
    from augspec.language.policy import walk

    for name, ops in pipelines(policy):
        for path, op in walk(ops, (name,)):
            if _computes(op):
                yield format_path(path), op


def _computes(op: Op) -> bool:
    """Return whether an op has a say on samples: most combinators leave that to their members."""
    return not isinstance(op, Combinator) or op.computes
