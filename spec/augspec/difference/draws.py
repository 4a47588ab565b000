"""Drawing programs side by side: which streams come, go, or are read differently."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from augspec.difference.result import StreamChange
from augspec.ops.base import Op
from augspec.plan.program import Draw, program

__all__ = ["stream_changes"]


def stream_changes(a: tuple[Op, ...], b: tuple[Op, ...]) -> tuple[StreamChange, ...]:
    """Return the changes of what two normalized pipelines draw, by path."""
    before, after = ({draw.path: draw for draw in program(ops)[0]} for ops in (a, b))
    found = []
    for path, draw in before.items():
        if path not in after:
            found.append(StreamChange("removed", path))
        elif not _same(draw, after[path]):
            found.append(StreamChange("changed", path))
    found += [StreamChange("added", path) for path in after if path not in before]
    return tuple(found)


def _same(a: Draw, b: Draw) -> bool:
    """Return whether two draws of one path turn the same words into the same numbers."""
    if (a.quantity, a.entries, a.words, type(a.map)) != (b.quantity, b.entries, b.words, type(b.map)):
        return False
    return all(_equal(getattr(a.map, one.name), getattr(b.map, one.name)) for one in fields(a.map))


def _equal(a: Any, b: Any) -> bool:
    return bool(np.array_equal(a, b))
