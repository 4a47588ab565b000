"""The memory of a program's own: what is read no more makes room for what comes later."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

__all__ = ["Arena"]

_ALIGNED = 64

_LARGE = 4096
"""Bytes from which on an array's place is given to others when it is no longer needed."""

_NAME = re.compile(r"%v\d+")
_PLACE = re.compile(r"<(\d+)>")


@dataclass
class _Span:
    """A large array: its size in bytes, and when it is first and last read or written."""

    size: int
    first: float = math.inf
    last: float = -math.inf


class Arena:
    """Places in the memory of one program, which are known when all of it has been written.

    Until then the place of a large array is a name in the text, `<3>`. Time is counted in lines outside of all loops:
    whatever a loop touches, it touches at one time, and so for as long as the loop takes.
    """

    def __init__(self) -> None:
        self._fixed = 0
        self._spans: list[_Span] = []
        self._holder: dict[str, int] = {}
        self._time = 0

    def allocate(self, size: int) -> int | str:
        """Return where some bytes begin: a number for a few that are kept to the end, a name for more."""
        if size < _LARGE:
            return self.fixed(size)
        self._spans.append(_Span(size))
        return f"<{len(self._spans) - 1}>"

    def fixed(self, size: int, aligned: int = _ALIGNED) -> int:
        """Return where some bytes begin that are kept to the end."""
        start = _up(self._fixed, aligned)
        self._fixed = start + size
        return start

    def note(self, text: str, result: str | None, *, moves: bool) -> None:
        """Note which arrays a line reads or writes: those whose pointers, or pointers into them, are its operands.

        Args:
            text: the line.
            result: the name of its value, which may be another pointer into an array; to make one touches nothing.
            moves: whether time goes on: not inside of loops.
        """
        self._time += moves
        places = _PLACE.search(text)
        if places and result:
            self._holder[result] = int(places[1])
            return
        for name in _NAME.findall(text):
            number = self._holder.get(name)
            if number is None:
                continue
            if text.startswith("getelementptr"):
                if result:
                    self._holder[result] = number
                return
            span = self._spans[number]
            span.first, span.last = min(span.first, self._time), self._time

    def placed(self, text: str) -> tuple[str, int]:
        """Return a finished text with numbers for all names, and how many bytes there are: the largest come first."""
        low, most = _up(self._fixed, _ALIGNED), self._fixed
        starts: dict[int, int] = {}
        for number in sorted(range(len(self._spans)), key=lambda one: -self._spans[one].size):
            span, start = self._spans[number], low
            for other in sorted(starts, key=starts.__getitem__):
                held = self._spans[other]
                if held.first <= span.last and span.first <= held.last:
                    if start + span.size <= starts[other]:
                        break
                    start = max(start, _up(starts[other] + held.size, _ALIGNED))
            starts[number] = start
            most = max(most, start + span.size)
        return _PLACE.sub(lambda found: str(starts[int(found[1])]), text), most


def _up(size: int, aligned: int) -> int:
    return -(-size // aligned) * aligned
