"""The op `jpeg`."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.jpeg import Codec, quantisation, reached
from augspec.language.parameters import Quality
from augspec.namespace import Array, Numbers
from augspec.ops.base import FilterOp

__all__ = ["Jpeg"]


class Jpeg(FilterOp):
    """Compress as JPEG and decompress: what Pillow's `save(quality=q)` and `open` give, byte for byte, without a codec.

    That is libjpeg-turbo with its defaults (checked against 3.2): baseline tables scaled by the quality, RGB as luma
    and chroma of half the sides (4:2:0), the accurate integer transform `islow` both ways, "fancy" upsampling; an image
    of one channel is one grey plane. All of it is integer arithmetic on 8-bit levels, so values are rounded to levels
    first, also those of floating images (E6a).

    Accuracy: uint8 results are exact. The definition has no ideal in real numbers besides these integers (E8), and what
    comes before it in a policy may tip a coefficient over, which moves its block by up to many levels. A pixel reaches
    its tile of 16 × 16 pixels (8 × 8 if grey) and, by upsampling, one pixel around it; so does a NaN (C13).
    """

    op: Literal["jpeg"]
    channels: ClassVar[tuple[int, ...] | None] = (1, 3)
    tolerance: ClassVar[str] = "point-f"
    jumps: ClassVar[bool] = True
    flat: ClassVar[bool] = False
    ideal: ClassVar[Literal["real", "integers"]] = "integers"
    codec: ClassVar[type[Codec]] = Codec
    """What computes it."""

    quality: Quality
    """Of the encoder: 100 is nearly lossless, 1 leaves little but the mean of each block."""

    def reach(self) -> int:
        """Return 16: from one end of a tile to one pixel beyond the other."""
        return 16

    def steepness(self) -> float:
        """No bound: a coefficient may be rounded the other way, by one step of up to 255."""
        return math.inf

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the quantisation tables of each sample."""
        return quantisation(arithmetic.xp, draw["quality"])

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the decoded levels; no number where a pixel of the tile is none (C13)."""
        xp, codec, levels = m.xp, self.codec(m.xp, draw), m.level(x)
        colour = xp.shape(x)[3] == 3
        pixels = m.of_level(codec.colour(levels) if colour else codec.grey(levels), x)
        unknown = m.unknown(x)
        if unknown is None:
            return pixels
        beyond = reached(xp, unknown, 16, 1) if colour else reached(xp, unknown, 8, 0)
        return xp.where(beyond, math.nan, pixels)
