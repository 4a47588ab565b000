"""The ops of a policy with their places in the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from augspec.errors import format_path
from augspec.ops.base import Combinator, Op

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["leaf_ops", "pipelines"]


def pipelines(policy: Policy) -> Iterator[tuple[str, tuple[Op, ...]]]:
    """Yield (field, ops) of training and, if there is one, evaluation."""
    yield "ops", policy.ops
    if policy.eval is not None:
        yield "eval", policy.eval


def leaf_ops(policy: Policy) -> Iterator[tuple[str, Op]]:
    """Yield (place, op) of every op that is no combinator."""
    from augspec.language.policy import walk

    for name, ops in pipelines(policy):
        for path, op in walk(ops, (name,)):
            if not isinstance(op, Combinator):
                yield format_path(path), op
