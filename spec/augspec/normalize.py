"""normalize: write out what a policy leaves unsaid, so that later edits cannot change it (R6).

Every op gets its explicit `id`, every default its value. What a policy *means* is checked here too, beyond the types
of its fields: unique ids, deterministic evaluation, `normalize` last.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from augspec.errors import PolicyError, PolicyProblem, format_path
from augspec.language.policy import Policy, walk
from augspec.ops.base import Combinator, Op, ResampleOp, TypeOp

__all__ = ["check_policy", "normalize", "normalized_dict"]


def normalize(policy: Policy) -> Policy:
    """Return the policy with every id written in; idempotent, and equal in all results."""
    check_policy(policy)
    return policy.model_copy(
        update={"ops": _named(policy.ops), "eval": None if policy.eval is None else _named(policy.eval)}
    )


def normalized_dict(policy: Policy) -> dict[str, Any]:
    """Return the normalized document with every default written out, as plain JSON values."""
    full: dict[str, Any] = normalize(policy).model_dump(mode="json", by_alias=True, exclude_none=True)
    return full


def _named(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    count: Counter[str] = Counter()
    named = []
    for op in ops:
        update: dict[str, Any] = {} if op.id is not None else {"id": f"{op.tag}#{count[op.tag]}"}
        count[op.tag] += 1
        if isinstance(op, Combinator):
            update["ops"] = _named(op.ops)
        named.append(op.model_copy(update=update))
    return tuple(named)


def check_policy(policy: Policy) -> None:
    """Raise `PolicyError` for what no single field can see."""
    problems = [*_check_pipeline(policy.ops, "ops"), *_check_pipeline(policy.eval or (), "eval")]
    for path, op in walk(policy.eval or (), ("eval",)):
        if op.random() or (op.tag in ("one_of", "some_of")):
            problems.append(
                PolicyProblem(
                    format_path(path),
                    f"the random op {op.tag!r}",
                    "constant parameters and p of 1: evaluation is deterministic",
                )
            )
    resizes = [(path, op) for path, op in walk(policy.ops, ("ops",)) if changes_size(op)]
    if resizes and policy.eval is None:
        problems.append(
            PolicyProblem(
                "eval",
                "nothing",
                f"a deterministic pipeline, because {format_path(resizes[0][0])} ({resizes[0][1].tag}) changes the size",
                'For example "eval": [{"op": "resize", "short_side": 256}, {"op": "center_crop", "size": [224, 224]}].',
            )
        )
    pairs = policy.targets.keypoints.swap_pairs
    rows = [row for pair in pairs for row in pair]
    if len(set(rows)) != len(rows) or any(row < 0 for row in rows):
        problems.append(
            PolicyProblem("targets.keypoints.swap_pairs", str(list(pairs)), "row numbers from 0, each in one pair only")
        )
    if problems:
        raise PolicyError(problems)


def changes_size(op: Op) -> bool:
    """Return whether an op can change the size of the image."""
    return isinstance(op, ResampleOp) or op.tag == "center_crop"


def _check_pipeline(ops: tuple[Op, ...], name: str) -> list[PolicyProblem]:
    problems = []
    for path, op in walk(ops, (name,)):
        where = format_path(path)
        last = len(path) == 2 and path[1] == len(ops) - 1
        if isinstance(op, TypeOp) and not (last and op.p == 1):
            problems.append(
                PolicyProblem(where, f"{op.tag!r} inside the pipeline", "normalize last, outside combinators, with p 1")
            )
        if changes_size(op) and op.p < 1:
            problems.append(
                PolicyProblem(f"{where}.p", str(op.p), "1: an op that changes the size is applied to every sample")
            )
        if isinstance(op, Combinator):
            problems.extend(_check_ids(op.ops, f"{where}.ops"))
            if any(changes_size(member) for member in op.ops) and (op.p < 1 or op.tag == "some_of"):
                problems.append(PolicyProblem(where, "a size change for some samples only", "the same size for all"))
    problems.extend(_check_ids(ops, name))
    return problems


def _check_ids(ops: tuple[Op, ...], where: str) -> list[PolicyProblem]:
    ids = [op.id for op in _named(ops)]
    return [
        PolicyProblem(where, f"the id {name!r} {times} times", "ids that are unique among siblings")
        for name, times in Counter(ids).items()
        if times > 1
    ]
