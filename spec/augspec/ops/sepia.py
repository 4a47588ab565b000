"""The op `sepia`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Sepia"]

_ROWS = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))


class Sepia(PointwiseOp):
    """Tone the picture brown, by a matrix over red, green and blue, clamped. RGB only.

    Red is 0.393 R + 0.769 G + 0.189 B, green 0.349 R + 0.686 G + 0.168 B, blue 0.272 R + 0.534 G + 0.131 B: the weights
    of the CSS filter `sepia(1)` (W3C, Filter Effects Module Level 1). Light greys end up at white in red and green.
    """

    channels: ClassVar[tuple[int, ...] | None] = (3,)

    op: Literal["sepia"]

    def steepness(self) -> float:
        """The largest row sum."""
        return max(sum(row) for row in _ROWS)

    def coarse(self, *, exact: bool) -> float:
        """Three weights in 2⁻¹⁴."""
        return 3 * 2.0**-15 if exact else 0.0

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the toned channels, clamped."""
        return m.clamp(m.mix(x, _ROWS))
