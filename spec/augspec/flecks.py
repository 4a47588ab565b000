"""What rain and snow have in common: flecks that lie about, each in a cell of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Parameter
from augspec.namespace import Array, Namespace, Noise
from augspec.veil import VeilOp

__all__ = ["FleckOp"]

_MIDDLE = 8192
"""Cells by which the middle of the image is moved, so that all of them have numbers from 0 to 2¹⁴."""

_STAGGER = 40503
"""2¹⁶ times the golden section: by so much of a cell each column of cells stands lower than the one before."""


class FleckOp(VeilOp):
    """Flecks in layers, each in a cell of its own, over an even haze: w = haze + (1 − haze)·max(flecks).

    The cells of a layer are rectangles, turned by `degrees` about the image's centre and shifted by a uniform part of a
    cell. Column after column they stand lower by the golden section, so that they form no rows. Each draws a word: its
    12 high bits say whether a fleck is there, below `amount`, the two times ten below these where its middle lies,
    across and along, so that it stays inside. A fleck is thickest in its middle, 1 − (across/half width)² −
    (along/half length)² times its layer's share of `opacity`.
    """

    layers: ClassVar[tuple[tuple[int, int], ...]]
    """Into how many cells a layer divides a cell of the first one, across and along: 1 to 4."""

    wide: ClassVar[tuple[str, int]]
    """The field that is a fleck's width, a share of the shorter side, and how many of it a cell is wide: 2 or 4."""

    long: ClassVar[tuple[str, int]]
    """The field that is its length, and how many of it a cell is long: 2 or 4."""

    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"

    def noisy(self) -> bool:
        """Return True."""
        return True

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the fields and the shift."""
        yield from super().draws()
        for name in ("left", "top"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), 1

    def neutral(self) -> Mapping[str, float] | None:
        """No fleck and no haze."""
        return {"amount": 0.0, "haze": 0.0}

    def coarse(self, *, exact: bool) -> float:
        """A place that is off by 2⁻¹⁶ cells on both axes, of which a half is an eighth or more, with a slope of 2.

        Layer n enlarges the first by n and has (5 − n)/4 of the opacity: together up to 1.5 · 2√2 · 2⁻¹³.
        """
        return 2.0**-10

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the factors that place pixels in cells, and the other fields."""
        cells = arithmetic.cells(draw, self.wide, self.long, height, width)
        return {**cells, **{name: draw[name] for name in ("amount", "opacity", "haze", "grey")}}

    def weight(self, x: Array, y: Array, prepared: Mapping[str, Array], noise: Noise, xp: Namespace) -> Array:
        """Return the thickest fleck of all layers over the haze."""
        across, along = (_place(xp, x, y, prepared, name) for name in ("across", "along"))
        thickest = None
        for number, (columns, rows) in enumerate(self.layers):
            u = across * columns + (prepared["across_start"] + (_MIDDLE << 16))
            column = xp.shr(u, 16)
            v = (
                along * rows
                + (prepared["along_start"] + (_MIDDLE << 16))
                + xp.bitand((column - _MIDDLE) * _STAGGER, 65535)
            )
            word = noise.at(xp.shr(v, 16) * 16384 + column + (number << 28))
            there = xp.bitand(xp.shr(word, 20), 4095) < prepared["amount"]
            one = xp.where(there, self._fleck(u, v, word, xp), 0)
            share = prepared["opacity"] * (4 - number)  # in 2⁻¹⁴
            one = xp.shr(one * share + 8192, 14)
            thickest = one if thickest is None else xp.maximum(thickest, one)
        haze = prepared["haze"] * 8
        return haze + xp.shr((32768 - haze) * thickest + 16384, 15)

    def _fleck(self, u: Array, v: Array, word: Array, xp: Namespace) -> Array:
        """Return 1 − (across/half width)² − (along/half length)² in 2⁻¹⁵, at least 0."""
        rest = None
        for place, bits, times in ((u, xp.shr(word, 10), self.wide[1]), (v, word, self.long[1])):
            half = 32768 // times  # of 65536
            middle = (xp.bitand(bits, 1023) * 2 + 1) * (16 - 16 // times) * 2 + half
            away = xp.minimum(xp.abs(xp.bitand(place, 65535) - middle), half) * (16384 // half)
            rest = (1 << 28) - away * away if rest is None else rest - away * away
        return xp.shr(xp.maximum(rest, 0), 13)


def _place(xp: Namespace, x: Array, y: Array, prepared: Mapping[str, Array], name: str) -> Array:
    """Return right·x + down·y in 2⁻¹⁶ cells of the first layer, rounded half-up, by 12-bit halves.

    Bounds (E2): factors up to 2²⁷ and |x|, |y| < 2¹³, so that the high halves give sums below 2²⁹.
    """
    right, down = prepared[f"{name}_right"], prepared[f"{name}_down"]
    low = xp.shr(xp.bitand(right, 4095) * x + xp.bitand(down, 4095) * y, 12)
    return xp.shr(xp.shr(right, 12) * x + xp.shr(down, 12) * y + low + 2, 2)
