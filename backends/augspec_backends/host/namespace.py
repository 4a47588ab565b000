"""The functions of `augspec.namespace.Namespace` on arrays of a graph: nothing is computed, all is written down.

What is known before any sample is computed at once, by NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from augspec_backends.generic.namespace import Branches, OperatorNamespace, level_table
from augspec_backends.host import engine
from augspec_backends.host.bilinear import fits
from augspec_backends.host.graph import Node, constant, elementwise
from augspec_backends.numpy.namespace import NumpyNamespace

__all__ = ["HostNamespace"]

_NUMPY = NumpyNamespace()


class HostNamespace(OperatorNamespace):
    """Arrays are nodes of a graph."""

    name = "host"

    def constant(self, value: Any, dtype: str = "int32") -> Node:
        return constant(value, dtype)

    def astype(self, x: Node, dtype: str) -> Node:
        if x.dtype == dtype:
            return x
        if x.op == "constant":
            return constant(_NUMPY.astype(x.data, dtype), dtype)
        if x.op == "astype" and (x.dtype, dtype, x.args[0].dtype) == ("int32", "uint16", "uint16"):
            return x.args[0]  # there and back again
        return elementwise("astype", x, dtype=dtype)

    def where(self, condition: Any, a: Any, b: Any) -> Node:
        return elementwise("where", condition, a, b)

    def minimum(self, a: Any, b: Any) -> Node:
        return elementwise("min", a, b)

    def maximum(self, a: Any, b: Any) -> Node:
        return elementwise("max", a, b)

    def clip(self, x: Node, low: float, high: float) -> Node:
        return elementwise("min", elementwise("max", x, low), high)

    def abs(self, x: Node) -> Node:
        return elementwise("abs", x)

    def floor(self, x: Node) -> Node:
        return elementwise("floor", x)

    def sqrt(self, x: Node) -> Node:
        return elementwise("sqrt", x)

    def pow(self, x: Node, exponent: Any) -> Node:
        return elementwise("pow", x, exponent)

    def floordiv(self, a: Any, b: Any) -> Node:
        return elementwise("floordiv", a, b)

    def take(self, table: Node, index: Node) -> Node:
        if table.op == index.op == "constant":
            return constant(table.data[index.data], table.dtype)
        return Node("take", (table, index), index.shape, table.dtype)

    def take_rows(self, tables: Node, index: Node) -> Node:
        return Node("take_rows", (tables, index), index.shape, tables.dtype)

    def gather_at(self, image: Node, rows: Node, columns: Node) -> Node:
        shape = np.broadcast_shapes(rows.shape, columns.shape)
        return Node("gather_at", (image, rows, columns), (*shape, image.shape[3]), image.dtype)

    def gather_axis(self, x: Node, index: Node, axis: int) -> Node:
        shape = list(x.shape)
        shape[axis] = index.shape[1]
        return Node("gather_axis", (x, index), tuple(shape), x.dtype, axis)

    def select_axis(self, x: Node, index: Any, axis: int) -> Node:
        which = np.asarray(index.data if isinstance(index, Node) else index)
        if x.op == "constant":
            return constant(np.take(x.data, which, axis), x.dtype)
        if x.op == "astype":  # what is kept of the selection is smaller so
            return self.astype(self.select_axis(x.args[0], which, axis), x.dtype)
        shape = list(x.shape)
        shape[axis] = len(which)
        which = np.where(which < 0, which + x.shape[axis], which)
        return Node("select", (x,), tuple(shape), x.dtype, (axis, which.astype(np.int32)))

    def reshape(self, x: Node, shape: Sequence[int]) -> Node:
        shape = tuple(int(side) for side in shape)
        if -1 in shape:
            known = -int(np.prod(shape, dtype=np.int64))
            shape = tuple(x.size // known if side == -1 else side for side in shape)
        if shape == x.shape:
            return x
        assert int(np.prod(shape, dtype=np.int64)) == x.size, (x.shape, shape)
        if x.op == "constant":
            return constant(x.data.reshape(shape), x.dtype)
        return Node("reshape", (x,), shape, x.dtype)

    def transpose(self, x: Node, axes: Sequence[int]) -> Node:
        if x.op == "constant":
            return constant(x.data.transpose(axes), x.dtype)
        return Node("transpose", (x,), tuple(x.shape[axis] for axis in axes), x.dtype, tuple(axes))

    def stack(self, arrays: Sequence[Any], axis: int) -> Node:
        nodes = _alike(arrays)
        axis %= len(nodes[0].shape) + 1
        return self.concat([self.reshape(x, (*x.shape[:axis], 1, *x.shape[axis:])) for x in nodes], axis)

    def concat(self, arrays: Sequence[Any], axis: int) -> Node:
        nodes = _alike(arrays)
        axis %= len(nodes[0].shape)
        if len(nodes) == 1:
            return nodes[0]
        shape = list(nodes[0].shape)
        shape[axis] = sum(x.shape[axis] for x in nodes)
        if all(x.op == "constant" for x in nodes):
            return constant(np.concatenate([x.data for x in nodes], axis), nodes[0].dtype)
        return Node("concat", tuple(nodes), tuple(shape), nodes[0].dtype, axis)

    def flip(self, x: Node, axis: int) -> Node:
        return Node("flip", (x,), x.shape, x.dtype, axis % len(x.shape))

    def sum(self, x: Node, axis: int | tuple[int, ...]) -> Node:
        return _reduced("sum", x, axis)

    def min(self, x: Node, axis: int | tuple[int, ...]) -> Node:
        return _reduced("least", x, axis)

    def max(self, x: Node, axis: int | tuple[int, ...]) -> Node:
        return _reduced("most", x, axis)

    def cumulative_sum(self, x: Node, axis: int) -> Node:
        if x.op == "constant":
            return constant(_NUMPY.cumulative_sum(x.data, axis), x.dtype)
        return Node("cumulative_sum", (x,), x.shape, x.dtype, axis % len(x.shape))

    def histogram(self, index: Node, bins: int) -> Node:
        if not index.size:
            return constant(np.zeros((index.shape[0], bins)), "int32")
        return Node("histogram", (index,), (index.shape[0], bins), "int32")

    def argsort(self, x: Node) -> Node:
        return Node("argsort", (x,), x.shape, "int32")

    def arange(self, n: int) -> Node:
        return Node("arange", (), (n,), "int32")

    def noted(self, x: Node, what: str, *arrays: Node) -> Node:
        """Return what entries are, and what they are made of, by which all of an image can be computed."""
        found = Node("noted", (x,), x.shape, x.dtype, (what, arrays))
        if what == "across" or not (fits(found) and engine.gathers()):
            return found
        return self.astype(Node("buffer", (self.astype(found, "uint16"),), x.shape, "uint16"), "int32")

    def standardised(self, levels: Node, mean: np.ndarray, std: np.ndarray) -> Node:
        """Return what a table would say: by arithmetic, many at once, if that gives the very numbers of the table."""
        shift, scale = mean * 255, 1 / (std * 255)
        line = ((np.arange(256)[:, None] - shift) * scale).astype(np.float32)
        if line.tobytes() != level_table(mean, std).tobytes():
            table: Node = super().standardised(levels, mean, std)
            return table
        wide = self.astype(levels, "float64") - constant(shift, "float64")
        return self.astype(wide * constant(scale, "float64"), "float32")

    def recomputes(self, x: Any) -> bool:
        return True

    def materialise(self, f: Callable[[], Node], guard: Node, shape: tuple[int, ...], dtype: str) -> Node:
        made = f()
        if made.op in ("buffer", "constant", "gather_axis"):  # kept, known, or only moved: read where it lies
            return made
        return Node("buffer", (made,), made.shape, made.dtype)

    def choose(
        self, branch: Node, branches: Branches, state: Mapping[str, Node], params: Mapping[str, Node]
    ) -> Mapping[str, Node]:
        """Return results of a switch, which runs for each sample nothing but the branch that it chose."""
        rows = {**{("state", name): x for name, x in state.items()}, **{("param", n): x for n, x in params.items()}}
        stand_ins = {key: Node("row", (), (1, *x.shape[1:]), x.dtype, key) for key, x in rows.items()}
        given = [{name: x for (kind, name), x in stand_ins.items() if kind == wanted} for wanted in ("state", "param")]
        ends = [{**given[0], **run(dict(given[0]), dict(given[1]))} for run in branches]
        found: dict[str, Node] = {}
        changed = tuple(name for name in state if any(end[name] is not given[0][name] for end in ends))
        count = branch.shape[0]
        chosen = Node(
            "choose",
            (branch, *rows.values()),
            (),
            "",
            (
                tuple(stand_ins.values()),
                tuple(tuple(end[name] for name in changed) for end in ends),
                tuple(stand_ins["state", name] for name in changed),
            ),
        )
        for place, name in enumerate(changed):
            like = ends[0][name]
            found[name] = Node("chosen", (chosen,), (count, *like.shape[1:]), like.dtype, place)
        return {**state, **found}


def _alike(arrays: Sequence[Any]) -> list[Node]:
    like = next(x for x in arrays if isinstance(x, Node))
    return [x if isinstance(x, Node) else constant(x, like.dtype) for x in arrays]


def _reduced(op: str, x: Node, axis: int | tuple[int, ...]) -> Node:
    axes = tuple(sorted(one % len(x.shape) for one in (axis if isinstance(axis, tuple) else (axis,))))
    shape = tuple(side for place, side in enumerate(x.shape) if place not in axes)
    if not x.size and op == "sum":
        return constant(np.zeros(shape), x.dtype)
    if x.op == "constant":
        whole = {"sum": _NUMPY.sum, "least": _NUMPY.min, "most": _NUMPY.max}[op]
        return constant(whole(x.data, axes), x.dtype)
    return Node(op, (x,), shape, x.dtype, axes)
