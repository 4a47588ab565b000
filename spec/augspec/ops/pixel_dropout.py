"""The op `pixel_dropout`."""

from collections.abc import Mapping
from typing import Literal

from augspec.language.parameters import Share
from augspec.namespace import Array, Noise, Numbers
from augspec.ops.base import NoiseOp

__all__ = ["PixelDropout"]


class PixelDropout(NoiseOp):
    """Turn a share of the pixels black, all channels alike (R16); the others are not scaled up for it."""

    op: Literal["pixel_dropout"]
    amount: Share
    """Share of the pixels that turn black: the probability of each."""

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers, noise: Noise) -> Array:
        """Return black where the pixel's 24-bit number is below the amount, x elsewhere."""
        xp = m.xp
        number = xp.bitand(xp.shr(noise.words(per_channel=False), 8), 0xFFFFFF)
        return xp.where(number < draw["amount"], m.zero(), x)
