"""From a list of foreign transforms to a policy: the part that all libraries share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import augspec
from augspec.errors import PolicyError
from augspec.importing.fields import Fields, Json, NotImported
from augspec.importing.result import Imported, Row, Status
from augspec.ops.base import TypeOp
from augspec.registry import ops as known_ops

__all__ = ["Library", "Node", "Reader", "imported", "nothing"]


@dataclass(frozen=True)
class Node:
    """A foreign transform.

    Attributes:
        path: its place.
        name: its class.
        fields: its settings.
        members: what it holds, if it is a container.
    """

    path: str
    name: str
    fields: Fields
    members: tuple[Node, ...] = ()


Reader = Callable[[Fields], list[Json]]
"""From settings to ops; notes what differs, or raises `NotImported`."""

Container = Callable[[Fields, Sequence[list[Json]], Sequence[Node]], list[Json]]
"""From settings, and what became of the members, to ops."""


@dataclass(frozen=True)
class Library:
    """How a library's transforms are read: one row of a table for each.

    Attributes:
        readers: by class name.
        containers: by class name.
        unsupported: reasons by class name, for those that people will look for.
        ignored: settings that mean nothing to a policy.
    """

    readers: Mapping[str, Reader]
    containers: Mapping[str, Container]
    unsupported: Mapping[str, str]
    ignored: Iterable[str]


def nothing(reason: str) -> Reader:
    """Return a reader for what a policy need not do."""

    def read(_: Fields) -> list[Json]:
        raise _NothingToDo(reason)

    return read


class _NothingToDo(Exception):
    pass


def imported(nodes: Sequence[Node], library: Library, name: str | None = None) -> Imported:
    """Return the policy of a list of transforms that follow each other.

    Raises:
        PolicyError: what came out is no policy, and no single transform is to blame.
    """
    rows: dict[str, Row] = {}
    parts = [(node, _read(node, library, rows)) for node in nodes]
    parts = _ends_with_type(parts, rows)
    while True:
        ops = [op for _, found in parts for op in found]
        evaluation, notes = _evaluation(ops)
        document: Json = {"augspec": 1, "ops": ops} | ({"name": name[:200]} if name else {})
        classes = set(_classes(nodes))
        document |= {"targets": {"label": {"classes": classes.pop()}}} if len(classes) == 1 else {}
        if classes:
            notes += ("no number of classes was declared, because the transforms name different ones",)
        document |= {} if evaluation is None else {"eval": evaluation}
        try:
            return Imported(augspec.parse(document), tuple(rows.values()), notes)
        except PolicyError as error:
            blamed = _blamed(error, parts)
            if blamed is None:
                raise
            node = parts[blamed][0]
            problem = error.problems[0]
            reason = (
                f"{problem.path.rpartition('.')[2]} {problem.value} is outside of what is allowed: {problem.allowed}"
            )
            _leave_out(node, rows, reason)
            parts[blamed] = (node, [])


def _read(node: Node, library: Library, rows: dict[str, Row]) -> list[Json]:
    """Return the ops of a node, and write its row, before those of its members."""
    rows[node.path] = Row(node.path, node.name, "unsupported")
    members = [_read(member, library, rows) for member in node.members]
    fields = node.fields
    fields.drop(library.ignored)
    try:
        found = _ops(node, library, members)
    except _NothingToDo as reason:
        rows[node.path] = Row(node.path, node.name, "exact", (), str(reason))
        return []
    except NotImported as reason:
        _leave_out(node, rows, str(reason))
        return []
    lost = [member.name for member in node.members if rows[member.path].status == "unsupported"]
    if lost:
        fields.differ(f"without {', '.join(lost)}")
    if fields.left():
        fields.differ(f"left out: {', '.join(fields.left())}")
    tags = tuple(dict.fromkeys(op["op"] for op in found)) if node.members else tuple(_tags(found))
    status: Status = "approximate" if fields.differs else "exact"
    words = "; ".join(fields.differs) or ("" if found else "it changes nothing")
    rows[node.path] = Row(node.path, node.name, status, tags, words)
    return found


def _leave_out(node: Node, rows: dict[str, Row], reason: str) -> None:
    """Write that no op stands for a node, nor for its members."""
    rows[node.path] = Row(node.path, node.name, "unsupported", (), reason)
    for member in node.members:
        if rows[member.path].ops:
            _leave_out(member, rows, f"it stands in {node.name}, which is left out")


def _ops(node: Node, library: Library, members: Sequence[list[Json]]) -> list[Json]:
    """Return the ops that stand for a node.

    Raises:
        NotImported: there are none.
    """
    if node.name in library.containers:
        found = library.containers[node.name](node.fields, members, node.members)
    elif node.name in library.readers:
        found = library.readers[node.name](node.fields)
    else:
        raise NotImported(library.unsupported.get(node.name, "no op is known to stand for it"))
    missing = [tag for tag in _tags(found) if tag not in known_ops()]
    if missing:
        raise NotImported(f"there is no op {missing[0]}")
    return found


def _classes(nodes: Sequence[Node]) -> Iterator[int]:
    for node in nodes:
        yield from _classes(node.members)
        if node.fields.classes is not None:
            yield node.fields.classes


def _tags(ops: Sequence[Json]) -> list[str]:
    return list(dict.fromkeys(tag for op in ops for tag in (op["op"], *_tags(op.get("ops", ())))))


def _ends_with_type(parts: list[tuple[Node, list[Json]]], rows: dict[str, Row]) -> list[tuple[Node, list[Json]]]:
    """Leave out what follows a change of type, which has to come last (C3)."""
    kept: list[tuple[Node, list[Json]]] = []
    before = ""
    for node, found in parts:
        late = bool(before and found)
        if late:
            _leave_out(node, rows, f"it follows {before}, which has to come last")
        kept.append((node, [] if late else found))
        if not late and any(issubclass(known_ops()[tag], TypeOp) for tag in _tags(found)):
            before = node.name
    return kept


def _blamed(error: PolicyError, parts: Sequence[tuple[Node, list[Json]]]) -> int | None:
    """Return which part a policy's first problem lies in."""
    path = error.problems[0].path
    if not path.startswith("ops["):
        return None
    place = int(path[4:].partition("]")[0])
    for number, (_, found) in enumerate(parts):
        if place < len(found):
            return number
        place -= len(found)
    return None


def _evaluation(ops: Sequence[Json]) -> tuple[list[Json] | None, tuple[str, ...]]:
    """Return what a policy that changes sizes or types has to declare for evaluation: the part that draws nothing."""
    changing = [op for op in ops if _changes(op)]
    if not changing:
        return None, ()
    found = []
    for op in changing:
        plain = {key: value for key, value in op.items() if key not in ("id", "p")}
        if not _draws(op):
            found.append(plain)
        elif "size" in op:
            found.append({"op": "resize", "size": op["size"]})
    return found, (
        "`eval` was added, from what draws nothing and from the final size: look whether it is what you mean",
    )


def _changes(op: Json) -> bool:
    cls = known_ops()[op["op"]]
    return cls.resizes or issubclass(cls, TypeOp)


def _draws(op: Json) -> bool:
    """Return whether an op draws; a document that is wrong is told later."""
    try:
        return bool(augspec.parse({"augspec": 1, "ops": [op], "eval": []}).ops[0].random())
    except PolicyError:
        return True
