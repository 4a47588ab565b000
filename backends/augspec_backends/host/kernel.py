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

    def run(self, node: Node) -> Index:
        """Open loops over an array (…, pixels, channels), the innermost one through both, and return the index."""
        outer = [self.open_axis(node, axis) if side > 1 else 0 for axis, side in enumerate(node.shape[:-2])]
        return (*outer, *self.run_through(*node.shape[-2:]))

    def nest(self, node: Node) -> Iterator[Index]:
        """Open loops over an array, and yield the indices of one turn: short axes are unrolled, the last ones first."""
        unrolled, together = set(), 1
        for axis in reversed(range(len(node.shape))):
            if node.shape[axis] <= _SHORT and together * node.shape[axis] <= _TOGETHER:
                unrolled.add(axis)
                together *= node.shape[axis]
        ranges: list[Sequence[int | str]] = [
            range(side) if axis in unrolled else [self.open_axis(node, axis)] for axis, side in enumerate(node.shape)
        ]
        yield from itertools.product(*ranges)

    def open_axis(self, node: Node, axis: int) -> str:
        """Open the loop over an axis: of an image's rows, over those that are read; of samples, over a call's own."""
        ends = self.program.part(node) if axis == 1 and len(node.shape) == 4 else None
        within = ends and (self.value(ends[0], ()), self.value(ends[1], ()))
        if axis == 0 and (own := self.program.own_part(node)):
            within = self._framed(own[0], "int32"), self._framed(own[1], "int32")
        return self.open(node.shape[axis], within)

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
        return self._framed(self.program.slot(value, node.dtype), node.dtype)

    def _framed(self, start: int, dtype: str) -> str:
        """Return an entry that lies in the program's memory."""
        return self.read(self.emit(f"getelementptr inbounds i8, ptr %frame, i64 {start}"), dtype)

    def finish(self, target: str) -> None:
        """Close the loops, and let the program call the function for a target of its own."""
        while self.depth:
            self.close()
        given = [f"ptr noalias readonly {name}" for name in self._given.values()]
        self.parameters = ["ptr noalias readonly %frame", "ptr noalias %out", *given]
        if self.gathers:
            self.attributes += self.module.gathering
        self.module.functions.append(self.text())
        operands = ", ".join(f"ptr {one}" for one in ("%arena", target, *self._given))
        self.program.act(f"call void {self.name}({operands})")
