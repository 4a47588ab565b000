"""How each kind of array that is kept gets its entries: a kernel or two for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from augspec_backends.host.across import resampled
from augspec_backends.host.bilinear import fits, warped
from augspec_backends.host.code import TYPES, literal, stored_bytes
from augspec_backends.host.graph import Node
from augspec_backends.host.indices import Separate
from augspec_backends.host.kernel import Kernel

if TYPE_CHECKING:
    from augspec_backends.host.program import Program

__all__ = ["MAKERS", "entries"]


def entries(program: Program, node: Node, target: str) -> None:
    """Compute every entry by itself; a single one without a kernel."""
    if node.size == 1:
        first = (0,) * len(node.shape)
        program.store(program.value(node, first), target, node.shape, node.dtype, first)
    elif node.size:
        (_in_one_run(program, node) or _in_a_nest(program, node)).finish(target)


_CHANNELS = range(2, 5)


def _in_one_run(program: Program, node: Node) -> Kernel | None:
    """Return a kernel that goes through pixels and channels alike; None where they have to be told apart."""
    if len(node.shape) < 3 or node.shape[-1] not in _CHANNELS or node.shape[-2] == 1:
        return None
    kernel = Kernel(program)
    try:
        index = kernel.run(node)
        kernel.store(kernel.value(node, index), "%out", node.shape, node.dtype, index)
    except Separate:
        return None
    return kernel


def _in_a_nest(program: Program, node: Node) -> Kernel:
    kernel = Kernel(program)
    for index in kernel.nest(node):
        kernel.store(kernel.value(node, index), "%out", node.shape, node.dtype, index)
    return kernel


def _concat(program: Program, node: Node, target: str) -> None:
    axis, start = node.data, 0
    for part in node.args:
        if part.size:
            kernel = Kernel(program)
            for index in kernel.nest(part):
                moved = (*index[:axis], kernel.plus(index[axis], start), *index[axis + 1 :])
                kernel.store(kernel.value(part, index), "%out", node.shape, node.dtype, moved)
            kernel.finish(target)
        start += part.shape[axis]


def _reduction(program: Program, node: Node, target: str) -> None:
    """Go through an array once; float32 is added up in float64, and rounded at the end."""
    (x,), axes = node.args, node.data
    kernel = Kernel(program)
    wide = "float64" if (node.op, node.dtype) == ("sum", "float32") else node.dtype
    kind = TYPES[wide]
    rest = [axis for axis in range(len(x.shape)) if axis not in axes]
    results = list(kernel.nest(node))
    totals = [kernel.variable(kind, _start(node.op, wide)) for _ in results]
    outer = kernel.depth
    numbers = {axis: kernel.open(x.shape[axis]) if x.shape[axis] > 1 else 0 for axis in axes}
    for index, total in zip(results, totals, strict=True):
        places = {**numbers, **dict(zip(rest, index, strict=True))}
        value = kernel.value(x, tuple(places[axis] for axis in range(len(x.shape))))
        if wide != node.dtype:
            value = kernel.emit(f"fpext float {value} to double", value)
        kernel.add_to(total, node.op, wide, value)
    while kernel.depth > outer:
        kernel.close()
    for index, total in zip(results, totals, strict=True):
        value = kernel.fresh(f"load {kind}, ptr {total}")
        if wide != node.dtype:
            value = kernel.emit(f"fptrunc double {value} to float", value)
        kernel.store(value, "%out", node.shape, node.dtype, index)
    kernel.finish(target)


def _start(op: str, dtype: str) -> str:
    """Return what a reduction of nothing would be."""
    if op == "sum":
        return literal(0, dtype)
    if dtype.startswith("float"):
        return literal(float("inf") if op == "least" else float("-inf"), dtype)
    bits = 8 * stored_bytes(dtype) - (not dtype.startswith("u"))
    low = 0 if dtype.startswith("u") else -(2**bits)
    return literal(2**bits - 1 if op == "least" else low, dtype)


def _cumulative_sum(program: Program, node: Node, target: str) -> None:
    (x,), axis = node.args, node.data
    kernel = Kernel(program)
    places = {a: kernel.open(side) for a, side in enumerate(node.shape) if a != axis}
    total = kernel.variable(TYPES[node.dtype], literal(0, node.dtype))
    places[axis] = kernel.open(node.shape[axis])
    index = tuple(places[a] for a in range(len(node.shape)))
    kernel.store(kernel.add_to(total, "sum", node.dtype, kernel.value(x, index)), "%out", node.shape, node.dtype, index)
    kernel.finish(target)


def _histogram(program: Program, node: Node, target: str) -> None:
    (x,), (rows, bins) = node.args, node.shape
    kernel = Kernel(program)
    row = kernel.open(rows)
    kernel.store("0", "%out", node.shape, "int32", (row, kernel.open(bins)))
    kernel.close()
    level = kernel.value(x, (row, kernel.open(x.shape[1])))
    kernel.add_to(kernel.address("%out", node.shape, "int32", (row, level)), "sum", "int32", "1")
    kernel.finish(target)


def _argsort(program: Program, node: Node, target: str) -> None:
    """Count for every number those that come before it: as many are before its place."""
    (x,), n = node.args, node.shape[0]
    kernel = Kernel(program)
    mine = kernel.open(n)
    total = kernel.variable("i32", "0")
    other = kernel.open(n)
    a, b = kernel.value(x, (mine,)), kernel.value(x, (other,))
    smaller, equal = (kernel.emit(f"icmp {word} i32 {b}, {a}", a, b) for word in ("slt", "eq"))
    before = kernel.emit(f"icmp slt i32 {other}, {mine}", other, mine)
    tied = kernel.emit(f"and i1 {equal}, {before}", equal, before)
    counts = kernel.emit(f"or i1 {smaller}, {tied}", smaller, tied)
    kernel.add_to(total, "sum", "int32", kernel.emit(f"zext i1 {counts} to i32", counts))
    kernel.close()
    kernel.store(mine, "%out", node.shape, "int32", (kernel.fresh(f"load i32, ptr {total}"),))
    kernel.finish(target)


def _buffer(program: Program, node: Node, target: str) -> None:
    if not _at_once(program, node, target):
        entries(program, node, target)


def _at_once(program: Program, node: Node, target: str) -> bool:
    """Compute all levels of an array at once, if it is noted what they are, and there is space around their image."""
    (levels,) = node.args
    if node.dtype != "uint16" or levels.op != "astype" or levels.args[0].op != "noted" or not program.module.gathering:
        return False
    what, (image, *arrays) = levels.args[0].data
    source = program.spacious(image) if image.shape[-1] in (3, 4) else None
    if source is None:
        return False
    if what == "across":
        return resampled(program, node, target, source, *arrays)
    return fits(levels.args[0]) and warped(program, node, target, source, what.removeprefix("bilinear "), *arrays)


MAKERS: Mapping[str, Callable[[Program, Node, str], None]] = {
    "argsort": _argsort,
    "buffer": _buffer,
    "concat": _concat,
    "cumulative_sum": _cumulative_sum,
    "histogram": _histogram,
    "least": _reduction,
    "most": _reduction,
    "sum": _reduction,
}
"""What is more than entry by entry."""
