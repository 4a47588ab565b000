"""Quantities: the unit, the domain and the integer grid of every kind of parameter (E3, R13).

A parameter reaches pixels as an integer: its value times `unit`, rounded half-up. The float that a document
holds is mapped first (degrees to turns, areas to their square roots), and mapped back when people look at it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["QUANTITIES", "Quantity"]


def _same(value: float) -> float:
    return value


@dataclass(frozen=True)
class Quantity:
    """One kind of parameter.

    Attributes:
        name: its key in `QUANTITIES`, also written into draws.
        unit: integer steps per 1 of the mapped value.
        low: smallest legal value, in the document's own unit.
        high: largest legal value.
        meaning: what the document's number means, with its unit.
        neutral: the value that changes nothing, if there is one.
        linear: whether `mapped` is a multiplication, so that uniform stays uniform.
        mapped: from the document's value to the mapped one.
        unmapped: back again.
        symbol: how people write the unit after a number, e.g. "°"; a leading "×" goes before it.
        step: one integer step in words.
        whole: whether it counts something: then it is one of whole numbers, never of a range.
    """

    name: str
    unit: int
    low: float
    high: float
    meaning: str
    neutral: float | None = None
    linear: bool = True
    mapped: Callable[[float], float] = _same
    unmapped: Callable[[float], float] = _same
    symbol: str = ""
    step: str = ""
    whole: bool = False

    def quantise(self, value: float) -> int:
        """Return the integer that stands for `value`: floor(mapped · unit + ½)."""
        return math.floor(self.mapped(value) * self.unit + 0.5)

    def human(self, steps: int) -> float:
        """Return the document's value that `steps` stands for."""
        return self.unmapped(int(steps) / self.unit)


def _turns(degrees: float) -> float:
    return degrees / 360.0


def _degrees(turns: float) -> float:
    return turns * 360.0


def _square(value: float) -> float:
    return value * value


