"""The op `salt_pepper`."""

from collections.abc import Mapping
from typing import Any, Literal

from augspec.language.parameters import Share
from augspec.namespace import Array, Noise, Numbers
from augspec.ops.base import NoiseOp

__all__ = ["SaltPepper"]


class SaltPepper(NoiseOp):
    """Turn a share of the pixels white or black, all channels alike."""

    op: Literal["salt_pepper"]
    amount: Share
    """Share of the pixels that change."""

    ratio: Share = 0.5
    """Share of white among these."""

    def neutral(self) -> Mapping[str, float] | None:
        """An amount of 0 changes nothing."""
        return {"amount": 0.0}

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the thresholds of white and of both on 24 bits."""
        return {"amount": draw["amount"], "white": arithmetic.multiply(draw["amount"], draw["ratio"])}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers, noise: Noise) -> Array:
        """Return white below the first threshold, black below the second, x elsewhere."""
        xp = m.xp
        number = xp.bitand(xp.shr(noise.words(per_channel=False), 8), 0xFFFFFF)
        dark = xp.where(number < draw["amount"], m.zero(), x)
        return xp.where(number < draw["white"], m.top(), dark)
