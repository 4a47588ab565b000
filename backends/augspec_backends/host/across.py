"""Bytes of images resampled along their rows: two rows, and all taps and channels of a pixel, at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augspec_backends.host.graph import Node, constant
from augspec_backends.host.kernel import Kernel
from augspec_backends.host.lanes import READ, SPACE, Lanes

if TYPE_CHECKING:
    from augspec_backends.host.program import Program

__all__ = ["resampled"]


def resampled(program: Program, node: Node, target: str, source: Node, first: Node, weights: Node) -> bool:
    """Compute levels along rows into uint16 at a target; return whether there are few enough taps for it.

    Args:
        program: the caller.
        node: the array.
        target: a pointer to memory for it.
        source: the image, with space around it.
        first: columns of first taps.
        weights: of the taps.
    """
    taps = weights.shape[-1]
    if (taps + 1) * source.shape[-1] + READ > SPACE:
        return False
    pairs = [_pair(weights, tap) for tap in range(0, taps, 2)]
    for one in (first, *pairs):
        program.in_memory(one)
    _Across(program, source, first, pairs, node, taps).write(target)
    return True


def _pair(weights: Node, tap: int) -> Node:
    """Return the weights of a tap and the next one, (1, w), as two int16 in an int32: negative, since 2¹⁵ is none."""
    low = -weights[:, :, tap] & 0xFFFF
    return low | -weights[:, :, tap + 1] << 16 if tap + 1 < weights.shape[-1] else low


class _Across:
    """The kernel."""

    def __init__(
        self, program: Program, source: Node, first: Node, pairs: Sequence[Node], node: Node, taps: int
    ) -> None:
        self.kernel, self.program = Kernel(program), program
        self.source, self.first, self.pairs, self.node, self.taps = source, first, pairs, node, taps
        self.lanes, self.sample = Lanes(self.kernel, source.shape[-1]), "0"

    def write(self, target: str) -> None:
        """Go through pairs of rows, and through their pixels."""
        kernel, lanes, step, (batch, rows, width, channels) = self.kernel, self.lanes, self.kernel.emit, self.node.shape
        ends = self.program.part(self.node)
        begin, end = (kernel.value(one, ()) for one in ends or (constant(0, "int32"), constant(rows, "int32")))
        count = step(f"sub i32 {end}, {begin}", begin, end)
        more = step(f"add i32 {count}, 1", count)
        twos = step(f"lshr i32 {more}, 1", more)
        self.sample = kernel.open(batch) if batch > 1 else "0"
        number = kernel.open((rows + 1) // 2, ("0", twos))
        twice = step(f"shl i32 {number}, 1", number)
        upper = step(f"add i32 {begin}, {twice}", begin, twice)
        last = step(f"sub i32 {end}, 1", end)
        following = step(f"add i32 {upper}, 1", upper)
        lower = kernel.extreme("smin", "i32", following, last)  # of an odd number, the last row is its own partner
        pointer = lanes.pointer(self.source)
        high, wide = self.source.shape[-3], self.source.shape[-2] * channels
        image = lanes.at(pointer, self.sample, high * wide)
        out = lanes.at("%out", self.sample, rows * width * channels * 2)
        given = [lanes.at(image, row, wide) for row in (upper, lower)]
        taken = [lanes.at(out, row, width * channels * 2) for row in (upper, lower)]
        if width > 1:
            self._pixel(kernel.open(width - 1), given, taken, more=True)
            kernel.close()
        self._pixel(str(width - 1), given, taken, more=False)
        kernel.finish(target)

    def _pixel(self, column: str, given: Sequence[str], taken: Sequence[str], *, more: bool) -> None:
        """Write a pixel of both rows."""
        kernel, lanes, step, channels = self.kernel, self.lanes, self.kernel.emit, self.lanes.channels
        index = tuple(one if one.startswith("%") else int(one) for one in (self.sample, column))
        start = kernel.load(lanes.pointer(self.first), self.first.shape, "int32", index)
        places = [lanes.at(row, start, channels) for row in given]
        total = both = ""
        base = -READ
        for number, pair in enumerate(self.pairs):
            tap = 2 * number
            taps = min(2, self.taps - tap)
            if (tap + taps) * channels - base > READ:
                base = tap * channels
                both = lanes.both(places, base)
            weight = kernel.load(lanes.pointer(pair), pair.shape, "int32", index)
            sums = lanes.weighed(lanes.paired(both, tap * channels - base, taps), weight)
            total = step(f"add <8 x i32> {total}, {sums}", total, sums) if total else sums
        rounded = step(f"sub <8 x i32> splat (i32 64), {total}", total)  # the weights were negative
        shifted = step(f"ashr <8 x i32> {rounded}, splat (i32 7)", rounded)
        kernel.module.declare("<16 x i16> @llvm.x86.avx2.packusdw(<8 x i32>, <8 x i32>)")
        packed = step(f"call <16 x i16> @llvm.x86.avx2.packusdw(<8 x i32> {shifted}, <8 x i32> {shifted})", shifted)
        words = step(f"bitcast <16 x i16> {packed} to <4 x i64>", packed)
        for row, lane in zip(taken, (0, 2), strict=True):
            word = step(f"extractelement <4 x i64> {words}, i32 {lane}", words)
            lanes.store(word, lanes.at(row, column, channels * 2), more=more)
