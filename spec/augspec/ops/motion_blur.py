"""The op `motion_blur`."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Angle, Length
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp, bounds

__all__ = ["MotionBlur"]

_STEPS = 720
"""Angles at which taps are looked for, per half turn: the end of the longest line moves by 0.03 pixel between two."""


class MotionBlur(FilterOp):
    """Replace each pixel by the mean of `length` points on a line through it, one pixel apart; mirror border.

    The line lies at `degrees`, counter-clockwise from the horizontal (C6), with its middle on the pixel; points between
    pixels are read bilinearly. Length 1 changes nothing. The line is the kernel of kornia 0.8 (`motion_blur2d` with
    direction 0), which is turned with `nearest` or `bilinear` there.
    """

    op: Literal["motion_blur"]
    linear: ClassVar[bool] = True
    length: Length
    """How many points the line has: 1 to 15, whole."""

    degrees: Angle
    """Direction of the line; 180 more is the same line."""

    def reach(self) -> int:
        """Return half of the longest line, rounded up to a pixel."""
        return int(bounds(self.length)[1]) // 2

    def neutral(self) -> Mapping[str, float] | None:
        """A line of one point."""
        return {"length": 1.0}

    def coarse(self, *, exact: bool) -> float:
        """Two places in 2⁻¹² pixel, and four taps of each point in 2⁻¹⁵."""
        return 2.0**-12 + 4 * bounds(self.length)[1] * 2.0**-16

    def taps(self) -> tuple[tuple[int, int], ...]:
        """Return the (down, right) that some line of the policy reads, and perhaps a few more."""
        return _lines(*bounds(self.degrees), int(bounds(self.length)[1]))

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the weights of the taps, (B, K)."""
        longest = int(bounds(self.length)[1])
        return {"tap_weights": arithmetic.line(draw["length"], draw["degrees"], self.taps(), longest)}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x blurred, clamped."""
        return m.clamp(m.correlate(x, self.taps(), draw["tap_weights"]))


@cache
def _lines(low: float, high: float, longest: int) -> tuple[tuple[int, int], ...]:
    """Return the taps of lines of up to so many points, at angles from low to high, both ends alike."""
    count = 1 if low == high else min(_STEPS, math.ceil((high - low) / 180 * _STEPS)) + 1
    margin = 1.0 if low == high else 1.05
    found = {(0, 0)}
    for k in range(count):
        angle = math.radians(low + k * 180 / _STEPS)
        for point in (half / 2 for half in range(longest)):
            x, y = point * math.cos(angle), -point * math.sin(angle)
            columns = range(math.ceil(x - margin), math.floor(x + margin) + 1)
            rows = range(math.ceil(y - margin), math.floor(y + margin) + 1)
            found |= {(sign * i, sign * j) for i in rows for j in columns for sign in (-1, 1)}
    return tuple(sorted(tap for tap in found if max(map(abs, tap)) <= longest // 2))
