"""Two rows of pixels in the lanes of AVX2's registers: the bytes of neighbours paired, multiplied and added at once.

Sixteen bytes of a row are read together. Entry by entry, as everything else is computed, each tap of each channel would
be an access of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from augspec_backends.host.graph import Node
from augspec_backends.host.kernel import Kernel

__all__ = ["READ", "SPACE", "Lanes"]

SPACE = 128
"""Bytes before and behind an image, besides a row of it, that may be read, whatever is there: their weights are 0."""

READ = 16
"""Bytes of a row that are read together."""

_NOTHING = 32
"""Where a shuffle of 32 bytes finds zeros."""

_MULTIPLY = "<8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16>, <16 x i16>)"


class Lanes:
    """Writes instructions on pixels of three or four channels into a kernel."""

    def __init__(self, kernel: Kernel, channels: int) -> None:
        self.kernel, self.channels, self.step = kernel, channels, kernel.emit

    def pointer(self, node: Node) -> str:
        """Return the pointer to an array that is kept."""
        found = self.kernel.pointer(node)
        assert found is not None
        return found

    def at(self, pointer: str, number: str, size: int) -> str:
        """Return the address of an entry of so many bytes."""
        if number == "0":
            return pointer
        wide = self.step(f"sext i32 {number} to i64", number) if number.startswith("%") else number
        place = self.step(f"mul i64 {wide}, {size}", wide)
        return self.step(f"getelementptr i8, ptr {pointer}, i64 {place}", pointer, place)

    def both(self, places: Sequence[str], offset: int) -> str:
        """Return sixteen bytes of either row, <32 x i8>."""
        parts = []
        for place in places:
            at = self.step(f"getelementptr i8, ptr {place}, i64 {offset}", place) if offset else place
            parts.append(self.step(f"load <16 x i8>, ptr {at}, align 1", at))
        order = ", ".join(f"i32 {number}" for number in range(2 * READ))
        return self.step(f"shufflevector <16 x i8> {parts[0]}, <16 x i8> {parts[1]}, <32 x i32> <{order}>", *parts)

    def paired(self, both: str, offset: int, taps: int) -> str:
        """Return, for either row and each of four channels, the bytes of two taps as int16, or zeros."""
        order: list[int] = []
        for row in (0, READ):
            for channel in range(4):
                for tap in range(2):
                    known = channel < self.channels and tap < taps
                    order += [row + offset + tap * self.channels + channel if known else _NOTHING, _NOTHING]
        mask = ", ".join(f"i32 {number}" for number in order)
        found = self.step(f"shufflevector <32 x i8> {both}, <32 x i8> zeroinitializer, <32 x i32> <{mask}>", both)
        return self.step(f"bitcast <32 x i8> {found} to <16 x i16>", found)

    def spread(self, pair: str) -> str:
        """Return two int16 of an i32, again and again, <16 x i16>."""
        single = self.step(f"insertelement <8 x i32> poison, i32 {pair}, i32 0", pair)
        whole = self.step(f"shufflevector <8 x i32> {single}, <8 x i32> poison, <8 x i32> zeroinitializer", single)
        return self.step(f"bitcast <8 x i32> {whole} to <16 x i16>", whole)

    def weighed(self, paired: str, pair: str) -> str:
        """Return the sums of both taps times their weights, <8 x i32>."""
        self.kernel.module.declare(_MULTIPLY)
        halves = self.spread(pair)
        return self.step(
            f"call <8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16> {paired}, <16 x i16> {halves})", paired, halves
        )

    def store(self, word: str, at: str, *, more: bool) -> None:
        """Write four uint16; the channels alone where no pixel follows, to be written over a fourth one."""
        kernel = self.kernel
        if more or self.channels == 4:
            kernel.act(f"store i64 {word}, ptr {at}, align 2")
            return
        low = self.step(f"trunc i64 {word} to i32", word)
        kernel.act(f"store i32 {low}, ptr {at}, align 2")
        high = self.step(f"lshr i64 {word}, 32", word)
        third = self.step(f"trunc i64 {high} to i16", high)
        behind = self.step(f"getelementptr i8, ptr {at}, i64 4", at)
        kernel.act(f"store i16 {third}, ptr {behind}, align 2")
