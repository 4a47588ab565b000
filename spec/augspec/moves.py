"""Elementary moves: what an exact move is made of (C11). A backend knows these, and never the ops that return them.

A number of a move that differs from sample to sample is given by name: that of an array (B,) which the op prepared.
`when` names an array of 0 and 1, the samples that make the move; without it, all of them do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Channels", "Flip", "Move", "Pad", "Transpose", "Window"]


@dataclass(frozen=True)
class Flip:
    """Reverse one axis: horizontal exchanges left and right."""

    axis: Literal["horizontal", "vertical"]
    when: str | None = None

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size after the move."""
        return height, width


@dataclass(frozen=True)
class Transpose:
    """Exchange rows and columns: (x, y) becomes (y, x). With `when`, only a square can be."""

    when: str | None = None

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size after the move."""
        return width, height


@dataclass(frozen=True)
class Window:
    """Keep height × width pixels from a row and a column on, which may be another one for each sample."""

    top: int | str
    left: int | str
    height: int
    width: int

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size after the move."""
        return self.height, self.width


@dataclass(frozen=True)
class Pad:
    """Put pixels around the image: what its border says lies outside (C7)."""

    top: int
    right: int
    bottom: int
    left: int
    border: str
    fill: float | tuple[float, ...]

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size after the move."""
        return height + self.top + self.bottom, width + self.left + self.right


@dataclass(frozen=True)
class Channels:
    """Rearrange the image's channels; masks and points stay.

    Attributes:
        ranks: name of (B, 16) distinct numbers; those of the first C channels, ranked among themselves, are a
            permutation r of 0 … C − 1.
        drop: None: channel i shows what was channel r[i]. A number: each channel with r[i] below it becomes the fill.
        fill: of the unit range.
    """

    ranks: str
    drop: int | None = None
    fill: float | tuple[float, ...] = 0.0

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size after the move."""
        return height, width


Move = Flip | Transpose | Window | Pad | Channels