_ALL = (
    Quantity(
        "angle",
        1 << 24,
        -3600,
        3600,
        "degrees, counter-clockwise",
        0.0,
        True,
        _turns,
        _degrees,
        "°",
        "2⁻²⁴ turn",
    ),
    Quantity("fraction", 1 << 24, -1, 1, "fraction of the side, right and down", 0.0, symbol="", step="2⁻²⁴"),
    Quantity("tangent", 1 << 24, -2, 2, "tangent of the shear angle", 0.0, step="2⁻²⁴"),
    Quantity("scale", 1 << 16, 0.125, 8, "factor, above 1 makes things bigger", 1.0, symbol="×", step="2⁻¹⁶"),
    Quantity("resize", 1 << 16, 0.0625, 8, "factor, above 1 makes things bigger", symbol="×", step="2⁻¹⁶"),
    Quantity("shrink", 1 << 24, 0.0625, 1, "factor by which the image shrinks", 1.0, symbol="×", step="2⁻²⁴"),
    Quantity("zoom", 1 << 16, 1, 8, "by how much things get smaller", 1.0, symbol="×", step="2⁻¹⁶"),
    Quantity("factor", 1 << 12, 0, 8, "factor, 1 changes nothing", 1.0, symbol="×", step="2⁻¹²"),
    Quantity("offset", 65280, -1, 1, "share of the value range", 0.0, step="1/65280"),
    Quantity("std", 65280, 0, 1, "standard deviation, share of the value range", 0.0, step="1/65280"),
    Quantity("threshold", 65280, 0, 1, "share of the value range", step="1/65280"),
    Quantity("share", 1 << 24, 0, 1, "share", 0.0, step="2⁻²⁴"),
    Quantity(
        "quarters", 1, 0, 3, "quarter turns, counter-clockwise", 0.0, symbol=" quarter turns", step="1", whole=True
    ),
    Quantity("rank", 1, 0, 15, "rank among 16, from 0"),
    Quantity("bits", 1, 1, 8, "bits that are kept", step="1 bit", whole=True),
    Quantity("quality", 1, 1, 100, "quality of a JPEG encoder", step="1", whole=True),
    Quantity("cell", 1 << 24, 0.015625, 1, "share of the image's shorter side", step="2⁻²⁴"),
    Quantity("hole", 1 << 24, 0, 1, "share of the image's shorter side", 0.0, step="2⁻²⁴"),
    Quantity("extent", 1 << 16, 0, 2, "share of the image's sides", step="2⁻¹⁶"),
    Quantity("turns", 6 << 15, -1, 1, "turns of the colour circle", 0.0, symbol=" turn", step="1/196608 turn"),
    Quantity("gamma", 1 << 12, 0, 8 - 2**-12, "exponent, 1 changes nothing", 1.0, step="2⁻¹²"),
    Quantity("radius", 1, 0, 31, "pixels to each side", 0.0, symbol=" px", step="1 px", whole=True),
    Quantity("clip", 1 << 8, 1, 40, "times the mean count of a level", symbol="×", step="2⁻⁸"),
    Quantity("disc", 1 << 12, 0, 5, "radius, pixels", 0.0, symbol=" px", step="2⁻¹² px"),
    Quantity("length", 1, 1, 15, "pixels along the line", 1.0, symbol=" px", step="1 px", whole=True),
    Quantity("amount", 1 << 12, 0, 8, "factor, 0 changes nothing", 0.0, symbol="×", step="2⁻¹²"),
    Quantity("blend", 1 << 12, 0, 1, "share of the effect", 0.0, step="2⁻¹²"),
    Quantity("strength", 1 << 12, 0, 2, "strength", step="2⁻¹²"),
    Quantity("kelvin", 1, 3000, 15000, "colour temperature of the light, kelvin", 6500.0, symbol=" K", step="1 K"),
    Quantity("control", 3 << 12, 0, 1, "share of the value range", step="1/12288"),
    Quantity("normal", 1 << 12, -5, 5, "standard deviations", step="2⁻¹²"),
    Quantity("sigma", 1 << 8, 0.1, 15, "standard deviation, pixels", symbol=" px", step="2⁻⁸ px"),
    Quantity(
        "area",
        1 << 24,
        0.0001,
        1,
        "share of the image's area",
        None,
        False,
        math.sqrt,
        _square,
        step="2⁻²⁴ of the root",
    ),
    Quantity(
        "aspect",
        1 << 16,
        0.0625,
        16,
        "width over height",
        None,
        False,
        math.sqrt,
        _square,
        step="2⁻¹⁶ of the root",
    ),
    Quantity("weight", 1 << 15, 0, 1, "weight of the sample itself", 1.0, step="2⁻¹⁵"),
    Quantity(
        "cut", 1 << 24, 0, 1, "share of the image's area", 0.0, False, math.sqrt, _square, step="2⁻²⁴ of the root"
    ),
    Quantity("position", 1 << 24, 0, 1, "position from first (0) to last (1)", step="2⁻²⁴"),
    Quantity("centre", 1 << 24, 0, 1, "share of the side, from the left or from the top", step="2⁻²⁴"),
    Quantity("tile", 1 << 24, 0.25, 2, "factor, 1 keeps the size of the image", 1.0, symbol="×", step="2⁻²⁴"),
    Quantity("inset", 1 << 12, 0, 0.5, "share of half the side, inwards", 0.0, step="2⁻¹²"),
    Quantity("mixture", 1 << 15, 0, 1, "share of a mixture", 0.0, step="2⁻¹⁵"),
    Quantity("depth", 1, 1, 8, "steps of a chain", step="1 step", whole=True),
    Quantity("distortion", 1 << 24, -0.25, 1, "share of the radius, at the corners", 0.0, step="2⁻²⁴"),
    Quantity("displacement", 1 << 12, 0, 6, "deviation of a displacement, pixels", 0.0, symbol=" px", step="2⁻¹² px"),
    Quantity("smoothness", 1 << 8, 1, 15, "standard deviation of a Gaussian, pixels", symbol=" px", step="2⁻⁸ px"),
    Quantity("stretch", 1 << 10, -0.9, 0.9, "share of the mean width", 0.0, step="2⁻¹⁰"),
    Quantity("count", 1, 0, 32767, "whole number"),
    Quantity("flag", 1, 0, 1, "1 if chosen, 0 if not"),
    Quantity("index", 1, 0, 32767, "which member, from 0"),
    Quantity("partner", 1, 0, 2**31 - 1, "place in the batch, from 0"),
    Quantity("words", 1, -(2**31), 2**31 - 1, "random key words"),
)

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _ALL}
"""All quantities by name."""
