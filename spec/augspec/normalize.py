"""normalize: write out what a policy leaves unsaid, so that later edits cannot change it (R6).

Every op gets its explicit `id`, every default its value, and macros give way to what they stand for. What a policy
*means* is checked here too, beyond the types of its fields: unique ids, deterministic evaluation, changes of type last.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from augspec.entries import check_entries
from augspec.errors import PolicyError, PolicyProblem, format_path
from augspec.language.limits import MAX_OPS, MAX_PLANNED
from augspec.sides import check_sides

if TYPE_CHECKING:
    from augspec.language.policy import Policy
    from augspec.ops.base import Op

__all__ = ["check_policy", "expanded", "named", "normalize", "normalized_dict"]


def normalize(policy: Policy) -> Policy:
    """Return the policy with every id written in and every macro expanded; idempotent, and equal in all results."""
    check_policy(policy)
    return policy.model_copy(
        update={"ops": expanded(policy.ops), "eval": None if policy.eval is None else expanded(policy.eval)}
    )


def normalized_dict(policy: Policy) -> dict[str, Any]:
    """Return the normalized document with every default written out, as plain JSON values."""
    from augspec.language.policy import tags_first

    full: dict[str, Any] = tags_first(normalize(policy).model_dump(mode="json", by_alias=True, exclude_none=True))
    return full


def named(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Return the ops with every id written in (R6)."""
    from augspec.ops.base import Combinator

    count: Counter[str] = Counter()
    found = []
    for op in ops:
        update: dict[str, Any] = {} if op.id is not None else {"id": f"{op.tag}#{count[op.tag]}"}
        count[op.tag] += 1
        if isinstance(op, Combinator):
            update["ops"] = named(op.ops)
        found.append(op.model_copy(update=update))
    return tuple(found)


