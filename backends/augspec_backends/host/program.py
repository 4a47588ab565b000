"""A program: a function that computes arrays one after the other, and keeps them until it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from augspec_backends.host.arena import Arena
from augspec_backends.host.code import Module, stored_bytes
from augspec_backends.host.graph import Node, elementwise
from augspec_backends.host.kept import COPIED, gathered, kept, rows_read
from augspec_backends.host.lanes import SPACE
from augspec_backends.host.levels import look_up
from augspec_backends.host.makers import MAKERS, entries
from augspec_backends.host.values import Values

__all__ = ["Program"]

_IMAGES = (3, 4)
"""Axes of images: of one sample, or of a batch of one."""


class Program(Values):
    """A function of pointers: to memory of its own, `%arena`, to its inputs, and to its outputs.

    Args:
        module: what it is written into.
        outputs: what it computes.
        parts: how many samples the outputs have that may be shared out: each call computes those from the first to the
            last of two numbers, i32, with which its memory begins. 0: it computes all.

    Attributes:
        inputs: what it turned out to need, in the order of its parameters.
        size: of its own memory, in bytes.
    """

    def __init__(self, module: Module, outputs: Sequence[Node], parts: int = 0) -> None:
        super().__init__(module, module.name("program"))
        self.inputs: list[Node] = []
        self._arena = Arena()
        self._parts = parts
        self._ends = self._arena.fixed(8) if parts else 0
        self._parted: int | None = None
        look_up(outputs)
        self._kept = kept(outputs)
        self._rows = rows_read(outputs)
        self._pointers: dict[int, str] = {}
        self._making: set[int] = set()
        self._spacious: set[int] = set()
        self._slots: dict[str, int] = {}
        self._results: dict[int, list[str]] = {}
        self.parameters = ["ptr noalias %arena"]
        targets = [f"%out{number}" for number in range(len(outputs))]
        self._wanted: dict[tuple[int, int], str] = {}
        for target, node in zip(targets, outputs, strict=True):
            if node.op == "chosen":
                self._wanted.setdefault((node.args[0].serial, node.data), target)
        for node in gathered(outputs):
            self._copy(node)
        for target, node in zip(targets, outputs, strict=True):
            self._place(node, target)
        self.parameters += [f"ptr noalias {target}" for target in targets]
        text, self.size = self._arena.placed(self.text())
        module.functions.append(text)

    def emit(self, text: str, *operands: str) -> str:
        """Return the name of a value that an instruction computes from operands, and note what memory that touches."""
        found = super().emit(text, *operands)
        if "ptr " in text:
            self._arena.note(text, found, moves=not self.depth)
        return found

    def act(self, text: str) -> None:
        """Write an instruction without a value into the innermost block, and note what memory it touches."""
        super().act(text)
        if "ptr " in text:
            self._arena.note(text, None, moves=not self.depth)

    def memory(self, node: Node, count: int = 1) -> str:
        """Return a pointer to new memory for so many arrays like a node; around images of bytes there is space."""
        size = count * node.size * stored_bytes(node.dtype)
        if node.dtype != "uint8" or len(node.shape) not in _IMAGES:
            return self._own(self._arena.allocate(size))
        self._spacious.add(node.serial)
        space = SPACE * -(-node.shape[-2] * node.shape[-1] // SPACE) + SPACE
        start = self._own(self._arena.allocate(size + 2 * space))
        return self.emit(f"getelementptr inbounds i8, ptr {start}, i64 {space}", start)

    def spacious(self, image: Node) -> Node | None:
        """Return the array in memory that an image of bytes is, with space around it; None if there is none."""
        while image.op == "slice" and image.args[0].shape == image.shape[1:]:
            image = image.args[0]
        return image if self.pointer(image) is not None and image.serial in self._spacious else None

    def _copy(self, node: Node) -> None:
        """Copy an input into the program's own memory, if that pays, and let all reads be of the copy."""
        size = node.size * stored_bytes(node.dtype)
        if node.op == "row" and (node.dtype != "uint8" or len(node.shape) not in _IMAGES):
            return
        given = self.pointer(node)
        if not 0 < size < COPIED or given is None:
            return
        self.module.declare("void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
        copy, (start, count) = self.memory(node), self._bytes_read(node, size)
        to, source = (self.emit(f"getelementptr i8, ptr {one}, i64 {start}", one, start) for one in (copy, given))
        self.act(f"call void @llvm.memcpy.p0.p0.i64(ptr {to}, ptr {source}, i64 {count}, i1 false)")
        self._pointers[node.serial] = copy

    def _bytes_read(self, node: Node, size: int) -> tuple[str, str]:
        """Return where the rows begin that are read of an image, and how many bytes they have."""
        ends = self.part(node)
        if ends is None:
            return "0", str(size)
        first, end = (self.value(one, ()) for one in ends)
        rows = self.emit(f"sub i32 {end}, {first}", end, first)
        wide = [self.emit(f"sext i32 {one} to i64", one) for one in (first, rows)]
        start, count = (self.emit(f"mul i64 {one}, {size // node.shape[-3]}", one) for one in wide)
        return start, count

    def _own(self, start: int | str) -> str:
        return self.emit(f"getelementptr inbounds i8, ptr %arena, i64 {start}")

    def slot(self, value: str, dtype: str) -> int:
        """Keep an entry for kernels, and return where in the program's memory."""
        if value not in self._slots:
            start = self._slots[value] = self._arena.fixed(8, aligned=8)
            self.write(value, self._own(start), dtype)
        return self._slots[value]

    def pointer(self, node: Node) -> str | None:
        """Return the pointer to an array that is given or kept; it is computed at its first use."""
        if node.serial not in self._pointers:
            found = self._found(node)
            if found is None:
                return None
            self._pointers[node.serial] = found
        return self._pointers[node.serial]

    def _found(self, node: Node) -> str | None:
        if node.op in ("input", "row"):
            self.inputs.append(node)
            name = f"%in{len(self.inputs)}"
            self.parameters.append(f"ptr noalias readonly {name}")
            return name
        if node.serial not in self._kept or node.serial in self._making:
            return None
        if node.op == "chosen":
            (choice,) = node.args
            if choice.serial not in self._results:
                self._choose(choice)
            place: int = node.data
            return self._results[choice.serial][place]
        inner = self.pointer(node.args[0]) if node.op == "buffer" else None
        return inner or self._make(node, self.memory(node))

    def _place(self, node: Node, target: str) -> None:
        """Compute an output; one that is there already, for another output or as an input, is copied."""
        if node.op == "chosen" and self.pointer(node) == target:
            return
        there = node.op in ("input", "row", "chosen") or node.serial in self._pointers
        if there or (node.op == "buffer" and self.pointer(node.args[0]) is not None):
            self._in_parts(node, target, entries)
        elif self._parts and node.serial not in self._kept:
            self._in_parts(node, target, Program._make)
        else:
            self._pointers[node.serial] = self._make(node, target)

    def _in_parts(self, node: Node, target: str, make: Callable[[Program, Node, str], object]) -> None:
        """Compute an output that nothing else reads: of each call's own samples alone, where these are shared out."""
        self._parted = node.serial if node.shape[:1] == (self._parts,) else None
        make(self, node, target)
        self._parted = None

    def own_part(self, node: Node) -> tuple[int, int] | None:
        """Return where kernels find the first sample to compute of an array and the end of those; None for all."""
        return (self._ends, self._ends + 4) if node.serial == self._parted else None

    def _make(self, node: Node, target: str) -> str:
        if node.size:
            self._making.add(node.serial)
            MAKERS.get(node.op, entries)(self, node, target)
            self._making.remove(node.serial)
        return target

    def in_memory(self, node: Node) -> str:
        """Return the pointer to an array, which is kept from now on."""
        found = self.pointer(node)
        if found is None:
            found = self._pointers[node.serial] = self._make(node, self.memory(node))
        return found

    def part(self, node: Node) -> tuple[Node, Node] | None:
        """Return the first row that is read of an image and the end of those; None if it may be any."""
        indices = self._rows.get(node.serial)
        if indices is None:
            return None
        ends: list[Node] = []
        for op, fold in ("least", "min"), ("most", "max"):
            found = [Node(op, (one,), (), one.dtype, (0, 1)) for one in indices]
            self._kept |= {one.serial for one in found}
            end = found[0]
            for one in found[1:]:
                end = elementwise(fold, end, one)
            ends.append(end)
        return ends[0], ends[1] + 1

    def _choose(self, node: Node) -> None:
        """Call, for every row, the program of the branch that it chose."""
        branch, *arrays = node.args
        stand_ins, ends, unchanged = node.data
        programs = [Program(self.module, end) for end in ends]
        results: Sequence[Node] = ends[0]
        if all(a.shape == b.shape and a.dtype == b.dtype for a, b in zip(results, unchanged, strict=True)):
            programs.append(Program(self.module, unchanged))  # for rows that chose none of the branches
        count = branch.shape[0]
        whole = {one.serial: array for one, array in zip(stand_ins, arrays, strict=True)}
        needed = {one.serial: one for program in programs for one in program.inputs}
        given = {serial: self.in_memory(whole.get(serial, one)) for serial, one in needed.items()}
        if count > 1:
            self.in_memory(branch)
        arena = self._own(self._arena.allocate(max(one.size for one in programs)))
        outputs = [
            self._wanted.get((node.serial, place)) or self.memory(one, count) for place, one in enumerate(results)
        ]
        row: int | str = self.open(count) if count > 1 else 0
        number = self.value(branch, (row,))

        def of_row(pointer: str, one: Node) -> str:
            return self.address(pointer, (count, one.size), one.dtype, (row, 0))

        own = {
            serial: of_row(given[serial], one) if serial in whole else given[serial] for serial, one in needed.items()
        }
        written = [of_row(pointer, one) for pointer, one in zip(outputs, results, strict=True)]
        for case in self.branches(number, len(programs)):
            read = [own[one.serial] for one in programs[case].inputs]
            self.act(f"call void {programs[case].name}({', '.join(f'ptr {one}' for one in (arena, *read, *written))})")
        if count > 1:
            self.close()
        self._results[node.serial] = outputs
