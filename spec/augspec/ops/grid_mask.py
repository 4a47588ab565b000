"""The op `grid_mask`."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Angle, Cell, Parameter, Share
from augspec.namespace import Array, Namespace
from augspec.ops.base import OccludeOp

__all__ = ["GridMask"]


class GridMask(OccludeOp):
    """Hide the squares of a regular grid, which covers the whole image at a random offset.

    The grid's cells are squares of `cell` times the image's shorter side, and in each a square of `ratio` times the
    cell's side is hidden. The grid is turned counter-clockwise about the image's centre, after it was shifted by a
    uniform offset below one cell in both directions. A pixel is hidden if its centre lies in a hidden square, the left
    and the upper edge of which belong to it. Sides and offsets are whole multiples of 2⁻¹³ pixel, rounded half-up.

    Source: P. Chen et al., GridMask data augmentation, 2020, whose ratio r is the share that stays: 1 − `ratio`.
    """

    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"
    edges: ClassVar[bool] = True

    op: Literal["grid_mask"]
    cell: Cell = Uniform(uniform=(0.4, 1.0))
    """Side of a cell, as a share of the image's shorter side."""

    ratio: Share = 0.4
    """Side of the hidden square, as a share of the cell's; 0 hides nothing."""

    degrees: Angle = 0.0
    """Angle by which the grid is turned."""

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the fields and the offset."""
        yield from super().draws()
        for name in ("top", "left"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), 1

    def random(self) -> bool:
        """The offset is always drawn."""
        return True

    def neutral(self) -> Mapping[str, float] | None:
        """A ratio of 0 changes nothing."""
        return {"ratio": 0.0}

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return cosine, sine, sides and offsets."""
        found: Mapping[str, Array] = arithmetic.lattice(draw, height, width)
        return found

    def hides(self, x: Array, y: Array, prepared: Mapping[str, Array], xp: Namespace) -> Array:
        """Return which pixels' centres, turned back, lie in the first part of a cell in both directions."""
        cos, sin = prepared["cos"], prepared["sin"]

        def within(place: Array) -> Array:
            return place - xp.floordiv(place, prepared["cell"]) * prepared["cell"] < prepared["hole"]

        across = _sum(xp, cos, x, -sin, y) + prepared["across"]
        down = _sum(xp, sin, x, cos, y) + prepared["down"]
        return xp.logical_and(within(across), within(down))


def _sum(xp: Namespace, a: Array, x: Array, b: Array, y: Array) -> Array:
    """Return (a·x + b·y) / 2¹², rounded half-up, by 12-bit halves.

    Bounds (E2): |a|, |b| ≤ 2²⁴ and |x|, |y| < 8200, so the high halves give sums below 2 · 4096 · 8200 < 2²⁷, and
    the low halves as well.
    """
    low = xp.shr(xp.bitand(a, 4095) * x + xp.bitand(b, 4095) * y + 2048, 12)
    return xp.shr(a, 12) * x + xp.shr(b, 12) * y + low