def expanded(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Return the ops with every id written in, and macros replaced by what they stand for, under the same ids (R6)."""
    from augspec.ops.base import Combinator, Macro

    found: list[Op] = []
    for op in named(ops):
        if isinstance(op, Macro):
            found.extend(expanded((op.expansion(),)))
        elif isinstance(op, Combinator):
            found.append(op.model_copy(update={"ops": expanded(op.ops)}))
        else:
            found.append(op)
    return tuple(found)


def check_policy(policy: Policy) -> None:
    """Raise `PolicyError` for what no single field can see."""
    from augspec.language.policy import walk
    from augspec.ops.base import Combinator

    pipelines = {"ops": policy.ops, "eval": policy.eval or ()}
    full = {name: expanded(ops) for name, ops in pipelines.items()}
    problems = [problem for name, ops in full.items() for problem in _check_pipeline(ops, name, pipelines[name])]
    for path, op in walk(full["eval"], ("eval",)):
        if op.random() or (isinstance(op, Combinator) and op.chooses):
            problems.append(
                PolicyProblem(
                    format_path(_in_document(path, pipelines["eval"])),
                    f"the random op {op.tag!r}",
                    "ops with p 1 and constant parameters, because evaluation is deterministic",
                )
            )
    resizes = [(path, op) for path, op in walk(full["ops"], ("ops",)) if op.resizes]
    if resizes and policy.eval is None:
        where = format_path(_in_document(resizes[0][0], policy.ops))
        problems.append(
            PolicyProblem(
                "eval",
                "nothing",
                f"a deterministic pipeline, because {where} ({resizes[0][1].tag}) changes the size",
                'For example "eval": [{"op": "resize", "short_side": 256}, {"op": "center_crop", "size": [224, 224]}].',
            )
        )
    problems.extend(check_entries(policy))
    problems.extend(_check_targets(policy, full["ops"]))
    pairs = policy.targets.keypoints.swap_pairs
    rows = [row for pair in pairs for row in pair]
    if len(set(rows)) != len(rows) or any(row < 0 for row in rows):
        problems.append(
            PolicyProblem(
                "targets.keypoints.swap_pairs",
                str([list(pair) for pair in pairs]),
                "row numbers from 0, each in one pair only",
            )
        )
    else:
        problems.extend(check_sides(policy))
    if problems:
        raise PolicyError(problems)


def _check_targets(policy: Policy, ops: tuple[Op, ...]) -> list[PolicyProblem]:
    """Refuse settings of targets that cannot follow: those of chains that move pixels, each in its own way."""
    from augspec.language.policy import walk
    from augspec.ops.base import Combinator

    problems = []
    for path, op in walk(ops, ("ops",)):
        names = op.refused() if isinstance(op, Combinator) else ()
        given = {name: getattr(policy.targets, name) for name in names}
        declared = [name for name, settings in given.items() if settings != type(settings)()]
        declared += ["masks"] if "mask" in names and policy.targets.masks else []
        if declared:
            problems.append(
                PolicyProblem(
                    format_path(_in_document(path, policy.ops)),
                    f"{op.tag} with members that move pixels, beside targets.{declared[0]}",
                    f"members of {op.tag} that leave {declared[0]} as they are: several chains have no one geometry",
                    f"Move the geometry out of {op.tag}, or leave targets.{declared[0]} out.",
                )
            )
    return problems


def _final_size(ops: tuple[Op, ...]) -> str:
    """Return a text equal for pipelines that surely give the same size; empty if they leave it alone."""
    from augspec.ops.base import Combinator

    size = ""
    for op in ops:
        if isinstance(op, Combinator):
            size = _final_size(op.ops[:1] if op.tag == "one_of" else op.ops) or size
        elif op.resizes:
            fixed = getattr(op, "size", None)
            size = f"{fixed}" if fixed else f"{size} {op.model_dump_json(exclude={'id', 'antialias', 'interpolation'})}"
    return size


def _in_document(path: tuple[str | int, ...], written: tuple[Op, ...]) -> tuple[str | int, ...]:
    """Return the path of an op of an expanded pipeline in the document: at most that of the macro it comes from."""
    from augspec.ops.base import Combinator

    here = written
    for end, part in enumerate(path[1:], start=2):
        if isinstance(part, int):
            op = here[part]
            if not isinstance(op, Combinator):
                return path[:end]
            here = op.ops
    return path


def _check_pipeline(ops: tuple[Op, ...], name: str, written: tuple[Op, ...]) -> list[PolicyProblem]:
    from augspec.language.policy import walk
    from augspec.ops.base import Combinator, TypeOp

    problems = []
    for path, op in walk(ops, (name,)):
        where = format_path(_in_document(path, written))
        last = len(path) == 2 and path[1] == len(ops) - 1
        if isinstance(op, TypeOp) and not (last and op.p == 1):
            second = len(path) == 2 and isinstance(ops[-1], TypeOp) and not last
            problems.append(
                PolicyProblem(
                    where,
                    f"{op.tag!r} where more follows, in a combinator or with p below 1",
                    "it as the last op of a pipeline only",
                    f"Leave it out: {ops[-1].tag} reads the unit range and gives floats itself." if second else "",
                )
            )
        later = ops[int(path[1]) + 1 :]
        if op.across and (len(path) > 2 or not all(isinstance(one, TypeOp) for one in later)):
            problems.append(
                PolicyProblem(
                    where,
                    f"{op.tag!r}, which mixes samples of a batch, in a combinator or where more follows",
                    "one such op in a pipeline, as the last one before normalize or to_float",
                    "Move it to the end of `ops`; `p` says how often it is applied.",
                )
            )
        inside = [member for _, member in walk((op,), ())]
        if op.p < 1 and any(member.resizes for member in inside):
            problems.append(
                PolicyProblem(f"{where}.p", f"{op.p:g}", "1, because what changes the size is applied to every sample")
            )
        if isinstance(op, Combinator):
            problems.extend(_check_ids(op.ops, f"{where}.ops"))
            if op.keeps_size and any(member.resizes for member in inside):
                problems.append(
                    PolicyProblem(where, "a member that changes the size", f"members of {op.tag} that keep the size")
                )
            inner = next((one.tag for one in inside[1:] if isinstance(one, Combinator) and one.anew), None)
            if op.anew and inner is not None:
                problems.append(
                    PolicyProblem(
                        where,
                        f"{op.tag}, whose steps draw anew, with {inner} inside, whose steps do so as well",
                        "one level of replacement",
                    )
                )
            if op.tag == "one_of" and len({_final_size((member,)) for member in op.ops}) > 1:
                problems.append(
                    PolicyProblem(
                        where,
                        "members that give different sizes",
                        "members of one_of that give the same size",
                    )
                )
    problems.extend(_check_ids(ops, name))
    count = len(walk(ops, ()))
    if count > MAX_OPS:
        problems.append(
            PolicyProblem(name, f"{count} ops", f"at most {MAX_OPS} ops, members and what macros stand for included")
        )
    planned = sum(_planned(op) for op in ops)
    if planned > MAX_PLANNED:
        problems.append(
            PolicyProblem(
                name,
                f"a plan of {planned} ops",
                f"at most {MAX_PLANNED} ops, each counted once for every step at which it may act",
                "Put fewer of random_order and some_of with replacement inside of each other.",
            )
        )
    return problems


def _planned(op: Op) -> int:
    from augspec.ops.base import Combinator

    return op.turns() * sum(_planned(member) for member in op.ops) if isinstance(op, Combinator) else 1


def _check_ids(ops: tuple[Op, ...], where: str) -> list[PolicyProblem]:
    ids = [op.id for op in named(ops)]
    return [
        PolicyProblem(where, f"the id {name!r} {times} times", "ids that are unique among siblings")
        for name, times in Counter(ids).items()
        if times > 1
    ]
