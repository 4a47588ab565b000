"""From a node and an index to the instructions that compute one entry: nothing but that entry, and each part once."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from typing import Any, Protocol

import numpy as np

from augspec_backends.host.code import STORED, TYPES, Code, literal
from augspec_backends.host.graph import Node

__all__ = ["Index", "Memory", "Values"]

Index = tuple[int | str, ...]
"""One number per axis: known now, or the name of an i32."""

_Request = tuple[Node, Index]
_Steps = Generator[_Request, str, str]

_FEW = 16
"""Up to how many entries are reduced without a loop."""

_SIGNED = ("int8", "int16", "int32", "int64")
_FLOAT = ("float32", "float64")

_INTEGERS = {"add": "add", "sub": "sub", "mul": "mul", "and": "and", "or": "or", "xor": "xor", "shl": "shl"}
_FLOATS = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_COMPARISONS = {"lt": "lt", "le": "le", "gt": "gt", "ge": "ge", "eq": "eq", "ne": "ne"}


class Memory(Protocol):
    """An array in memory: a pointer, and what it points to."""

    shape: tuple[int, ...]
    dtype: str


class Values(Code):
    """A function that computes entries of arrays."""

    def __init__(self, module: Any, name: str) -> None:
        super().__init__(module, name)
        self._known: list[dict[tuple[int, Index], str]] = [{}]

    def open(self, count: int | str) -> str:
        self._known.append({})
        return super().open(count)

    def close(self) -> None:
        self._known.pop()
        super().close()

    def pointer(self, node: Node) -> str | None:
        """Return the pointer to a node's entries, if they are in memory; they are put there if they have to be."""
        raise NotImplementedError

    def outside(self, node: Node, index: Index) -> str | None:
        """Return an entry that no loop changes, if another function has computed it."""
        return None

    def value(self, node: Node, index: Index) -> str:
        """Return the operand that is an entry of an array."""
        request = (node, _fitting(node, index))
        found = self._recall(request)
        if found is not None:
            return found
        stack: list[tuple[_Request, _Steps]] = [(request, self._steps(*request))]
        answer: str | None = None
        while True:
            request, steps = stack[-1]
            try:
                wanted = steps.send(answer)  # type: ignore[arg-type]
            except StopIteration as done:
                stack.pop()
                answer = done.value
                self._known[self.depth_of(answer)][request[0].serial, request[1]] = answer
                if not stack:
                    return answer
                continue
            wanted = (wanted[0], _fitting(*wanted))
            answer = self._recall(wanted)
            if answer is None:
                stack.append((wanted, self._steps(*wanted)))

    def _recall(self, request: _Request) -> str | None:
        key = (request[0].serial, request[1])
        for known in self._known:
            if key in known:
                return known[key]
        return None

    # Arithmetic of indices: numbers that are known stay numbers.

    def plus(self, a: int | str, b: int | str) -> int | str:
        """Return a + b; neither overflows."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if a == 0 or b == 0:
            return b if a == 0 else a
        return self.emit(f"add nsw i32 {a}, {b}", str(a), str(b))

    def product(self, a: int | str, b: int) -> int | str:
        """Return a · b."""
        if isinstance(a, int):
            return a * b
        if b in (0, 1):
            return 0 if b == 0 else a
        return self.emit(f"mul nsw i32 {a}, {b}", a)

    def quotient(self, a: int | str, b: int) -> int | str:
        """Return a // b."""
        if isinstance(a, int):
            return a // b
        return a if b == 1 else self.emit(f"udiv i32 {a}, {b}", a)

    def remainder(self, a: int | str, b: int) -> int | str:
        """Return a % b."""
        if isinstance(a, int):
            return a % b
        return 0 if b == 1 else self.emit(f"urem i32 {a}, {b}", a)

    def linear(self, shape: Sequence[int], index: Index) -> int | str:
        """Return the place of an entry in row-major order."""
        assert int(np.prod(shape, dtype=np.int64)) < 2**31, shape
        place: int | str = 0
        for side, one in zip(shape, index, strict=True):
            place = self.plus(self.product(place, side), one)
        return place

    # Memory.

    def address(self, pointer: str, shape: Sequence[int], dtype: str, index: Index) -> str:
        """Return the address of an entry."""
        kind = STORED[dtype]
        last = index[-1] if index else 0
        if isinstance(last, int) and any(isinstance(one, str) for one in index):
            # What unrolled entries share is computed once.
            base = self.linear(shape, (*index[:-1], 0))
            wide = self.emit(f"sext i32 {base} to i64", str(base))
            shared = self.emit(f"getelementptr inbounds {kind}, ptr {pointer}, i64 {wide}", wide, pointer)
            return shared if last == 0 else self.emit(
                f"getelementptr inbounds {kind}, ptr {shared}, i64 {last}", shared
            )
        place = self.linear(shape, index)
        if isinstance(place, int):
            return pointer if place == 0 else self.emit(
                f"getelementptr inbounds {kind}, ptr {pointer}, i64 {place}", pointer
            )
        wide = self.emit(f"sext i32 {place} to i64", place)
        return self.emit(f"getelementptr inbounds {kind}, ptr {pointer}, i64 {wide}", wide, pointer)

    def load(self, pointer: str, shape: Sequence[int], dtype: str, index: Index) -> str:
        """Return an entry of memory that the function does not change."""
        at = self.address(pointer, shape, dtype, index)
        raw = self.emit(f"load {STORED[dtype]}, ptr {at}", at)
        return self.emit(f"trunc i8 {raw} to i1", raw) if dtype == "bool" else raw

    def store(self, value: str, pointer: str, shape: Sequence[int], dtype: str, index: Index) -> None:
        """Write an entry, in the innermost loop."""
        if dtype == "bool":
            value = self.emit(f"zext i1 {value} to i8", value)
        self.act(f"store {STORED[dtype]} {value}, ptr {self.address(pointer, shape, dtype, index)}")

    # Entries.

    def _steps(self, node: Node, index: Index) -> _Steps:
        if node.op == "constant":
            return self._constant(node, index)
        if not any(isinstance(one, str) for one in index):
            found = self.outside(node, index)
            if found is not None:
                return _at_once(found)
        pointer = self.pointer(node)
        if pointer is not None:
            return _at_once(self.load(pointer, node.shape, node.dtype, index))
        special = getattr(self, f"_{node.op}", None)
        return special(node, index) if special is not None else self._elementwise(node, index)

    def _constant(self, node: Node, index: Index) -> _Steps:
        yield from ()
        if all(isinstance(one, int) for one in index):
            return literal(node.data[index], node.dtype)
        table = self.module.table(node.data)
        return self.load(table, node.shape, node.dtype, index)

    def _arange(self, node: Node, index: Index) -> _Steps:
        yield from ()
        return str(index[0])

    def _buffer(self, node: Node, index: Index) -> _Steps:
        return (yield node.args[0], index)

    def _slice(self, node: Node, index: Index) -> _Steps:
        inner = [
            first if axis is None else self.plus(self.product(index[axis], step), first)
            for first, step, axis in node.data
        ]
        return (yield node.args[0], tuple(inner))

    def _transpose(self, node: Node, index: Index) -> _Steps:
        inner: list[int | str] = [0] * len(index)
        for place, axis in enumerate(node.data):
            inner[axis] = index[place]
        return (yield node.args[0], tuple(inner))

    def _flip(self, node: Node, index: Index) -> _Steps:
        axis = node.data
        mirrored = self.plus(self.product(index[axis], -1), node.shape[axis] - 1)
        return (yield node.args[0], (*index[:axis], mirrored, *index[axis + 1 :]))

    def _reshape(self, node: Node, index: Index) -> _Steps:
        return (yield node.args[0], self._reshaped(index, node.shape, node.args[0].shape))

    def _reshaped(self, index: Index, outer: Sequence[int], inner: Sequence[int]) -> Index:
        """Return the index of the same entry in another shape; axes are grouped where products agree."""
        found: list[int | str] = []
        at = 0
        group: list[int] = []
        product = 1
        places = list(range(len(outer)))
        taken = 0

        def sides(some: Sequence[int]) -> int:
            return int(np.prod([outer[one] for one in some], dtype=np.int64))

        while at < len(inner):
            group, product = [inner[at]], inner[at]
            mine: list[int] = []
            at += 1
            while sides(mine) != product or (product == 1 and taken < len(places) and outer[places[taken]] == 1):
                if sides(mine) < product or (product == 1 and outer[places[taken]] == 1):
                    mine.append(places[taken])
                    taken += 1
                else:
                    group.append(inner[at])
                    product *= inner[at]
                    at += 1
            place: int | str = 0
            for one in mine:
                place = self.plus(self.product(place, outer[one]), index[one])
            rest: list[int | str] = []
            for side in reversed(group[1:]):
                rest.append(self.remainder(place, side))
                place = self.quotient(place, side)
            found += [place, *reversed(rest)]
        return tuple(found)

    def _select(self, node: Node, index: Index) -> _Steps:
        axis, which = node.data
        if isinstance(index[axis], int):
            inner: int | str = int(which[index[axis]])
        else:
            inner = self.load(self.module.table(which), which.shape, "int32", (index[axis],))
        yield from ()
        return (yield node.args[0], (*index[:axis], inner, *index[axis + 1 :]))

    def _concat(self, node: Node, index: Index) -> _Steps:
        axis = node.data
        at, start = index[axis], 0
        found = ""
        for part in node.args:
            length = part.shape[axis]
            if isinstance(at, int):
                if start <= at < start + length:
                    return (yield part, (*index[:axis], at - start, *index[axis + 1 :]))
            elif length:
                own: int | str = 0
                if length > 1:
                    moved = self.plus(at, -start)
                    low = self._extreme("smax", "i32", str(moved), "0")
                    own = self._extreme("smin", "i32", low, str(length - 1))
                value = yield part, (*index[:axis], own, *index[axis + 1 :])
                if found:
                    later = self.emit(f"icmp sge i32 {at}, {start}", at)
                    kind = TYPES[node.dtype]
                    value = self.emit(f"select i1 {later}, {kind} {value}, {kind} {found}", later, value, found)
                found = value
            start += length
        assert found
        return found

    def _take(self, node: Node, index: Index) -> _Steps:
        table, which = node.args
        at = yield which, index
        return (yield table, (_whole(at),))

    def _take_rows(self, node: Node, index: Index) -> _Steps:
        tables, which = node.args
        at = yield which, index
        return (yield tables, (index[0] if tables.shape[0] > 1 else 0, _whole(at)))

    def _gather_at(self, node: Node, index: Index) -> _Steps:
        image, rows, columns = node.args
        y = yield rows, _last(index[:-1], rows)
        x = yield columns, _last(index[:-1], columns)
        inner = (index[0], _whole(y), _whole(x), index[3])
        word = self._word(image, inner)
        return word if word is not None else (yield image, inner)

    def _gather_axis(self, node: Node, index: Index) -> _Steps:
        x, which = node.args
        axis = node.data
        at = yield which, (index[0], index[axis])
        return (yield x, (*index[:axis], _whole(at), *index[axis + 1 :]))

    def _word(self, image: Node, index: Index) -> str | None:
        """Return a channel of a pixel of bytes, which are read together as one word; None where that is not so."""
        channel = index[3]
        if image.dtype != "uint8" or image.shape[3] not in (3, 4) or not isinstance(channel, int) or image.size < 4:
            return None
        pointer = self.pointer(image)
        if pointer is None:
            return None
        place = self.linear(image.shape, (*index[:3], 0))
        if isinstance(place, int):
            return None
        shift = 8 * channel
        if image.shape[3] == 4:
            word = self._unaligned(pointer, place)
        else:  # the last pixel's word would reach beyond the image: it is read one byte earlier
            safe = self._extreme("smin", "i32", place, str(image.size - 4))
            late = self.emit(f"sub i32 {place}, {safe}", place, safe)
            bits = self.emit(f"shl i32 {late}, 3", late)
            whole = self._unaligned(pointer, safe)
            word = self.emit(f"lshr i32 {whole}, {bits}", whole, bits)
        moved = self.emit(f"lshr i32 {word}, {shift}", word) if shift else word
        return self.emit(f"trunc i32 {moved} to i8", moved)

    def _unaligned(self, pointer: str, place: str) -> str:
        wide = self.emit(f"sext i32 {place} to i64", place)
        at = self.emit(f"getelementptr inbounds i8, ptr {pointer}, i64 {wide}", wide, pointer)
        return self.emit(f"load i32, ptr {at}, align 1", at)

    def _reduce(self, node: Node, index: Index) -> _Steps:
        """Return a reduction of a few entries, in their order."""
        axes, (x,) = node.data, node.args
        rest = list(index)
        ranges = [range(x.shape[axis]) for axis in axes]
        total = ""
        for some in itertools.product(*ranges):
            inner: list[int | str] = []
            outer = iter(rest)
            own = iter(some)
            for axis in range(len(x.shape)):
                inner.append(next(own) if axis in axes else next(outer))
            value = yield x, tuple(inner)
            total = self.combine(node.op, node.dtype, total, value) if total else value
        return total

    _sum = _least = _most = _reduce

    def combine(self, op: str, dtype: str, total: str, value: str) -> str:
        """Return what a reduction makes of what it has and one entry more."""
        return self.compute({"sum": "add", "least": "min", "most": "max"}[op], dtype, dtype, [total, value])

    def _elementwise(self, node: Node, index: Index) -> _Steps:
        values = []
        for arg in node.args:
            values.append((yield arg, _last(index, arg)))
        return self.compute(node.op, node.dtype, node.args[-1].dtype, values)

    def compute(self, op: str, dtype: str, given: str, values: list[str]) -> str:
        """Return a function of entries.

        Args:
            op: the function.
            dtype: of the result.
            given: dtype of the last argument.
            values: the arguments.
        """
        kind = TYPES[given]
        if given in ("float16", "bfloat16"):
            assert op == "where", (op, given)
        if op == "astype":
            return self._converted(values[0], given, dtype)
        if op == "where":
            condition, a, b = values
            return a if a == b else self.emit(f"select i1 {condition}, {kind} {a}, {kind} {b}", condition, a, b)
        if op in _COMPARISONS:
            return self._compared(op, given, *values)
        if op in ("min", "max"):
            if given in _FLOAT:  # a NaN stays one
                name = {"min": "minimum", "max": "maximum"}[op]
                return self._called(name, kind, *values)
            sign = "s" if given in _SIGNED else "u"
            return self._extreme(sign + op, kind, *values)
        if op == "not":
            mask = "true" if given == "bool" else "-1"
            return self.emit(f"xor {kind} {values[0]}, {mask}", values[0])
        if given in _FLOAT:
            if op in _FLOATS:
                return self.emit(f"{_FLOATS[op]} {kind} {values[0]}, {values[1]}", *values)
            if op == "neg":
                return self.emit(f"fneg {kind} {values[0]}", *values)
            if op == "pow":
                return self._power(kind, *values)
            return self._called({"abs": "fabs", "floor": "floor", "sqrt": "sqrt"}[op], kind, *values)
        if op == "neg":
            return self.emit(f"sub {kind} 0, {values[0]}", *values)
        if op == "abs":
            self.module.declare(f"{kind} @llvm.abs.{kind}({kind}, i1)")
            return self.emit(f"call {kind} @llvm.abs.{kind}({kind} {values[0]}, i1 false)", *values)
        if op == "shr":
            word = "ashr" if given in _SIGNED else "lshr"
            return self.emit(f"{word} {kind} {values[0]}, {values[1]}", *values)
        if op == "floordiv":
            return self._divided(kind, *values)
        if op == "div":
            raise TypeError(f"a quotient of {given}")
        return self.emit(f"{_INTEGERS[op]} {kind} {values[0]}, {values[1]}", *values)

    def _compared(self, op: str, given: str, a: str, b: str) -> str:
        kind, word = TYPES[given], _COMPARISONS[op]
        if given in _FLOAT:
            return self.emit(f"fcmp {'une' if op == 'ne' else 'o' + word} {kind} {a}, {b}", a, b)
        sign = "" if op in ("eq", "ne") else "s" if given in _SIGNED else "u"
        return self.emit(f"icmp {sign}{word} {kind} {a}, {b}", a, b)

    def _extreme(self, name: str, kind: str, a: str, b: str) -> str:
        self.module.declare(f"{kind} @llvm.{name}.{kind}({kind}, {kind})")
        return self.emit(f"call {kind} @llvm.{name}.{kind}({kind} {a}, {kind} {b})", a, b)

    def _called(self, name: str, kind: str, *values: str) -> str:
        short = {"float": "f32", "double": "f64"}[kind]
        self.module.declare(f"{kind} @llvm.{name}.{short}({', '.join([kind] * len(values))})")
        given = ", ".join(f"{kind} {value}" for value in values)
        return self.emit(f"call {kind} @llvm.{name}.{short}({given})", *values)

    def _power(self, kind: str, base: str, exponent: str) -> str:
        name = {"float": "powf", "double": "pow"}[kind]
        self.module.declare(f"{kind} @{name}({kind}, {kind})")
        return self.emit(f"call {kind} @{name}({kind} {base}, {kind} {exponent})", base, exponent)

    def _divided(self, kind: str, a: str, b: str) -> str:
        """Divide integers that are not negative; by one that varies in float64, whose quotient of 31 bits is exact."""
        if kind != "i32" or not b.startswith("%"):
            return self.emit(f"udiv {kind} {a}, {b}", a, b)
        wide = [self.emit(f"sitofp i32 {one} to double", one) for one in (a, b)]
        quotient = self.emit(f"fdiv double {wide[0]}, {wide[1]}", *wide)
        return self.emit(f"fptosi double {quotient} to i32", quotient)

    def _converted(self, value: str, old: str, new: str) -> str:
        a, b = TYPES[old], TYPES[new]
        assert {old, new}.isdisjoint({"float16", "bfloat16"}), (old, new)
        if new == "bool":
            return self._compared("ne", old, value, literal(0, old))
        if old in _FLOAT and new in _FLOAT:
            return value if a == b else self.emit(f"{'fpext' if new == 'float64' else 'fptrunc'} {a} {value} to {b}", value)
        if new in _FLOAT:
            word = "sitofp" if old in _SIGNED else "uitofp"
            return self.emit(f"{word} {a} {value} to {b}", value)
        if old in _FLOAT:
            name = f"@llvm.fpto{'s' if new in _SIGNED else 'u'}i.sat.{b}.{'f32' if old == 'float32' else 'f64'}"
            self.module.declare(f"{b} {name}({a})")
            return self.emit(f"call {b} {name}({a} {value})", value)
        if a == b:
            return value
        wider = int(b[1:]) > int(a[1:])
        word = "trunc" if not wider else "sext" if old in _SIGNED else "zext"
        return self.emit(f"{word} {a} {value} to {b}", value)


def _at_once(value: str) -> _Steps:
    yield from ()
    return value


def _whole(value: str) -> int | str:
    """Return an operand as an index."""
    return value if value.startswith("%") else int(value)


def _last(index: Index, arg: Node) -> Index:
    """Return the index of a broadcast argument."""
    return index[len(index) - len(arg.shape) :] if arg.shape else ()


def _fitting(node: Node, index: Index) -> Index:
    """Return an index with zeros where an axis has one entry."""
    assert len(index) == len(node.shape), (node, index)
    return tuple(0 if side == 1 else one for side, one in zip(node.shape, index, strict=True))
