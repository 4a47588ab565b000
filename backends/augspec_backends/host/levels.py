"""What depends on one byte of an image alone, and costs much, is computed for the 256 levels and looked up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from augspec_backends.host.graph import ELEMENTWISE, Node, constant, walk
from augspec_backends.host.kept import HEAVY, SMALL

__all__ = ["look_up"]

_DEAR = 25
"""Instructions for an entry from which on a look-up is cheaper; processors do many of them at once, but one look-up."""

_COSTS = {**HEAVY, "reshape": 0, "take": 20, "take_rows": 20}


def look_up(outputs: Sequence[Node]) -> None:
    """Turn what pays into look-ups, node by node, where they stand in the graph of some outputs."""
    nodes = walk(outputs)
    source: dict[int, Node] = {}
    costs: dict[int, int] = {}
    for node in nodes:
        found = _source(node, source)
        if found is not None:
            source[node.serial] = found
            costs[node.serial] = _COSTS.get(node.op, 1) + sum(costs.get(arg.serial, 0) for arg in node.args)
    # What goes on as a function of the same byte is a part of a longer one.
    ends = {node.serial for node in outputs}
    for node in nodes:
        ends |= {arg.serial for arg in node.args if source.get(node.serial) is not source.get(arg.serial, arg)}
    dear = [node for node in nodes if node.serial in ends and costs.get(node.serial, 0) >= _DEAR]
    chosen = [node for node in dear if node.shape == source[node.serial].shape]
    for node, table in [(node, _table(node, source)) for node in chosen]:
        node.op, node.args, node.data = "level", (table, source[node.serial]), None


def _is_byte(node: Node) -> bool:
    return node.dtype == "uint8" and len(node.shape) == 4 and node.shape[0] == 1 and node.size > SMALL


def _source(node: Node, source: dict[int, Node]) -> Node | None:
    """Return the image of bytes of which a node is a function, entry by entry; None if it is not."""
    if node.op not in (*ELEMENTWISE, "reshape", "take", "take_rows") or node.size <= SMALL:
        return None
    args = node.args[1:] if node.op.startswith("take") else node.args
    found: Node | None = None
    for arg in args:
        one = source.get(arg.serial, arg if _is_byte(arg) else None)
        if one is None:
            if arg.size > SMALL or any(side != 1 for side in arg.shape[-3:-1]):
                return None
        elif one.size != node.size or (found is not None and found is not one):
            return None
        else:
            found = one
    return found


def _table(node: Node, source: dict[int, Node]) -> Node:
    """Return what a node is for every level, (1, 1, 256, channels or 1)."""
    image = source[node.serial]
    levels = constant(np.arange(256, dtype=np.uint8).reshape(1, 1, 256, 1), "uint8")
    made = {image.serial: levels}
    stack = [node]
    while stack:
        one = stack[-1]
        if one.serial in made or one.serial not in source:
            made.setdefault(one.serial, one)
            stack.pop()
            continue
        missing = [arg for arg in one.args if arg.serial not in made]
        if missing:
            stack += missing
            continue
        args = tuple(made[arg.serial] for arg in one.args)
        stack.pop()
        if one.op == "reshape":  # of the whole image: which level is asked has no place
            made[one.serial] = args[0]
            continue
        shape = args[1].shape if one.op.startswith("take") else np.broadcast_shapes(*(arg.shape for arg in args))
        made[one.serial] = Node(one.op, args, shape, one.dtype, one.data)
    return made[node.serial]
