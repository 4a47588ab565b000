"""One LLVM function as text: blocks, a nest of counted loops, and values written where they vary least.

A value is known at a depth: 0 outside of all loops, 1 in the outermost one, and so on. It is written into the block of
its depth, in front of the loops inside, and equal texts at one depth are one value: what a loop does not change is not
computed in it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["STORED", "TYPES", "Code", "Module", "literal", "stored_bytes"]

TYPES = {
    "bool": "i1",
    "int8": "i8",
    "uint8": "i8",
    "int16": "i16",
    "uint16": "i16",
    "float16": "i16",  # their bits
    "bfloat16": "i16",
    "int32": "i32",
    "uint32": "i32",
    "int64": "i64",
    "uint64": "i64",
    "float32": "float",
    "float64": "double",
}
"""LLVM's types of values."""

STORED = {**TYPES, "bool": "i8"}
"""The same in memory."""

_BYTES = {"i8": 1, "i16": 2, "i32": 4, "i64": 8, "float": 4, "double": 8}


def stored_bytes(dtype: str) -> int:
    """Return how many bytes one entry takes."""
    return _BYTES[STORED[dtype]]


def literal(value: Any, dtype: str) -> str:
    """Return a number as LLVM writes it."""
    if dtype == "bool":
        return "true" if value else "false"
    if dtype in ("float32", "float64"):
        return "0x" + struct.pack(">d", float(value)).hex().upper()
    if dtype in ("float16", "bfloat16"):
        return str(int(np.asarray(value).view(np.uint16)))
    return str(int(value))


@dataclass
class Block:
    """A block of instructions with one entry and one end."""

    name: str
    lines: list[str] = field(default_factory=list)
    end: str = "ret void"


@dataclass
class _Scope:
    """One depth: the block where its values are written, and those that are known."""

    block: Block
    number: str = ""
    header: Block | None = None
    end: str = ""
    texts: dict[str, str] = field(default_factory=dict)


class Module:
    """Functions, constants and declarations that are compiled together.

    Args:
        gathering: attributes of functions that read words at computed places.
    """

    def __init__(self, gathering: str = "") -> None:
        self.gathering = gathering
        self.functions: list[str] = []
        self.declared: dict[str, None] = {}
        self._constants: dict[tuple[bytes, int], str] = {}
        self._names = 0

    def name(self, stem: str) -> str:
        """Return a new name of a function."""
        self._names += 1
        return f"@{stem}{self._names}"

    def table(self, array: np.ndarray) -> str:
        """Return the name of a constant with an array's bytes."""
        key = (np.ascontiguousarray(array).tobytes(), array.dtype.itemsize)
        if key not in self._constants:
            self._constants[key] = f"@table{len(self._constants)}"
        return self._constants[key]

    def declare(self, text: str) -> None:
        """Note a function of LLVM's, or of the C library, that is called."""
        self.declared[text] = None

    def text(self) -> str:
        """Return everything."""
        lines = [f"declare {text}" for text in self.declared]
        for (data, _), name in self._constants.items():
            inside = "".join(f"\\{byte:02X}" for byte in data)
            lines.append(f'{name} = private unnamed_addr constant [{len(data)} x i8] c"{inside}", align 64')
        return "\n".join([*lines, *self.functions, ""])


