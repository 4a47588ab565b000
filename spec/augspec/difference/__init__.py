"""diff: what two policies mean differently, and which draws change with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from augspec.difference.result import Difference
    from augspec.language.policy import Policy

__all__ = ["diff"]


def diff(a: Policy, b: Policy) -> Difference:
    """Return the semantic difference of two policies, after normalization: names and spelled-out defaults are none.

    Ops are matched by their ids among siblings, which name their random streams (R6): an op that is renamed is another
    one, because it draws anew.

    Raises:
        TypeError: one of them is no policy.
        PolicyError: one of them cannot be planned.
    """
    from augspec.difference.draws import stream_changes
    from augspec.difference.ops import op_changes, target_changes
    from augspec.difference.result import Difference
    from augspec.language.policy import Policy
    from augspec.normalize import normalize

    for one in (a, b):
        if not isinstance(one, Policy):
            raise TypeError(f"diff() takes policies (from augspec.load, loads or parse), got {type(one).__name__}")
    first, second = normalize(a), normalize(b)
    changes = [*op_changes(first.ops, second.ops, "ops"), *op_changes(first.eval, second.eval, "eval")]
    return Difference(
        (a.canonical_hash(), b.canonical_hash()),
        (*changes, *target_changes(first.targets, second.targets)),
        stream_changes(first.ops, second.ops),
    )
