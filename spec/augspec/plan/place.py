"""From the path of a draw to the place in the document that a message names."""

from __future__ import annotations

from augspec.ops.base import Combinator, Op

__all__ = ["place"]


def place(path: str, ops: tuple[Op, ...], name: str) -> str:
    """Return the document's path, such as `ops[0].ops[1]`, of an op's draw path, such as `sample/one_of#0/rotate#0`.

    Args:
        path: the draw path; what follows the op's id is left out.
        ops: the normalized pipeline.
        name: its field in the document.
    """
    where, here = name, ops
    for part in path.split("/")[1:]:
        position = next((number for number, op in enumerate(here) if op.id == part), None)
        if position is None:
            break
        op = here[position]
        where += f"[{position}]"
        if not isinstance(op, Combinator):
            break
        here, where = op.ops, f"{where}.ops"
    return where.removesuffix(".ops")
