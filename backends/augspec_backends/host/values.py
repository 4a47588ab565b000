"""From an array and an index to the instructions that compute this one entry: nothing else, and each part once."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping
from typing import Any, ClassVar

from augspec_backends.host.code import TYPES, Module, literal, stored_bytes
from augspec_backends.host.graph import Node
from augspec_backends.host.indices import Index, Indices

__all__ = ["Values"]

_Request = tuple[Node, Index]
_Steps = Generator[_Request, str, str]
"""Asks for entries, one after the other, and returns the operand that is its own."""


class Values(Indices, ABC):
    """A function that is being written, and the entries that are known in it.

    Attributes:
        gathers: whether it reads words of four bytes at places that are computed, not counted.
    """

    def __init__(self, module: Module, name: str) -> None:
        super().__init__(module, name)
        self._known: list[dict[tuple[int, Index], str]] = [{}]
        self._jumps: set[str] = set()
        self.gathers = False

    def open(self, count: int, within: tuple[str, str] | None = None) -> str:
        """Begin a loop, and return its number."""
        self._known.append({})
        return super().open(count, within)

    def close(self) -> None:
        """End the innermost loop, and forget what was known in it."""
        self._known.pop()
        super().close()

    @abstractmethod
    def pointer(self, node: Node) -> str | None:
        """Return the pointer to an array's entries if it is one that is kept; it is computed now if it has to be."""

    def outside(self, node: Node, index: Index) -> str | None:
        """Return an entry that no loop changes, where another function computes these."""
        return None

    def value(self, node: Node, index: Index) -> str:
        """Return the operand that is an entry of an array; graphs are deep, so that this is no recursion."""
        request = (node, _fitting(node, index))
        found = self._recall(request)
        if found is not None:
            return found
        stack: list[tuple[_Request, _Steps]] = [(request, self._steps(*request))]
        answer: str | None = None
        while stack:
            request, steps = stack[-1]
            try:
                node, index = steps.send(answer)  # type: ignore[arg-type]
            except StopIteration as done:
                stack.pop()
                answer = str(done.value)
                self._known[self.depth_of(answer)][request[0].serial, request[1]] = answer
                continue
            request = (node, _fitting(node, index))
            answer = self._recall(request)
            if answer is None:
                stack.append((request, self._steps(*request)))
        assert answer is not None
        return answer

    def _recall(self, request: _Request) -> str | None:
        key = (request[0].serial, request[1])
        for known in self._known:
            if key in known:
                return known[key]
        return None

    def _steps(self, node: Node, index: Index) -> _Steps:
        if node.op == "constant":
            return self._constant(node, index)
        if not any(isinstance(one, str) for one in index):
            found = self.outside(node, index)
            if found is not None:
                return _at_once(found)
        pointer = self.pointer(node)
        if pointer is not None:
            return _at_once(self._entry(pointer, node, index))
        special = self._ENTRIES.get(node.op)
        return self._elementwise(node, index) if special is None else special(self, node, index)

    def _entry(self, pointer: str, node: Node, index: Index) -> str:
        """Return what is in memory; where the place of a pixel is computed, the pixel is read as one word."""
        if not self._jumps.isdisjoint(index):
            byte = self.byte_of_pixel(pointer, node.shape, index) if node.dtype == "uint8" else None
            self.gathers |= byte is not None or stored_bytes(node.dtype) == 4
            if byte is not None:
                return byte
        return self.load(pointer, node.shape, node.dtype, index)

    def _constant(self, node: Node, index: Index) -> _Steps:
        yield from ()
        if all(isinstance(one, int) for one in index):
            return literal(node.data[index], node.dtype)
        lanes = self.lanes_of(node.data, index)
        if lanes is not None:
            repeated, at = lanes
            return self.load(self.module.table(repeated), repeated.shape, node.dtype, (at,))
        return self._entry(self.module.table(node.data), node, index)

    def _elementwise(self, node: Node, index: Index) -> _Steps:
        values = []
        for arg in node.args:
            value = yield arg, index[len(index) - len(arg.shape) :]
            values.append(value)
        return self.compute(node.op, node.dtype, node.args[-1].dtype, values)

    def _arange(self, node: Node, index: Index) -> _Steps:
        yield from ()
        return str(index[0])

    def _buffer(self, node: Node, index: Index) -> _Steps:
        return (yield node.args[0], index)

    # Views: another index of the same entry.

    def _slice(self, node: Node, index: Index) -> _Steps:
        inner = [
            first if axis is None else self.plus(self.product(index[axis], step), first)
            for first, step, axis in node.data
        ]
        return (yield node.args[0], tuple(inner))

    def _transpose(self, node: Node, index: Index) -> _Steps:
        return (yield node.args[0], tuple(index[node.data.index(axis)] for axis in range(len(index))))

    def _flip(self, node: Node, index: Index) -> _Steps:
        axis = node.data
        mirrored = self.plus(self.product(index[axis], -1), node.shape[axis] - 1)
        return (yield node.args[0], _with(index, axis, mirrored))

    def _reshape(self, node: Node, index: Index) -> _Steps:
        return (yield node.args[0], self.reshaped(index, node.shape, node.args[0].shape))

    def _select(self, node: Node, index: Index) -> _Steps:
        axis, which = node.data
        at = index[axis]
        if isinstance(at, int):
            inner: int | str = int(which[at])
        else:
            inner = self.load(self.module.table(which), which.shape, "int32", (at,))
        return (yield node.args[0], _with(index, axis, inner))

    def _concat(self, node: Node, index: Index) -> _Steps:
        """Return the entry of the part that holds it; where that is not known, all parts are read, each inside."""
        axis, start, found = node.data, 0, ""
        at, kind = index[axis], TYPES[node.dtype]
        for part in node.args:
            length = part.shape[axis]
            if isinstance(at, int):
                if start <= at < start + length:
                    return (yield part, _with(index, axis, at - start))
            elif length:
                own = self.clamped(self.plus(at, -start), length - 1) if length > 1 else 0
                value = yield part, _with(index, axis, own)
                if found:
                    later = self.emit(f"icmp sge i32 {at}, {start}", at)
                    value = self.emit(f"select i1 {later}, {kind} {value}, {kind} {found}", later, value, found)
                found = value
            start += length
        return found

    # Entries at computed places.

    def _take(self, node: Node, index: Index) -> _Steps:
        table, which = node.args
        at = yield which, index
        return (yield table, (self._jump(at),))

    def _take_rows(self, node: Node, index: Index) -> _Steps:
        tables, which = node.args
        at = yield which, index
        return (yield tables, (index[0], self._jump(at)))

    def _level(self, node: Node, index: Index) -> _Steps:
        table, image = node.args
        byte = yield image, index
        at = self.emit(f"zext i8 {byte} to i32", byte)
        return (yield table, _fitting(table, (0, 0, at, index[3])))

    def _gather_at(self, node: Node, index: Index) -> _Steps:
        image, rows, columns = node.args
        y = yield rows, index[3 - len(rows.shape) : 3]
        x = yield columns, index[3 - len(columns.shape) : 3]
        return (yield image, (index[0], self._jump(y), self._jump(x), index[3]))

    def _gather_axis(self, node: Node, index: Index) -> _Steps:
        x, which = node.args
        at = yield which, (index[0], index[node.data])
        return (yield x, _with(index, node.data, self._jump(at)))

    def _jump(self, at: str) -> int | str:
        """Return a computed operand as the number of a place, and remember it if no loop counts it."""
        if not self.is_counted(at):
            self._jumps.add(at)
        return _whole(at)

    # Reductions of a few entries, in their order.

    def _few(self, node: Node, index: Index) -> _Steps:
        axes, (x,), total = node.data, node.args, ""
        for some in itertools.product(*(range(x.shape[axis]) for axis in axes)):
            own, rest = iter(some), iter(index)
            value = yield x, tuple(next(own if axis in axes else rest) for axis in range(len(x.shape)))
            total = self.combine(node.op, node.dtype, total, value) if total else value
        return total

    _ENTRIES: ClassVar[Mapping[str, Callable[[Any, Node, Index], _Steps]]] = {
        "arange": _arange,
        "buffer": _buffer,
        "concat": _concat,
        "flip": _flip,
        "gather_at": _gather_at,
        "gather_axis": _gather_axis,
        "least": _few,
        "level": _level,
        "most": _few,
        "noted": _buffer,
        "reshape": _reshape,
        "select": _select,
        "slice": _slice,
        "sum": _few,
        "take": _take,
        "take_rows": _take_rows,
        "transpose": _transpose,
    }
    """How an entry is found of what is no function of entries."""


def _at_once(value: str) -> _Steps:
    yield from ()
    return value


def _whole(value: str) -> int | str:
    """Return an operand as an index."""
    return value if value.startswith("%") else int(value)


def _with(index: Index, axis: int, number: int | str) -> Index:
    return (*index[:axis], number, *index[axis + 1 :])


def _fitting(node: Node, index: Index) -> Index:
    """Return an index with zeros where an axis has one entry."""
    if 1 not in node.shape:
        return index
    return tuple([0 if side == 1 else one for side, one in zip(node.shape, index, strict=True)])
