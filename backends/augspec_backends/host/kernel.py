"""A kernel: a function with loops that computes one array from others. No two of its pointers reach the same memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from augspec_backends.host.graph import Node
from augspec_backends.host.indices import Index
from augspec_backends.host.values import Values

if TYPE_CHECKING:
    from augspec_backends.host.program import Program

__all__ = ["Kernel"]

_SHORT = 4
"""Up to this length an axis is unrolled: channels."""

_TOGETHER = 16
"""So many entries, at most, are computed in one turn of the loops."""


class Kernel(Values):
    """A function that writes to `%out`.

    What no loop changes is computed by the program that calls it, and kept in the program's memory, `%frame`.

    Args:
        program: the caller.
    """

    def __init__(self, program: Program) -> None:
        super().__init__(program.module, program.module.name("kernel"))
        self.program = program
        self.attributes = "noinline nounwind"  # inside of its caller, its pointers would no longer be known to be apart
        self._given: dict[str, str] = {}

    def nest(self, shape: Sequence[int]) -> Iterator[Index]:
        """Open loops over a shape, and yield the indices of one turn: short axes are unrolled, the last ones first."""
        unrolled, together = set(), 1
        for axis in reversed(range(len(shape))):
            if shape[axis] <= _SHORT and together * shape[axis] <= _TOGETHER:
                unrolled.add(axis)
                together *= shape[axis]
        ranges: list[Sequence[int | str]] = [
            range(side) if axis in unrolled else [self.open(side)] for axis, side in enumerate(shape)
        ]
        yield from itertools.product(*ranges)

    def pointer(self, node: Node) -> str | None:
        """Return the parameter that points to an array which the program keeps."""
        found = self.program.pointer(node)
        if found is None:
            return None
        return self._given.setdefault(found, f"%p{len(self._given)}")

    def outside(self, node: Node, index: Index) -> str | None:
        """Return an entry that the program computes; its value is read from the program's memory."""
        value = self.program.value(node, index)
        if not value.startswith("%"):
            return value
        start = self.program.slot(value, node.dtype)
        return self.read(self.emit(f"getelementptr inbounds i8, ptr %frame, i64 {start}"), node.dtype)

    def finish(self, target: str) -> None:
        """Close the loops, and let the program call the function for a target of its own."""
        while self.depth:
            self.close()
        given = [f"ptr noalias readonly {name}" for name in self._given.values()]
        self.parameters = ["ptr noalias readonly %frame", "ptr noalias %out", *given]
        self.module.functions.append(self.text())
        operands = ", ".join(f"ptr {one}" for one in ("%arena", target, *self._given))
        self.program.act(f"call void {self.name}({operands})")
