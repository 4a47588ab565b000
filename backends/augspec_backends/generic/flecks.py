"""Where pixels lie in the cells of a turned lattice, and in radii from the centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec_backends.generic.plane import cosine, multiply, sine

__all__ = ["FleckArithmetic"]


@dataclass(frozen=True)
class FleckArithmetic:
    """The integer arithmetic of flecks."""

    xp: Namespace

    def cells(
        self, draw: Mapping[str, Array], wide: tuple[str, int], long: tuple[str, int], height: int, width: int
    ) -> dict[str, Array]:
        """Return what places pixels in cells: `across` = right·x + down·y + start, and along likewise, (B,) each.

        Factors are in 2⁻³⁰ cells per half pixel, `start` in 2⁻¹⁶ cells, below one. A fleck's sides are at least two
        pixels. Bounds (E2), for sides up to 2¹³: a fleck has up to 2²⁶ steps of 2⁻¹³ pixel, a cell from 2¹⁵ on to 2²⁸;
        a factor is at most 2²⁷.

        Args:
            draw: the sides, and `left` and `top`, in 2⁻²⁴, `degrees` in 2⁻²⁴ turns, each (B,).
            wide: which of them is a fleck's width, a share of the shorter side, and how many of it a cell is wide.
            long: likewise its length.
            height: H, static.
            width: W, static.
        """
        xp = self.xp
        cos, sin = cosine(xp, draw["degrees"]), sine(xp, draw["degrees"])
        (across, along) = (
            xp.maximum(multiply(xp, draw[field], cos * 0 + min(height, width) * 8192), 2 * 8192) * times
            for field, times in (wide, long)
        )
        factors = self._over(xp.stack([cos, -sin, sin, cos], 1), xp.stack([across, across, along, along], 1))
        names = ("across_right", "across_down", "along_right", "along_down")
        return {
            **{name: factors[:, i] for i, name in enumerate(names)},
            "across_start": xp.shr(draw["left"], 8),
            "along_start": xp.shr(draw["top"], 8),
        }

    def radii(self, draw: Mapping[str, Array], height: int, width: int) -> dict[str, Array]:
        """Return what places pixels and one point in radii from the image's centre, (B,) each.

        `scale` is in 2⁻³⁰ radii per half pixel, `sun_x` and `sun_y` in 2⁻¹⁸ radii. A radius is at least two pixels, and
        rounded half-up to 2⁻¹³ pixel, as the point's place is. Bounds (E2), for sides up to 2¹³: the scale is at most
        2²⁸, the point at most 2²⁹.

        Args:
            draw: the radius `size` of the shorter side, and the point's `x` and `y` of the sides, in 2⁻²⁴, each (B,).
            height: H, static.
            width: W, static.
        """
        xp, size = self.xp, draw["size"]
        radius = xp.maximum(multiply(xp, size, size * 0 + min(height, width) * 8192), 2 * 8192)
        x, y = (
            multiply(xp, draw[axis] - (1 << 23), size * 0 + side * 8192) for axis, side in (("x", width), ("y", height))
        )
        found = self._over(xp.stack([size * 0 + (1 << 24), x, y], 1), xp.reshape(radius, (-1, 1)))
        return {name: found[:, i] for i, name in enumerate(("scale", "sun_x", "sun_y"))}

    def _over(self, numbers: Array, whole: Array) -> Array:
        """Return numbers · 2¹⁸ / whole, (B, n), rounded half away from zero; long division, three bits at a time.

        All of them at once, and each digit used twice: compilers are slow on divisions.
        """
        xp = self.xp
        rest = xp.abs(numbers)
        found = xp.floordiv(rest, whole)
        rest = rest - found * whole
        for _ in range(6):
            digit = xp.floordiv(rest * 8, whole)
            found, rest = found * 8 + digit, rest * 8 - digit * whole
        found = found + xp.astype(rest * 2 >= whole, "int32")
        return xp.where(numbers < 0, -found, found)
