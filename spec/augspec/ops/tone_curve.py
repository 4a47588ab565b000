"""The op `tone_curve`."""

from collections.abc import Mapping
from typing import Any, Literal

from augspec.language.parameters import Control
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["ToneCurve"]


class ToneCurve(PointwiseOp):
    """Bend tones by a cubic Bézier curve: 3x(1−x)²·shadows + 3x²(1−x)·highlights + x³, all channels alike.

    Its control points stand over 0, 1/3, 2/3 and 1 at the heights 0, `shadows`, `highlights` and 1, so that (1/3, 2/3)
    changes nothing; black and white stay. Source: the polynomials of S. Bernstein, 1912, on the unit range; tone curves
    as an augmentation are an idea of M. Afifi and M. Brown, What else can fool deep learning?, ICCV 2019.

    In the exact domain the curve is a table over the 8-bit levels, linear between them.
    """

    op: Literal["tone_curve"]
    shadows: Control
    """Height over 1/3: above 1/3 lightens what is dark."""

    highlights: Control
    """Height over 2/3: above 2/3 lightens what is light."""

    def neutral(self) -> Mapping[str, float] | None:
        """The straight line."""
        return {"shadows": 1 / 3, "highlights": 2 / 3}

    def steepness(self) -> float:
        """Three times the largest step between control points, which is 1."""
        return 3.0

    def coarse(self, *, exact: bool) -> float:
        """A chord between two levels: an eighth of the squared step times the second derivative, at most 12."""
        return 12 / 8 / 255**2 if exact else 0.0

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the table with the draws."""
        return {**draw, "table": arithmetic.tone(draw["shadows"], draw["highlights"])}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the curve's height over each pixel."""
        low, high = draw["shadows"], draw["highlights"]

        def formula(t: Array) -> Array:
            a, b = (m.xp.astype(one, m.xp.dtype(t)) * (1 / 12288) for one in (low, high))
            return ((1.0 - t) * (1.0 - t) * a * 3.0 + ((1.0 - t) * b * 3.0 + t) * t) * t

        return m.clamp(m.curve(m.clamp(x), draw["table"], formula))
