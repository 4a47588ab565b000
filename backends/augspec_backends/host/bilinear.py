"""Bytes of images read between four pixels, as warps do: both rows and all channels of an output pixel at a time.

For each row of the result, places and weights of its pixels come first, many at a time; then the pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec_backends.host.graph import Node, elementwise
from augspec_backends.host.kept import COPIED
from augspec_backends.host.kernel import Kernel
from augspec_backends.host.lanes import Lanes

if TYPE_CHECKING:
    from augspec_backends.host.program import Program

__all__ = ["fits", "warped"]

_ONE = 2048
"""The weight of a whole pixel."""

_WIDEST = 2048
"""Pixels of a row, at most: what is kept for one fits the stack."""


def fits(noted: Node) -> bool:
    """Return whether what an image is noted to be can be computed so, if only there is space around its source."""
    image = noted.data[1][0]
    source = image.args[0] if image.op in ("slice", "transpose") else image
    small = image.size < COPIED and noted.shape[2] <= _WIDEST
    return small and image.shape[0] == 1 and image.shape[-1] in (3, 4) and source.op in ("input", "row", "slice")


def warped(
    program: Program, node: Node, target: str, source: Node, border: str, x: Node, y: Node, fx: Node, fy: Node
) -> bool:
    """Compute levels between pixels into uint16 at a target; return that it is done.

    Args:
        program: the caller.
        node: the array.
        target: a pointer to memory for it.
        source: the image, with space around it.
        border: "constant" or "edge".
        x: columns of the upper left pixels.
        y: rows of them.
        fx: fractions towards the next column.
        fy: fractions towards the next row.
    """
    height, width, channels = source.shape[-3:]
    column, across = _axis(x, fx, width, border)
    row, down = _axis(y, fy, height, border)
    _write(program, source, node, (row * width + column) * channels, across, down, target)
    return True


def _axis(first: Node, share: Node, side: int, border: str) -> tuple[Node, Node]:
    """Return the first of two neighbouring pixels, −1 … side − 1, and their weights as two int16 in an int32."""
    if border == "edge":
        inner = elementwise("and", first >= 0, first < side - 1)
        after = elementwise("where", inner, share, 0)
        place, before = elementwise("min", elementwise("max", first, 0), side - 1), _ONE - after
    else:
        here, there = (elementwise("and", one >= 0, one < side) for one in (first, first + 1))
        before, after = elementwise("where", here, _ONE - share, 0), elementwise("where", there, share, 0)
        place = elementwise("min", elementwise("max", first, -1), side - 1)
    return place, before | after << 16


def _write(program: Program, source: Node, node: Node, places: Node, across: Node, down: Node, target: str) -> None:
    kernel, (width, channels) = Kernel(program), node.shape[-2:]
    lanes, rooms = Lanes(kernel, channels), [kernel.room(width) for _ in range(3)]
    row = kernel.open_axis(node, 1)
    column = kernel.open(width)
    for room, one in zip(rooms, (places, across, down), strict=True):
        kernel.act(f"store i32 {kernel.value(one, (0, row, column))}, ptr {lanes.at(room, column, 4)}")
    kernel.close()
    pointer = lanes.pointer(source)
    out = lanes.at("%out", row, width * channels * 2)
    wide = source.shape[-2] * channels
    if width > 1:
        _pixel(lanes, kernel.open(width - 1), pointer, wide, rooms, out, more=True)
        kernel.close()
    _pixel(lanes, str(width - 1), pointer, wide, rooms, out, more=False)
    kernel.finish(target)


def _pixel(lanes: Lanes, column: str, image: str, wide: int, rooms: list[str], out: str, *, more: bool) -> None:
    """Write one pixel: four products and sums along both rows, and two across them."""
    kernel, step = lanes.kernel, lanes.kernel.emit
    place, across, down = (kernel.fresh(f"load i32, ptr {lanes.at(room, column, 4)}") for room in rooms)
    upper = lanes.at(image, place, 1)
    lower = step(f"getelementptr i8, ptr {upper}, i64 {wide}", upper)
    sums = lanes.weighed(lanes.paired(lanes.both((upper, lower), 0), 0, 2), across)
    weights = lanes.spread(down)
    # The weight of the upper row in all lanes of the lower half, and that of the lower row in the others.
    order = ", ".join(f"i32 {number}" for number in (0, 16) * 4 + (9, 16) * 4)
    apart = step(f"shufflevector <16 x i16> {weights}, <16 x i16> zeroinitializer, <16 x i32> <{order}>", weights)
    factors = step(f"bitcast <16 x i16> {apart} to <8 x i32>", apart)
    products = step(f"mul <8 x i32> {sums}, {factors}", sums, factors)
    halves = []
    for first in (0, 4):
        order = ", ".join(f"i32 {first + lane}" for lane in range(4))
        text = f"shufflevector <8 x i32> {products}, <8 x i32> poison, <4 x i32> <{order}>"
        halves.append(step(text, products))
    total = step(f"add <4 x i32> {halves[0]}, {halves[1]}", *halves)
    rounded = step(f"add <4 x i32> {total}, splat (i32 8192)", total)
    shifted = step(f"lshr <4 x i32> {rounded}, splat (i32 14)", rounded)
    kernel.module.declare("<8 x i16> @llvm.x86.sse41.packusdw(<4 x i32>, <4 x i32>)")
    packed = step(f"call <8 x i16> @llvm.x86.sse41.packusdw(<4 x i32> {shifted}, <4 x i32> {shifted})", shifted)
    words = step(f"bitcast <8 x i16> {packed} to <2 x i64>", packed)
    lanes.store(
        step(f"extractelement <2 x i64> {words}, i32 0", words), lanes.at(out, column, lanes.channels * 2), more=more
    )
