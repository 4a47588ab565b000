"""Ops side by side: added, removed, moved, and their fields one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from augspec.difference.result import Change
from augspec.language.policy import Targets, tags_first
from augspec.ops.base import Combinator, Op

__all__ = ["op_changes", "target_changes"]


def op_changes(a: Sequence[Op] | None, b: Sequence[Op] | None, name: str) -> Iterator[Change]:
    """Yield the changes between two normalized pipelines, or member lists, at a place; None is a missing pipeline."""
    if a is None or b is None:
        if a is not b:
            kind = "added" if a is None else "removed"
            lists = [None if ops is None else [_plain(op) for op in ops] for ops in (a, b)]
            yield Change(kind, name, *lists)  # type: ignore[arg-type]
        return
    before, after = ({op.id: (n, op) for n, op in enumerate(ops)} for ops in (a, b))
    kept = _kept([op.id for op in a if op.id in after], [op.id for op in b if op.id in before])
    for position, op in enumerate(a):
        if op.id not in after:
            yield Change("removed", f"{name}[{position}]", _plain(op), None)
            continue
        place, other = after[op.id]
        if op.tag != other.tag:
            yield Change("removed", f"{name}[{position}]", _plain(op), None)
            yield Change("added", f"{name}[{place}]", None, _plain(other))
            continue
        if op.id not in kept:
            yield Change("moved", f"{name}[{position}]", position, place)
        yield from _fields(op, other, f"{name}[{position}]")
    for position, op in enumerate(b):
        if op.id not in before:
            yield Change("added", f"{name}[{position}]", None, _plain(op))


def target_changes(a: Targets, b: Targets) -> Iterator[Change]:
    """Yield the changes of the targets' settings."""
    before, after = a.model_dump(mode="json"), b.model_dump(mode="json")
    for target, fields in before.items():
        for field in dict.fromkeys((*fields, *after[target])):
            yield from _setting(f"targets.{target}.{field}", fields.get(field), after[target].get(field))


def _setting(place: str, old: Any, new: Any) -> Iterator[Change]:
    if old is not None and new is not None and isinstance(old, dict):  # a mask of a name that both have
        for field in old:
            yield from _setting(f"{place}.{field}", old[field], new[field])
    elif old != new:
        yield Change("changed", place, old, new)


def _fields(a: Op, b: Op, place: str) -> Iterator[Change]:
    for field in type(a).model_fields:
        if field == "ops" and isinstance(a, Combinator) and isinstance(b, Combinator):
            yield from op_changes(a.ops, b.ops, f"{place}.ops")
        elif getattr(a, field) != getattr(b, field):
            yield Change("changed", f"{place}.{field}", _value(a, field), _value(b, field))


def _kept(a: list[str | None], b: list[str | None]) -> set[str | None]:
    """Return the ids that stand in one order in both lists: the fewest others have moved."""
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return {one for block in blocks for one in a[block.a : block.a + block.size]}


def _value(op: Op, field: str) -> Any:
    return op.model_dump(mode="json", include={field}, exclude_none=True).get(field)


def _plain(op: Op) -> Any:
    return tags_first(op.model_dump(mode="json", exclude_defaults=True))
