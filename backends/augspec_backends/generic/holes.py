"""Rectangles of whole pixels under which parts of an image are hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec.random.maps import share
from augspec_backends.generic.plane import cosine, multiply, sine

__all__ = ["HoleArithmetic"]


@dataclass(frozen=True)
class HoleArithmetic:
    """The integer arithmetic of holes."""

    xp: Namespace

    def fraction(self, part: Array, side: int) -> Array:
        """Return part · side / 2²⁴ rounded half-up, of a part in 2⁻²⁴ up to 1 and a side up to 8192.

        By 12-bit halves, which drop at most 2⁻¹² before the half is added: half a pixel itself is rounded up.
        """
        xp = self.xp
        return xp.shr(xp.shr(part, 12) * side + xp.shr(xp.bitand(part, 4095) * side, 12) + 2048, 12)

    def rectangles(self, holes: Sequence[Array], height: int, width: int) -> dict[str, Array]:
        """Return the edges of holes on the grid of pixels' centres: 2j + 1 − W from `left` on and below `right`.

        Args:
            holes: left, top, width and height in pixels, (B,) or (B, n); a side of 0 hides nothing.
            height: H, static.
            width: W, static.
        """
        left, top, wide, high = (self._listed(one) for one in holes)
        return {
            "left": left * 2 + (1 - width),
            "right": (left + wide) * 2 + (1 - width),
            "top": top * 2 + (1 - height),
            "bottom": (top + high) * 2 + (1 - height),
        }

    def squares(
        self, size: Array, top: Array, left: Array, height: int, width: int, *, inside: bool
    ) -> tuple[Array, ...]:
        """Return holes (left, top, width, height) of `size` times the shorter side, rounded half-up.

        Args:
            size: (B,) or (B, n) in 2⁻²⁴, like the others.
            top: position of the centre's row, or of the first row that leaves the hole inside.
            left: likewise for columns.
            height: H, static.
            width: W, static.
            inside: whether holes lie inside of the image; else their centres ⌊side / 2⌋ do.
        """
        xp = self.xp
        side = self.fraction(size, min(height, width))
        if inside:
            return share(xp, left, width + 1 - side), share(xp, top, height + 1 - side), side, side
        half = xp.shr(side, 1)
        return share(xp, left, width) - half, share(xp, top, height) - half, side, side

    def lattice(self, draw: Mapping[str, Array], height: int, width: int) -> dict[str, Array]:
        """Return what places a turned grid: `cos`, `sin` in 2⁻²⁴, and `cell`, `hole`, `across`, `down` in 2⁻¹³ pixel.

        `across` and `down` are offsets of a place relative to the centre, with so many whole cells that their sum is
        never negative. Bounds (E2): a cell is at most 2²⁶ and a place at most 2²⁶ + 2¹⁵ in magnitude, so that an offset
        stays below 2²⁸, and the sum below 2²⁹.

        Args:
            draw: `cell` and `ratio`, `top` and `left` in 2⁻²⁴, `degrees` in 2⁻²⁴ turns, each (B,).
            height: H, static.
            width: W, static.
        """
        xp = self.xp
        side = draw["cell"] * 0 + min(height, width) * 8192
        cell = multiply(xp, draw["cell"], side)
        farthest = 4096 * (height + width + 8)
        whole = (xp.floordiv(farthest + cell * 0, cell) + 1) * cell
        return {
            "cos": cosine(xp, draw["degrees"]),
            "sin": sine(xp, draw["degrees"]),
            "cell": cell,
            "hole": multiply(xp, draw["ratio"], cell),
            "across": multiply(xp, draw["left"], cell) + whole,
            "down": multiply(xp, draw["top"], cell) + whole,
        }

    def _listed(self, numbers: Array) -> Array:
        """Return (B, n) numbers of (B,) or (B, n) ones."""
        xp = self.xp
        return xp.reshape(numbers, (-1, 1)) if len(xp.shape(numbers)) == 1 else numbers