class Code:
    """A function that is being written.

    Args:
        module: what it is part of.
        name: its name, with the @.
    """

    def __init__(self, module: Module, name: str) -> None:
        self.module, self.name = module, name
        self.parameters: list[str] = []
        self.attributes = "nounwind"
        self._names = 0
        self._depths: dict[str, int] = {}
        entry = Block("entry")
        self.blocks = [entry]
        self.scopes = [_Scope(entry)]

    @property
    def depth(self) -> int:
        """Return how many loops are open."""
        return len(self.scopes) - 1

    def depth_of(self, *operands: Any) -> int:
        """Return the depth at which all operands are known."""
        return max([self._depths.get(one, 0) for one in operands]) if operands else 0

    def _name(self) -> str:
        self._names += 1
        return f"%v{self._names}"

    def emit(self, text: str, *operands: str) -> str:
        """Return the name of a value that an instruction computes from operands; equal ones are computed once."""
        at = self.depth_of(*operands)
        scope = self.scopes[at]
        known = scope.texts.get(text)
        if known is None:
            known = self._name()
            scope.block.lines.append(f"{known} = {text}")
            scope.texts[text] = known
            if at:
                self._depths[known] = at
        return known

    def fresh(self, text: str) -> str:
        """Return the name of a value that may differ from that of an equal text: a load of what changes."""
        name = self._name()
        self.act(f"{name} = {text}")
        self._depths[name] = self.depth
        return name

    def variable(self, kind: str, start: str) -> str:
        """Return the address of a number of one of LLVM's types that changes, set to its start where the loops are."""
        name = self._name()
        self.blocks[0].lines.insert(0, f"{name} = alloca {kind}")
        self.act(f"store {kind} {start}, ptr {name}")
        return name

    def room(self, count: int) -> str:
        """Return the address of so many i32 that change."""
        name = self._name()
        self.blocks[0].lines.insert(0, f"{name} = alloca [{count} x i32], align 64")
        return name

    def act(self, text: str) -> None:
        """Write an instruction without a value into the innermost block."""
        self.scopes[-1].block.lines.append(text)

    def _block(self, stem: str) -> Block:
        block = Block(f"{stem}{len(self.blocks)}")
        self.blocks.append(block)
        return block

    def open(self, count: int, within: tuple[str, str] | None = None) -> str:
        """Begin a loop, and return its number, i32 from 0 to count − 1, or to the end of a part that is not empty.

        Args:
            count: how many turns it has, or at most has.
            within: first number and end of the part; all turns by default.
        """
        assert count > 0
        first, end = within or ("0", str(count))
        outer, header = self.scopes[-1].block, self._block("loop")
        outer.end = f"br label %{header.name}"
        number = self._name()
        self.scopes.append(_Scope(header, number, header, end))
        self._depths[number] = self.depth
        header.lines.append(f"{number} = phi i32 [ {first}, %{outer.name} ], [ {number}n, %LATCH ]")
        return number

    def close(self) -> None:
        """End the innermost loop."""
        scope = self.scopes.pop()
        last, after = scope.block, self._block("after")
        assert scope.header is not None
        scope.header.lines[0] = scope.header.lines[0].replace("%LATCH", f"%{last.name}")
        last.lines.append(f"{scope.number}n = add nuw nsw i32 {scope.number}, 1")
        last.lines.append(f"{scope.number}c = icmp ult i32 {scope.number}n, {scope.end}")
        last.end = f"br i1 {scope.number}c, label %{scope.header.name}, label %{after.name}"
        self.scopes[-1].block = after

    def branches(self, number: str, count: int) -> Iterator[int]:
        """Write a switch of a value i32: yield every case, whose instructions are written into its own block."""
        outer, after = self.scopes[-1].block, self._block("joined")
        cases = [self._block("case") for _ in range(count)]
        arms = " ".join(f"i32 {case}, label %{block.name}" for case, block in enumerate(cases))
        outer.end = f"switch i32 {number}, label %{after.name} [ {arms} ]"
        for case, block in enumerate(cases):
            self.scopes[-1].block = block
            block.end = f"br label %{after.name}"
            yield case
            self.scopes[-1].block.end = f"br label %{after.name}"
        self.scopes[-1].block = after

    def text(self) -> str:
        """Return the whole function."""
        lines = [f"define internal void {self.name}({', '.join(self.parameters)}) {self.attributes} {{"]
        for block in self.blocks:
            lines += [f"{block.name}:", *("  " + line for line in block.lines), f"  {block.end}"]
        return "\n".join([*lines, "}"])
