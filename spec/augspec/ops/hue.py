"""The op `hue`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Turns
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Hue"]

_CIRCLE = 6 << 15


class Hue(PointwiseOp):
    """Turn the colour circle of HSV: the hue moves by `turns`, value and chroma stay.

    The largest and the smallest of the three channels are kept; the third follows the piecewise linear hexagon of HSV
    (A. R. Smith, Color gamut transform pairs, SIGGRAPH 1978), so that nothing is divided.
    """

    op: Literal["hue"]
    channels: ClassVar[tuple[int, ...] | None] = (3,)
    turns: Turns
    """By how much the hue moves: 1/3 makes green of red."""

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the sextant 0 … 5 and the rest in 2⁻¹⁵ sextants."""
        xp = arithmetic.xp
        turns = draw["turns"] + _CIRCLE
        turns = turns - xp.floordiv(turns, _CIRCLE) * _CIRCLE
        return {"sextant": xp.shr(turns, 15), "rest": xp.bitand(turns, 32767)}

    def steepness(self) -> float:
        """Two channels and the chroma between them."""
        return 3.0

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return max − max(0, min(k, 4c − k, c)) for each channel, k its place on the hexagon times the chroma c."""
        xp = m.xp
        red, green, blue = (x[..., i : i + 1] for i in range(3))
        high = xp.maximum(xp.maximum(red, green), blue)
        chroma = high - xp.minimum(xp.minimum(red, green), blue)
        hue = xp.where(
            high == red,
            green - blue,
            xp.where(high == green, chroma * 2 + blue - red, chroma * 4 + red - green),
        )
        circle = chroma * 6
        hue = hue + chroma * xp.astype(draw["sextant"], xp.dtype(chroma)) + m.weigh(chroma, draw["rest"])
        hue = xp.where(hue < 0, hue + circle, hue)
        hue = xp.where(hue >= circle, hue - circle, hue)

        def channel(place: int) -> Array:
            k = hue + chroma * place
            k = xp.where(k >= circle, k - circle, k)
            return high - xp.maximum(xp.minimum(xp.minimum(k, chroma * 4 - k), chroma), 0)

        return m.clamp(xp.concat([channel(5), channel(3), channel(1)], 3))
