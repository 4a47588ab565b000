"""From the path of a draw to the place in the document that a message names."""

from __future__ import annotations

from augspec.ops.base import Combinator, Op

__all__ = ["place"]


def place(path: str, ops: tuple[Op, ...], name: str, *, field: bool = False) -> str:
    """Return the document's path, such as `ops[0].ops[1]`, of an op's draw path, such as `sample/one_of#0/rotate#0`.

    Args:
        path: the draw path. What follows the op's id is left out, or, with `field`, all but the next name: of
            `sample/rotate#0/degrees` the field `degrees`, of `sample/color_jitter#0/hue/turns` the field `hue`.
        ops: the pipeline as it stands in the document, with ids written in; a macro ends the path.
        name: its field in the document.
        field: whether a field is meant.
    """
    where, here = name, ops
    parts = path.split("/")[1:]
    for depth, part in enumerate(parts):
        position = next((number for number, op in enumerate(here) if op.id == part), None)
        if position is None:
            break
        op = here[position]
        where += f"[{position}]"
        if not isinstance(op, Combinator):
            return f"{where}.{parts[depth + 1]}" if field and depth + 1 < len(parts) else where
        here, where = op.ops, f"{where}.ops"
    return where.removesuffix(".ops")
