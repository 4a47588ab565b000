"""What is put into memory, and what is computed where it is used."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from augspec_backends.host.graph import ELEMENTWISE, Node, walk

__all__ = ["COPIED", "HEAVY", "SMALL", "gathered", "kept", "rows_read"]

COPIED = 2**21
"""Bytes of images, at most, that are copied before they are read at computed places. In order, memory comes in time;
out of order it does not: copying an image of 224 × 224 costs 3 µs where waiting for it may cost 60, and rotating one of
640 × 640 takes 0.6 of the time. From 1024 × 1024 on copies push each other out of the processor's cache."""

_FEW = 16
"""Up to how many entries are reduced without a loop."""

_GATHERS = ("take", "take_rows", "gather_at", "gather_axis", "level")
"""Functions that read their first argument at indices that are computed."""

_ALWAYS = ("input", "row", "choose", "chosen", "cumulative_sum", "histogram", "argsort")
_VIEWS = ("slice", "reshape", "transpose", "flip", "select")
SMALL = 2048
"""Entries of an array that is no image."""

_DEAR = 12
"""Instructions from which on a small array is computed once."""

HEAVY = {"pow": 30, "div": 4, "sqrt": 4, "floordiv": 6}
"""Functions that cost as much as so many others."""


def _reduced(node: Node) -> int:
    """Return how many entries each entry of a reduction is made of."""
    return math.prod(node.args[0].shape[axis] for axis in node.data)


def kept(outputs: Iterable[Node]) -> set[int]:
    """Return the serials of nodes that are computed once and put into memory."""
    nodes = walk(outputs)
    users: dict[int, list[Node]] = {}
    for node in nodes:
        for arg in node.args:
            users.setdefault(arg.serial, []).append(node)
    read = _sources(nodes)
    found: set[int] = set()
    costs: dict[int, int] = {}
    for node in nodes:
        inside = sum(costs[arg.serial] for arg in node.args)
        cost = min(inside + HEAVY.get(node.op, 0 if node.op in (*_VIEWS, "constant", "arange") else 1), 10_000)
        if node.op in ("sum", "least", "most"):
            cost = min(cost * min(_reduced(node), _FEW), 10_000)
        if _keeps(node, cost, users, read):
            found.add(node.serial)
            cost = 1
        costs[node.serial] = cost
    return found


def gathered(outputs: Iterable[Node]) -> list[Node]:
    """Return the inputs whose entries are read at computed places, as the images of warps are."""
    nodes = walk(outputs)
    read = _sources(nodes)
    return [node for node in nodes if node.op in ("input", "row") and node.serial in read]


def rows_read(outputs: Iterable[Node]) -> dict[int, list[Node]]:
    """Return, by serial, of which images only some rows are read: the numbers of these rows."""
    found: dict[int, list[Node]] = {}
    other = {node.serial for node in outputs}
    for node in reversed(walk(outputs)):  # users before what they use
        whole = node.serial in other or node.serial not in found
        for place, arg in enumerate(node.args):
            if node.op == "gather_axis" and node.data == 1 and not place and node.args[1].op != "constant":
                found.setdefault(arg.serial, []).append(node.args[1])
            elif not whole and _rows_alike(node, place):
                found.setdefault(arg.serial, []).extend(found[node.serial])
            else:
                other.add(arg.serial)
    return {serial: indices for serial, indices in found.items() if serial not in other}


def _rows_alike(node: Node, place: int) -> bool:
    """Return whether an image is computed of an argument that has its rows, and each row of the one there."""
    arg = node.args[place]
    if len(node.shape) != 4 or arg.shape[-3:-2] != node.shape[-3:-2]:
        return False
    if node.op == "slice":  # one sample is an image without an axis for samples
        return arg.shape == node.shape[1:] and all(one[:2] == (0, 1) for one in node.data)
    return node.op in (*ELEMENTWISE, "buffer", "noted") or (node.op == "gather_axis" and node.data == 2 and not place)


def _sources(nodes: Iterable[Node]) -> set[int]:
    """Return what is read at computed indices, behind views."""
    found = set()
    for node in nodes:
        if node.op in _GATHERS or node.op == "argsort":
            source = node.args[0]
            while source.op in _VIEWS and not _is_planar(source):
                source = source.args[0]
            found.add(source.serial)
    return found


_CHANNELS_LAST = (0, 2, 3, 1)


def _is_planar(node: Node) -> bool:
    """Return whether a view is of an image whose channels come first: where pixels are read, they come last once."""
    return node.op == "transpose" and node.data == _CHANNELS_LAST and node.dtype == "uint8" and node.size < COPIED


def _uses(node: Node, users: Mapping[int, list[Node]]) -> int:
    """Return how many functions take an array, views of it, or it as numbers of another dtype."""
    return sum(_uses(user, users) if user.op in (*_VIEWS, "astype") else 1 for user in users.get(node.serial, ()))


def _keeps(node: Node, cost: int, users: Mapping[int, list[Node]], read: set[int]) -> bool:
    direct = users.get(node.serial, [])
    if node.op in _ALWAYS:
        return True
    if node.serial in read and _is_planar(node):
        return True
    if node.op == "select" and node.size > SMALL and _uses(node, users) > 2:
        return True  # an image with a border, read at several places
    if node.op in ("sum", "least", "most") and _reduced(node) > _FEW:
        return True
    if node.op in (*_VIEWS, "constant", "arange") or node.size == 1:
        return False
    if node.op == "buffer":
        return True
    if node.op == "concat" and node.size > 64 and node.shape[node.data] > 4:
        return True
    if node.serial in read and cost > 5:
        return True
    if cost < _DEAR:
        return False
    if node.size <= SMALL and (len(direct) > 1 or any(user.op in (*_VIEWS, "concat", "sum") for user in direct)):
        return True
    return any(user.size >= 4 * node.size and user.op not in (*_VIEWS, *_GATHERS) for user in direct)
