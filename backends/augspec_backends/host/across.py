"""Bytes of images resampled along their rows, two rows and all taps of a pixel at a time, on processors with AVX2.

Sixteen bytes of a row are read together; those of two neighbouring pixels are paired, channel by channel, and
multiplied by their weights and added in one instruction. Entry by entry, as everything else is computed, each tap of
each channel would be an access of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augspec_backends.host.graph import Node, constant
from augspec_backends.host.kernel import Kernel

if TYPE_CHECKING:
    from augspec_backends.host.program import Program

__all__ = ["SPACE", "resampled"]

SPACE = 128
"""Bytes before and behind an image that may be read, whatever is there: their weights are 0."""

_READ = 16
"""Bytes of a row that are read together."""

_NOTHING = 32
"""Where a shuffle of 32 bytes finds zeros."""


def resampled(program: Program, node: Node, target: str) -> bool:
    """Compute levels along rows into uint16 at a target; return whether this array is of that kind.

    Args:
        program: the caller.
        node: the array.
        target: a pointer to memory for it.
    """
    levels = node.args[0]
    if node.dtype != "uint16" or levels.op != "astype" or levels.args[0].op != "across" or not program.module.gathering:
        return False
    image, first, weights = levels.args[0].data
    channels, taps = image.shape[-1], weights.shape[-1]
    if channels not in (3, 4) or (taps + 1) * channels + _READ > SPACE:
        return False
    source = program.spacious(image)
    if source is None:
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
        self.channels, self.sample = source.shape[-1], "0"

    def write(self, target: str) -> None:
        """Go through pairs of rows, and through their pixels."""
        kernel, step, (batch, rows, width, channels) = self.kernel, self.kernel.emit, self.node.shape
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
        pointer = kernel.pointer(self.source)
        assert pointer is not None
        high, wide = self.source.shape[-3], self.source.shape[-2] * channels
        image, out = (
            self._at(pointer, self.sample, high * wide),
            self._at("%out", self.sample, rows * width * channels * 2),
        )
        given = [self._at(image, row, wide) for row in (upper, lower)]
        taken = [self._at(out, row, width * channels * 2) for row in (upper, lower)]
        if width > 1:
            self._pixel(kernel.open(width - 1), given, taken, more=True)
            kernel.close()
        self._pixel(str(width - 1), given, taken, more=False)
        kernel.finish(target)

    def _at(self, pointer: str, number: str, size: int) -> str:
        step = self.kernel.emit
        if number == "0":
            return pointer
        wide = step(f"sext i32 {number} to i64", number) if number.startswith("%") else number
        place = step(f"mul i64 {wide}, {size}", wide)
        return step(f"getelementptr i8, ptr {pointer}, i64 {place}", pointer, place)

    def _pixel(self, column: str, given: Sequence[str], taken: Sequence[str], *, more: bool) -> None:
        """Write a pixel of both rows; where another one follows, of three channels, its first one is written over."""
        kernel, step, channels = self.kernel, self.kernel.emit, self.channels
        index = tuple(one if one.startswith("%") else int(one) for one in (self.sample, column))
        start = kernel.load(self._pointer(self.first), self.first.shape, "int32", index)
        places = [self._at(row, start, channels) for row in given]
        total = both = ""
        base = -_READ
        for number, pair in enumerate(self.pairs):
            tap = 2 * number
            taps = min(2, self.taps - tap)
            if (tap + taps) * channels - base > _READ:
                base = tap * channels
                both = self._both(places, base)
            paired = self._paired(both, tap * channels - base, taps)
            weight = kernel.load(self._pointer(pair), pair.shape, "int32", index)
            single = step(f"insertelement <8 x i32> poison, i32 {weight}, i32 0", weight)
            spread = step(f"shufflevector <8 x i32> {single}, <8 x i32> poison, <8 x i32> zeroinitializer", single)
            halves = step(f"bitcast <8 x i32> {spread} to <16 x i16>", spread)
            kernel.module.declare("<8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16>, <16 x i16>)")
            sums = step(
                f"call <8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16> {paired}, <16 x i16> {halves})", paired, halves
            )
            total = step(f"add <8 x i32> {total}, {sums}", total, sums) if total else sums
        rounded = step(f"sub <8 x i32> splat (i32 64), {total}", total)  # the weights were negative
        shifted = step(f"ashr <8 x i32> {rounded}, splat (i32 7)", rounded)
        kernel.module.declare("<16 x i16> @llvm.x86.avx2.packusdw(<8 x i32>, <8 x i32>)")
        packed = step(f"call <16 x i16> @llvm.x86.avx2.packusdw(<8 x i32> {shifted}, <8 x i32> {shifted})", shifted)
        words = step(f"bitcast <16 x i16> {packed} to <4 x i64>", packed)
        for row, lane in zip(taken, (0, 2), strict=True):
            word = step(f"extractelement <4 x i64> {words}, i32 {lane}", words)
            at = self._at(row, column, channels * 2)
            self._store(word, at, whole=more or channels == 4)

    def _pointer(self, node: Node) -> str:
        found = self.kernel.pointer(node)
        assert found is not None
        return found

    def _both(self, places: Sequence[str], offset: int) -> str:
        """Return sixteen bytes of either row."""
        step, parts = self.kernel.emit, []
        for place in places:
            at = step(f"getelementptr i8, ptr {place}, i64 {offset}", place) if offset else place
            parts.append(step(f"load <16 x i8>, ptr {at}, align 1", at))
        order = ", ".join(f"i32 {number}" for number in range(2 * _READ))
        return step(f"shufflevector <16 x i8> {parts[0]}, <16 x i8> {parts[1]}, <32 x i32> <{order}>", *parts)

    def _paired(self, both: str, offset: int, taps: int) -> str:
        """Return, for either row and each of four channels, the bytes of two taps as int16, or zeros."""
        order: list[int] = []
        for row in (0, _READ):
            for channel in range(4):
                for tap in range(2):
                    known = channel < self.channels and tap < taps
                    order += [row + offset + tap * self.channels + channel if known else _NOTHING, _NOTHING]
        mask = ", ".join(f"i32 {number}" for number in order)
        step = self.kernel.emit
        found = step(f"shufflevector <32 x i8> {both}, <32 x i8> zeroinitializer, <32 x i32> <{mask}>", both)
        return step(f"bitcast <32 x i8> {found} to <16 x i16>", found)

    def _store(self, word: str, at: str, *, whole: bool) -> None:
        kernel, step = self.kernel, self.kernel.emit
        if whole:
            kernel.act(f"store i64 {word}, ptr {at}, align 2")
            return
        low = step(f"trunc i64 {word} to i32", word)
        kernel.act(f"store i32 {low}, ptr {at}, align 2")
        high = step(f"lshr i64 {word}, 32", word)
        third = step(f"trunc i64 {high} to i16", high)
        behind = step(f"getelementptr i8, ptr {at}, i64 4", at)
        kernel.act(f"store i16 {third}, ptr {behind}, align 2")
