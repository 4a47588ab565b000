"""What ops have in common that lay a colour over the image, here thicker, there thinner: shadow, fog, rain, snow."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from augspec.namespace import Array, Namespace, Noise
from augspec.ops.base import Op

__all__ = ["VeilOp"]


class VeilOp(Op):
    """Lays one grey over all channels, x + (grey − x)·w, clamped; nothing moves, and only the image changes.

    How thick it is at a pixel, w in 2⁻¹⁵, is decided in integers of draws, places and noise, in every dtype alike: the
    image itself has no part in it.
    """

    stage: ClassVar[str] = "veil"

    def noisy(self) -> bool:
        """Return whether the thickness takes random numbers besides the drawn parameters (R16)."""
        return False

    def random(self) -> bool:
        """Return whether the op draws anything at all."""
        return self.noisy() or super().random()

    @abstractmethod
    def coarse(self, *, exact: bool) -> float:
        """Return how far w may be from real mathematics, whose grey is 0 or 1 away from a pixel at most."""

    @abstractmethod
    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return what `weight` needs, (B,) or (B, n) int32, from drawn parameters.

        One of them is `grey`, (B,) in 1/65280 of the range.
        """

    @abstractmethod
    def weight(self, x: Array, y: Array, prepared: Mapping[str, Array], noise: Noise, xp: Namespace) -> Array:
        """Return w of every pixel, (B, H, W) int32 from 0 to 2¹⁵.

        Args:
            x: columns j of pixels, int32 as 2j + 1 − W, (1, 1, W).
            y: rows i of pixels, int32 as 2i + 1 − H, (1, H, 1).
            prepared: what `prepare` returned: (B, 1, 1), or (B, n, 1, 1).
            noise: the op's random numbers; none are there unless the op is noisy.
            xp: the namespace.
        """
