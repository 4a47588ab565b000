"""Indices of entries, and their addresses in memory; numbers that are known stay numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from augspec_backends.host.code import STORED, Module
from augspec_backends.host.functions import Functions

__all__ = ["Index", "Indices", "Separate"]

Index = tuple[int | str, ...]
"""One number per axis: known now, or the name of an i32."""

_PIXEL, _LANE = "pixel ", "lane"
"""The numbers of a pixel and of its channel where one loop goes through both, as `Indices.run_through` says."""


_LONGEST = 2**14
"""Bytes, at most, of numbers of channels that are repeated for a run of pixels: they share the cache with the image."""


class Separate(Exception):
    """Says that the numbers of pixels and channels are needed apart from each other."""


class Indices(Functions):
    """A function that is being written, and the places in it where entries are."""

    def __init__(self, module: Module, name: str) -> None:
        super().__init__(module, name)
        self._through = ""
        self._lanes = 0
        self._run = 0
        self._counted: set[str] = set()

    def run_through(self, pixels: int, channels: int) -> tuple[str, str]:
        """Begin one loop through all channels of a row of pixels, and return the numbers of both.

        Entries at `pixel + k, channel` of arrays with as many channels are neighbours in memory: a loop over them is
        one of plain loads and stores, with no shuffling. Whatever else is done with the two numbers raises `Separate`.
        """
        self._through, self._lanes, self._run = self.open(pixels * channels), channels, pixels * channels
        return f"{_PIXEL}0", _LANE

    def emit(self, text: str, *operands: str) -> str:
        """Return the name of a value that an instruction computes from operands.

        Raises:
            Separate: an operand is the number of a pixel or channel of a loop through both.
        """
        if self._through and any(one.startswith((_PIXEL, _LANE)) for one in operands):
            raise Separate
        found = super().emit(text, *operands)
        steps = text.startswith(("add ", "sub ")) or (text.startswith("mul ") and text.endswith(", -1"))
        if steps and all(self.is_counted(one) for one in operands):
            self._counted.add(found)
        return found

    def open(self, count: int, within: tuple[str, str] | None = None) -> str:
        """Begin a loop, and return its number."""
        number = super().open(count, within)
        self._counted = {number}
        return number

    def is_counted(self, operand: str) -> bool:
        """Return whether an operand goes on by 1 or −1 with the innermost loop, or stays as it is."""
        return self.depth_of(operand) < self.depth or operand in self._counted

    def plus(self, a: int | str, b: int | str) -> int | str:
        """Return a + b; neither overflows."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if a == 0 or b == 0:
            return b if a == 0 else a
        if isinstance(a, str) and a.startswith(_PIXEL) and isinstance(b, int):
            return f"{_PIXEL}{int(a.removeprefix(_PIXEL)) + b}"
        return self.emit(f"add nsw i32 {a}, {b}", str(a), str(b))

    def product(self, a: int | str, b: int) -> int | str:
        """Return a · b."""
        if isinstance(a, int):
            return a * b
        if b in (0, 1):
            return 0 if b == 0 else a
        return self.emit(f"mul nsw i32 {a}, {b}", a)

    def divided(self, a: int | str, b: int) -> tuple[int | str, int | str]:
        """Return a // b and a % b."""
        if isinstance(a, int):
            return divmod(a, b)
        if b == 1:
            return a, 0
        return self.emit(f"udiv i32 {a}, {b}", a), self.emit(f"urem i32 {a}, {b}", a)

    def clamped(self, a: int | str, most: int) -> int | str:
        """Return a within 0 … most."""
        if isinstance(a, int):
            return min(max(a, 0), most)
        return self.extreme("smin", "i32", self.extreme("smax", "i32", a, "0"), str(most))

    def linear(self, shape: Sequence[int], index: Index) -> int | str:
        """Return the place of an entry in row-major order."""
        assert math.prod(shape) < 2**31, shape
        if len(index) == 1:
            return index[0]
        if index and index[-1] == _LANE:
            return self._in_run(shape, index)
        place: int | str = 0
        for side, one in zip(shape, index, strict=True):
            place = self.plus(self.product(place, side), one)
        return place

    def _in_run(self, shape: Sequence[int], index: Index) -> int | str:
        *rest, pixel, _ = index
        if shape[-1] != self._lanes or not isinstance(pixel, str) or not pixel.startswith(_PIXEL):
            raise Separate
        before = self.product(self.linear(shape[:-2], tuple(rest)), shape[-2] * shape[-1])
        shift = int(pixel.removeprefix(_PIXEL)) * self._lanes
        return self.plus(self.plus(before, shift), self._through)

    def lanes_of(self, numbers: np.ndarray, index: Index) -> tuple[np.ndarray, str] | None:
        """Return numbers of channels once for every pixel of a run, and where in the run it is; None outside of one."""
        lanes, size = self._lanes, self._run * numbers.dtype.itemsize
        if not index or index[-1] != _LANE or numbers.size != lanes or numbers.shape[-1] != lanes or size > _LONGEST:
            return None
        return np.tile(numbers.reshape(-1), self._run // lanes), self._through

    def reshaped(self, index: Index, outer: Sequence[int], inner: Sequence[int]) -> Index:
        """Return the index of the same entry in another shape: axes are taken together as far as products agree."""
        found: list[int | str] = []
        own, left = list(outer), list(index)
        rest = list(inner)
        while rest or own:
            sides: list[int] = []  # of the inner shape
            group: list[tuple[int, int | str]] = []  # sides of the outer one, and their numbers
            a = b = 1
            while a != b or not (sides or group):
                if (a <= b and own) or not rest:
                    a *= own[0]
                    group.append((own.pop(0), left.pop(0)))
                else:
                    b *= rest[0]
                    sides.append(rest.pop(0))
            place = self.linear([side for side, _ in group], tuple(one for _, one in group))
            digits: list[int | str] = []
            for side in reversed(sides[1:]):
                place, digit = self.divided(place, side)
                digits.append(digit)
            found += [*([place] if sides else []), *reversed(digits)]
        return tuple(found)

    def address(self, pointer: str, shape: Sequence[int], dtype: str, index: Index) -> str:
        """Return the address of an entry; entries that differ in a known last number share what they can."""
        kind, last = STORED[dtype], index[-1] if index else 0
        shared = isinstance(last, int) and any(isinstance(one, str) for one in index)
        place = self.linear(shape, (*index[:-1], 0) if shared else index)
        at = self._offset(pointer, kind, place)
        return self._offset(at, kind, last) if shared else at

    def _offset(self, pointer: str, kind: str, place: int | str) -> str:
        if place == 0:
            return pointer
        if isinstance(place, str):
            place = self.emit(f"sext i32 {place} to i64", place)
        return self.emit(f"getelementptr inbounds {kind}, ptr {pointer}, i64 {place}", pointer, str(place))

    def load(self, pointer: str, shape: Sequence[int], dtype: str, index: Index) -> str:
        """Return an entry of memory that the function does not change."""
        return self.read(self.address(pointer, shape, dtype, index), dtype)

    def read(self, at: str, dtype: str) -> str:
        """Return what stands at an address, and does not change."""
        raw = self.emit(f"load {STORED[dtype]}, ptr {at}", at)
        return self.emit(f"trunc i8 {raw} to i1", raw) if dtype == "bool" else raw

    def write(self, value: str, at: str, dtype: str) -> None:
        """Write a value to an address, in the innermost loop."""
        if dtype == "bool":
            value = self.emit(f"zext i1 {value} to i8", value)
        self.act(f"store {STORED[dtype]} {value}, ptr {at}")

    def add_to(self, at: str, op: str, dtype: str, value: str) -> str:
        """Take one entry more into what a reduction has at an address, in the innermost loop, and return that."""
        old = self.fresh(f"load {STORED[dtype]}, ptr {at}")
        new = self.combine(op, dtype, old, value)
        self.write(new, at, dtype)
        return new

    def store(self, value: str, pointer: str, shape: Sequence[int], dtype: str, index: Index) -> None:
        """Write an entry, in the innermost loop."""
        self.write(value, self.address(pointer, shape, dtype, index), dtype)

    def byte_of_pixel(self, pointer: str, shape: Sequence[int], index: Index) -> str | None:
        """Return one of the three or four bytes of a pixel, which are read together as one word of four.

        Pixels that lie at computed places cost one access each so, not one for each channel.

        Args:
            pointer: to bytes.
            shape: their shape, channels last.
            index: of the byte.

        Returns:
            None where the place or the channel is not of that kind.
        """
        *rest, channel = index
        size = math.prod(shape)
        if shape[-1] not in (3, 4) or not isinstance(channel, int) or size < 4:
            return None
        place = self.linear(shape, (*rest, 0))
        if isinstance(place, int):
            return None
        if shape[-1] == 4:
            word = self._word(pointer, place)
        else:  # the last pixel's word would reach beyond the image: it is read one byte earlier
            safe = self.extreme("smin", "i32", place, str(size - 4))
            late = self.emit(f"sub i32 {place}, {safe}", place, safe)
            bits = self.emit(f"shl i32 {late}, 3", late)
            whole = self._word(pointer, safe)
            word = self.emit(f"lshr i32 {whole}, {bits}", whole, bits)
        moved = self.emit(f"lshr i32 {word}, {8 * channel}", word) if channel else word
        return self.emit(f"trunc i32 {moved} to i8", moved)

    def _word(self, pointer: str, place: str) -> str:
        at = self._offset(pointer, "i8", place)
        return self.emit(f"load i32, ptr {at}, align 1", at)
