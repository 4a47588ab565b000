"""The op `shadow`."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Blend, Extent, Hole, Parameter
from augspec.namespace import Array, Namespace, Noise
from augspec.veil import VeilOp

__all__ = ["Shadow"]

_POINTS = 5


class Shadow(VeilOp):
    """Darken the convex hull of five points: x·(1 − darkness·t), t from 0 outside to 1 inside over a soft edge.

    The points lie anywhere in a rectangle of `size` times the image's sides, whose centre is anywhere on the image, and
    are rounded half-up to whole pixels: the shadow may reach over the border, and may lie outside. With d the distance
    inwards from the nearest of the hull's lines and s the edge's width, t is d/s + ½, clamped to [0, 1].

    Source of the idea: the polygons of `RandomShadow` in Albumentations 2.0, whose edges are hard.
    """

    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"

    op: Literal["shadow"]
    darkness: Blend = Uniform(uniform=(0.3, 0.7))
    """Share of the light that is lost in the shadow."""

    size: Extent = Uniform(uniform=(1.0, 2.0))
    """Sides of the rectangle in which the points lie, as shares of the image's own."""

    softness: Hole = Uniform(uniform=(0.0, 0.1))
    """Width of the edge, as a share of the image's shorter side; at least one pixel."""

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the fields, the centre and the points."""
        yield from super().draws()
        for name, count in (("left", 1), ("top", 1), ("x", _POINTS), ("y", _POINTS)):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), count

    def random(self) -> bool:
        """The place is always drawn."""
        return True

    def neutral(self) -> Mapping[str, float] | None:
        """A darkness of 0 changes nothing."""
        return {"darkness": 0.0}

    def coarse(self, *, exact: bool) -> float:
        """Lengths and widths are rounded by 2⁻¹⁴ of themselves at most, quotients by as much, of an edge's half."""
        return 2.0**-11

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the lines of the hull, and the darkness in 2⁻¹⁵."""
        found = dict(arithmetic.hull(draw, height, width))
        return {**found, "share": draw["darkness"] * 8 * found.pop("some"), "grey": draw["darkness"] * 0}

    def weight(self, x: Array, y: Array, prepared: Mapping[str, Array], noise: Noise, xp: Namespace) -> Array:
        """Return how far a pixel is behind the line that it is the least far behind, times the darkness."""
        names = ("right", "down", "offset", "half", "shift", "inverse")
        inside = None
        for i in range(xp.shape(prepared["right"])[1]):
            right, down, offset, half, shift, inverse = (prepared[name][:, i, ...] for name in names)
            place = right * x + (down * y + offset)
            across = xp.maximum(xp.minimum(place, half), -half) + half  # at most 2²⁹
            behind = xp.shr(xp.shr(across, shift) * inverse, 14)
            inside = behind if inside is None else xp.minimum(inside, behind)
        return xp.shr(xp.minimum(inside, 32768) * prepared["share"] + 16384, 15)
