"""Arrays that are not computed yet: a graph of array functions with static shapes, which kernels make loops of."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from augspec.formats import FLOATS
from augspec_backends.numpy.namespace import dtype_of

__all__ = ["ELEMENTWISE", "Node", "constant", "elementwise", "walk"]

_serial = itertools.count()


class Node:
    """An array to be computed: a function's name, its arguments, and what else it needs.

    Attributes:
        op: the function.
        args: arrays that it takes.
        shape: of the result.
        dtype: name of the result's dtype.
        data: what is known before any sample: axes, numbers, host arrays.
        serial: later nodes have larger ones.
    """

    __array_priority__ = 1000
    __slots__ = ("args", "data", "dtype", "op", "serial", "shape")

    def __init__(self, op: str, args: tuple[Node, ...], shape: tuple[int, ...], dtype: str, data: Any = None) -> None:
        self.op, self.args, self.shape, self.dtype, self.data = op, args, tuple(shape), dtype, data
        self.serial = next(_serial)

    def __repr__(self) -> str:
        return f"Node({self.op}, {self.dtype}{list(self.shape)})"

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return math.prod(self.shape)

    def __add__(self, other: Any) -> Node:
        return elementwise("add", self, other)

    def __radd__(self, other: Any) -> Node:
        return elementwise("add", other, self)

    def __sub__(self, other: Any) -> Node:
        return elementwise("sub", self, other)

    def __rsub__(self, other: Any) -> Node:
        return elementwise("sub", other, self)

    def __mul__(self, other: Any) -> Node:
        return elementwise("mul", self, other)

    def __rmul__(self, other: Any) -> Node:
        return elementwise("mul", other, self)

    def __truediv__(self, other: Any) -> Node:
        return elementwise("div", self, other)

    def __rtruediv__(self, other: Any) -> Node:
        return elementwise("div", other, self)

    def __neg__(self) -> Node:
        return elementwise("neg", self)

    def __lshift__(self, bits: Any) -> Node:
        return elementwise("shl", self, bits)

    def __rshift__(self, bits: Any) -> Node:
        return elementwise("shr", self, bits)

    def __and__(self, other: Any) -> Node:
        return elementwise("and", self, other)

    def __or__(self, other: Any) -> Node:
        return elementwise("or", self, other)

    def __xor__(self, other: Any) -> Node:
        return elementwise("xor", self, other)

    def __invert__(self) -> Node:
        return elementwise("not", self)

    def __lt__(self, other: Any) -> Node:
        return elementwise("lt", self, other, dtype="bool")

    def __le__(self, other: Any) -> Node:
        return elementwise("le", self, other, dtype="bool")

    def __gt__(self, other: Any) -> Node:
        return elementwise("gt", self, other, dtype="bool")

    def __ge__(self, other: Any) -> Node:
        return elementwise("ge", self, other, dtype="bool")

    def __eq__(self, other: object) -> Node:  # type: ignore[override]
        return elementwise("eq", self, other, dtype="bool")

    def __ne__(self, other: object) -> Node:  # type: ignore[override]
        return elementwise("ne", self, other, dtype="bool")

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError("an array of a graph has no value yet")

    def __getitem__(self, item: Any) -> Node:
        """Return a part by numbers, slices, `None` and `...`."""
        given = item if isinstance(item, tuple) else (item,)
        named = sum(one is not None and one is not Ellipsis for one in given)
        wide: list[Any] = []
        for one in given:
            wide += [slice(None)] * (len(self.shape) - named) if one is Ellipsis else [one]
        wide += [slice(None)] * (len(self.shape) - sum(one is not None for one in wide))
        if self.op == "constant":
            return constant(self.data[item], self.dtype)
        sources: list[tuple[int, int, int | None]] = []  # per axis of the source: first, step, axis of the result
        shape: list[int] = []
        for one in wide:
            if one is None:
                shape.append(1)
                continue
            length = self.shape[len(sources)]
            if isinstance(one, slice):
                first, last, step = one.indices(length)
                sources.append((first, step, len(shape)))
                shape.append(len(range(first, last, step)))
            else:
                sources.append((int(one) % length, 0, None))
        return Node("slice", (self,), tuple(shape), self.dtype, tuple(sources))


def constant(value: Any, dtype: str) -> Node:
    """Return an array of host numbers."""
    array = np.asarray(value).astype(dtype_of(dtype))
    return Node("constant", (), array.shape, dtype, array)


def elementwise(op: str, *args: Any, dtype: str | None = None) -> Node:
    """Return a function of entries; numbers among the arguments are of the dtype of the first array."""
    like = next(one for one in args if isinstance(one, Node))
    if op == "where" and not isinstance(args[1], Node):
        like = args[2]
    elif op == "where":
        like = args[1]
    nodes = tuple(one if isinstance(one, Node) else _number(one, like) for one in args)
    kinds = {one.dtype for one in (nodes[1:] if op == "where" else nodes)}
    if len(kinds) > 1 and op not in ("shl", "shr"):
        raise TypeError(f"{op} of {' and '.join(sorted(kinds))}")
    if all(one.op == "constant" for one in nodes):
        with np.errstate(over="ignore"):
            return constant(_AT_ONCE[op](*(one.data for one in nodes)), dtype or like.dtype)
    return Node(op, nodes, np.broadcast_shapes(*(one.shape for one in nodes)), dtype or like.dtype)


_AT_ONCE: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "add": np.add,
    "and": np.bitwise_and,
    "div": np.divide,
    "eq": np.equal,
    "floor": np.floor,
    "floordiv": np.floor_divide,
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "ne": np.not_equal,
    "neg": np.negative,
    "not": np.invert,
    "or": np.bitwise_or,
    "pow": np.power,
    "shl": np.left_shift,
    "shr": np.right_shift,
    "sqrt": np.sqrt,
    "sub": np.subtract,
    "where": np.where,
    "xor": np.bitwise_xor,
}
"""What is known before any sample is computed at once."""

ELEMENTWISE = (*_AT_ONCE, "astype")
"""Functions of entries, each by itself."""


def walk(outputs: Iterable[Node]) -> list[Node]:
    """Return every node that outputs are made of, arguments first; insides of choices are their own."""
    found: dict[int, Node] = {}
    stack = list(outputs)
    while stack:
        node = stack[-1]
        missing = [arg for arg in node.args if arg.serial not in found]
        if missing:
            stack += missing
        else:
            found[node.serial] = stack.pop()
    return list(found.values())


def _number(value: Any, like: Node) -> Node:
    if isinstance(value, np.ndarray):
        return constant(value, str(value.dtype))
    if isinstance(value, float) and like.dtype not in FLOATS:
        raise TypeError(f"{value} beside an array of {like.dtype}")
    return constant(np.asarray(value), like.dtype)
