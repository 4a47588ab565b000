"""A program: a function that computes outputs from inputs, array after array, each by a kernel of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from augspec_backends.host.code import STORED, TYPES, Module, literal, stored_bytes
from augspec_backends.host.graph import Node
from augspec_backends.host.memory import reductions, stored
from augspec_backends.host.values import Index, Values

__all__ = ["Program"]

_UNROLLED = 4
"""Up to this length axes are unrolled: channels."""

_ALIGNED = 64


class Program(Values):
    """Computes arrays one after the other, in memory that its caller gives.

    Args:
        module: what it is written into.
        outputs: what it computes; each into memory of the caller's.
        parent: the program that calls it for one branch of a choice.
    """

    def __init__(self, module: Module, outputs: Sequence[Node], parent: Program | None = None) -> None:
        super().__init__(module, module.name("program"))
        self.outputs, self.parent = outputs, parent
        self.inputs: list[Node] = []
        self.size = 0
        self._stored = stored(outputs)
        self._pointers: dict[int, str] = {}
        self._making: set[int] = set()
        self._slots: dict[str, int] = {}
        self._results: dict[int, list[str]] = {}
        self.parameters = ["ptr noalias %arena"]
        targets = [f"%out{number}" for number in range(len(outputs))]
        for target, node in zip(targets, outputs, strict=True):
            self._place(node, target)
        self.parameters += [f"ptr noalias {target}" for target in targets]
        module.functions.append(self.text())

    def allocate(self, size: int) -> str:
        """Return a pointer to memory of the program's own."""
        start = -(-self.size // _ALIGNED) * _ALIGNED
        self.size = start + size
        return self.emit(f"getelementptr inbounds i8, ptr %arena, i64 {start}")

    def slot(self, value: str, dtype: str) -> int:
        """Keep an entry for kernels, and return its place in the arena."""
        if value not in self._slots:
            start = -(-self.size // 8) * 8
            self.size = start + 8
            at = self.emit(f"getelementptr inbounds i8, ptr %arena, i64 {start}")
            kept = self.emit(f"zext i1 {value} to i8", value) if dtype == "bool" else value
            self.act(f"store {STORED[dtype]} {kept}, ptr {at}")
            self._slots[value] = start
        return self._slots[value]

    def pointer(self, node: Node) -> str | None:
        if node.serial in self._pointers:
            return self._pointers[node.serial]
        if node.op in ("input", "row"):
            return self._input(node)
        if node.serial not in self._stored or node.serial in self._making:
            return None
        if node.op == "buffer":
            inner = self.pointer(node.args[0])
            if inner is not None:
                self._pointers[node.serial] = inner
                return inner
        if node.op == "chosen":
            (choice,) = node.args
            if choice.serial not in self._results:
                self._choose(choice)
            found = self._pointers[node.serial] = self._results[choice.serial][node.data]
            return found
        self._make(node, self.allocate(node.size * stored_bytes(node.dtype)))
        return self._pointers[node.serial]

    def _input(self, node: Node) -> str:
        self.inputs.append(node)
        name = self._pointers[node.serial] = f"%in{len(self.inputs)}"
        self.parameters.append(f"ptr noalias readonly {name}")
        return name

    def _place(self, node: Node, target: str) -> None:
        """Compute an output into the caller's memory."""
        fresh = node.serial in self._stored and node.serial not in self._pointers
        if fresh and node.op not in ("input", "row", "buffer", "chosen"):
            self._make(node, target)
        elif node.op == "buffer" and fresh and self.pointer(node.args[0]) is None:
            self._make(node, target)
        else:
            self._map(node, target)

    def _make(self, node: Node, target: str) -> None:
        special: Callable[[Node, str], None] = getattr(self, f"_make_{node.op}", self._map)
        self._making.add(node.serial)
        special(node, target)
        self._making.remove(node.serial)
        self._pointers[node.serial] = target

    def _map(self, node: Node, target: str) -> None:
        """Compute every entry by itself."""
        if node.size == 1:
            index = (0,) * len(node.shape)
            self.store(self.value(node, index), target, node.shape, node.dtype, index)
            return
        if node.size == 0:
            return
        kernel = Kernel(self)
        for index in kernel.nest(node.shape):
            kernel.store(kernel.value(node, index), "%out", node.shape, node.dtype, index)
        kernel.finish(target)

    def _make_concat(self, node: Node, target: str) -> None:
        axis, start = node.data, 0
        for part in node.args:
            if part.size:
                kernel = Kernel(self)
                for index in kernel.nest(part.shape):
                    moved = (*index[:axis], kernel.plus(index[axis], start), *index[axis + 1 :])
                    kernel.store(kernel.value(part, index), "%out", node.shape, node.dtype, moved)
                kernel.finish(target)
            start += part.shape[axis]

    def _make_sum(self, node: Node, target: str) -> None:
        (x,), axes = node.args, node.data
        if reductions(node) == 0:
            raise ValueError("a reduction of nothing")
        kernel = Kernel(self)
        wide = {"float32": "float64"}.get(node.dtype, node.dtype) if node.op == "sum" else node.dtype
        kind = TYPES[wide]
        rest = [axis for axis in range(len(x.shape)) if axis not in axes]
        outer = list(kernel.nest(node.shape))
        totals = [kernel.variable(kind, _start(node.op, wide)) for _ in outer]
        numbers = {axis: kernel.open(x.shape[axis]) if x.shape[axis] > 1 else 0 for axis in axes}
        for index, total in zip(outer, totals, strict=True):
            places = {**numbers, **dict(zip(rest, index, strict=True))}
            value = kernel.value(x, tuple(places[axis] for axis in range(len(x.shape))))
            if wide != node.dtype:
                value = kernel.emit(f"fpext float {value} to double", value)
            old = kernel.fresh(f"load {kind}, ptr {total}")
            kernel.act(f"store {kind} {kernel.combine(node.op, wide, old, value)}, ptr {total}")
        for axis in axes:
            if x.shape[axis] > 1:
                kernel.close()
        for index, total in zip(outer, totals, strict=True):
            value = kernel.fresh(f"load {kind}, ptr {total}")
            if wide != node.dtype:
                value = kernel.emit(f"fptrunc double {value} to float", value)
            kernel.store(value, "%out", node.shape, node.dtype, index)
        kernel.finish(target)

    _make_least = _make_most = _make_sum

    def _make_cumulative_sum(self, node: Node, target: str) -> None:
        (x,), axis, kind = node.args, node.data, TYPES[node.dtype]
        kernel = Kernel(self)
        others = {a: kernel.open(side) if side > 1 else 0 for a, side in enumerate(node.shape) if a != axis}
        total = kernel.variable(kind, literal(0, node.dtype))
        number = kernel.open(node.shape[axis])
        index = tuple({**others, axis: number}[a] for a in range(len(node.shape)))
        value = kernel.value(x, index)
        old = kernel.fresh(f"load {kind}, ptr {total}")
        new = kernel.combine("sum", node.dtype, old, value)
        kernel.act(f"store {kind} {new}, ptr {total}")
        kernel.store(new, "%out", node.shape, node.dtype, index)
        kernel.finish(target)

    def _make_histogram(self, node: Node, target: str) -> None:
        (x,), (rows, bins) = node.args, node.shape
        kernel = Kernel(self)
        row = kernel.open(rows) if rows > 1 else 0
        number = kernel.open(bins)
        kernel.store("0", "%out", node.shape, "int32", (row, number))
        kernel.close()
        entry = kernel.open(x.shape[1])
        level = kernel.value(x, (row, entry))
        at = kernel.address("%out", node.shape, "int32", (row, level))
        old = kernel.fresh(f"load i32, ptr {at}")
        kernel.act(f"store i32 {kernel.emit(f'add i32 {old}, 1', old)}, ptr {at}")
        kernel.finish(target)

    def _make_argsort(self, node: Node, target: str) -> None:
        """Count for every number those before it in order: their count is its place."""
        (x,), n = node.args, node.shape[0]
        kernel = Kernel(self)
        mine = kernel.open(n)
        total = kernel.variable("i32", "0")
        other = kernel.open(n)
        a, b = kernel.value(x, (mine,)), kernel.value(x, (other,))
        smaller = kernel.emit(f"icmp slt i32 {b}, {a}", a, b)
        equal = kernel.emit(f"icmp eq i32 {b}, {a}", a, b)
        before = kernel.emit(f"icmp slt i32 {other}, {mine}", other, mine)
        first = kernel.emit(f"and i1 {equal}, {before}", equal, before)
        counts = kernel.emit(f"or i1 {smaller}, {first}", smaller, first)
        one = kernel.emit(f"zext i1 {counts} to i32", counts)
        old = kernel.fresh(f"load i32, ptr {total}")
        kernel.act(f"store i32 {kernel.emit(f'add i32 {old}, {one}', old, one)}, ptr {total}")
        kernel.close()
        place = kernel.fresh(f"load i32, ptr {total}")
        kernel.store(mine, "%out", node.shape, "int32", (place,))
        kernel.finish(target)

    def _choose(self, node: Node) -> None:
        """Call, for every row, the program of the branch that it chose."""
        branch, *given = node.args
        stand_ins, ends, kept = node.data
        programs = [Program(self.module, end, self) for end in ends]
        results = ends[0]
        if all(a.shape == b.shape and a.dtype == b.dtype for a, b in zip(results, kept, strict=True)):
            programs.append(Program(self.module, kept, self))  # who chose none of the branches
        arena = self.allocate(max(program.size for program in programs))
        count = branch.shape[0]
        outputs = [self.allocate(count * one.size * stored_bytes(one.dtype)) for one in results]
        rows = {one.serial: array for one, array in zip(stand_ins, given, strict=True)}
        wanted = {one.serial: one for program in programs for one in program.inputs}
        pointers: dict[int, str] = {}
        for serial, one in wanted.items():
            pointers[serial] = self.in_memory(rows[serial]) if serial in rows else self.in_memory(one)
        if count > 1:
            self.in_memory(branch)
        row: int | str = self.open(count) if count > 1 else 0
        number = self.value(branch, (row,))

        def of_row(pointer: str, one: Node) -> str:
            if row == 0:
                return pointer
            return self.address(pointer, (count, one.size), one.dtype, (row, 0))

        own = {s: of_row(pointers[s], one) if s in rows else pointers[s] for s, one in wanted.items()}
        ins = [[own[one.serial] for one in program.inputs] for program in programs]
        outs = [of_row(pointer, one) for pointer, one in zip(outputs, results, strict=True)]
        for case in self.branches(number, len(programs)):
            operands = ", ".join(f"ptr {one}" for one in (arena, *ins[case], *outs))
            self.act(f"call void {programs[case].name}({operands})")
        if count > 1:
            self.close()
        self._results[node.serial] = outputs

    def in_memory(self, node: Node) -> str:
        """Return the pointer to an array, which is put into memory now if it is not there."""
        found = self.pointer(node)
        if found is None:
            found = self.allocate(node.size * stored_bytes(node.dtype))
            self._map(node, found)
            self._pointers[node.serial] = found
        return found


class Kernel(Values):
    """A function with loops that computes one array from others; no two of its pointers reach the same memory."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.module, program.module.name("kernel"))
        self.program = program
        self.attributes = "noinline nounwind"
        self._given: dict[str, str] = {}

    def nest(self, shape: Sequence[int]) -> Iterator[Index]:
        """Yield the index of every entry of one turn of loops over a shape; short axes are unrolled."""
        short = [axis for axis, side in enumerate(shape) if 1 < side <= _UNROLLED]
        product = 1
        unrolled = []
        for axis in reversed(short):
            product *= shape[axis]
            if product <= 16:
                unrolled.append(axis)
        ranges: list[Sequence[int | str]] = []
        for axis, side in enumerate(shape):
            if side == 1:
                ranges.append([0])
            elif axis in unrolled:
                ranges.append(range(side))
            else:
                ranges.append([self.open(side)])
        yield from itertools.product(*ranges)

    def variable(self, kind: str, start: str) -> str:
        """Return the address of a number that changes, set to its start where the loops are now."""
        name = self._name()
        self.blocks[0].lines.insert(0, f"{name} = alloca {kind}")
        self.act(f"store {kind} {start}, ptr {name}")
        return name

    def pointer(self, node: Node) -> str | None:
        found = self.program.pointer(node)
        if found is None:
            return None
        if found not in self._given:
            self._given[found] = f"%p{len(self._given)}"
        return self._given[found]

    def outside(self, node: Node, index: Index) -> str | None:
        value = self.program.value(node, index)
        if not value.startswith("%"):
            return value
        start = self.program.slot(value, node.dtype)
        at = self.emit(f"getelementptr inbounds i8, ptr %frame, i64 {start}")
        raw = self.emit(f"load {STORED[node.dtype]}, ptr {at}", at)
        return self.emit(f"trunc i8 {raw} to i1", raw) if node.dtype == "bool" else raw

    def finish(self, target: str) -> None:
        """Close the loops, and let the program call the function."""
        while self.depth:
            self.close()
        given = [f"ptr noalias readonly {name}" for name in self._given.values()]
        self.parameters = ["ptr noalias readonly %frame", "ptr noalias %out", *given]
        self.module.functions.append(self.text())
        operands = ", ".join(f"ptr {one}" for one in ("%arena", target, *self._given))
        self.program.act(f"call void {self.name}({operands})")


def _start(op: str, dtype: str) -> str:
    if op == "sum":
        return literal(0, dtype)
    if dtype.startswith("float"):
        return literal(float("inf") if op == "least" else float("-inf"), dtype)
    bits = 8 * stored_bytes(dtype) - (not dtype.startswith("u"))
    low = 0 if dtype.startswith("u") else -(2**bits)
    return literal(2**bits - 1 if op == "least" else low, dtype)
