"""What an op that mixes samples of a batch is: each gets partners, and a share of its image and its label."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from augspec.language.distributions import Beta
from augspec.language.parameters import Antialias, Fill, Interpolation, Parameter
from augspec.namespace import Array, Namespace, Numbers
from augspec.ops.base import Op

__all__ = ["Alpha", "BlendOp", "MixOp", "TileOp"]

WHOLE = 1 << 15
"""The weight of a sample that nothing is mixed into (E3)."""

FINE = 1 << 20
"""The same where only labels are weighed, by areas of whole pixels."""

Alpha = Annotated[float, Field(ge=0.05, le=50, description="Both parameters of the beta distribution of the weight λ.")]


class MixOp(Op):
    """Mixes every sample with others of its batch, its partners, and their labels by the same weights (T5).

    The partners are drawn: the batch in a random order, each sample with those that follow it, the last one with the
    first. So nobody is its own partner in a batch that is larger than their number, and everybody is as often
    somebody's.
    """

    across: ClassVar[bool] = True

    partners: ClassVar[int] = 1

    scope: Literal["sample", "batch"] = "sample"
    """Whether each sample draws for itself how it is mixed, or all of a batch are mixed alike (R7)."""

    def random(self) -> bool:
        """Return True: the partners are always drawn."""
        return True


class BlendOp(MixOp):
    """Makes each pixel of those that the sample and its partner have at the same place."""

    stage: ClassVar[str] = "mix"
    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"

    def beta(self) -> Beta:
        """Return the distribution of λ, which is that of 1 − λ as well."""
        alpha = float(self.alpha)  # type: ignore[attr-defined]
        return Beta(beta=(alpha, alpha))

    @abstractmethod
    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield what is drawn beside the partners."""

    @abstractmethod
    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return what pixels need, each int32 (B,), and `weight`: each sample's own share of its label in 2⁻¹⁵."""

    @abstractmethod
    def pixels(self, own: Array, other: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return new pixels (B, H, W, C) of samples and partners, from what was prepared, (B, 1, 1, 1)."""

    def mask(self, own: Array, other: Array, draw: Mapping[str, Array], xp: Namespace) -> Array:
        """Return new masks (B, H, W, C'), for an op that takes masks."""
        raise NotImplementedError(self.tag)


class TileOp(MixOp):
    """Puts four samples, each at a scale, around a point of a canvas of their size; all targets come together.

    The tiles meet at the point with a corner each, the sample itself at the upper left, its partners at the upper
    right, at the lower left and at the lower right. What they leave free shows the fill, in masks `targets.mask.fill`.
    """

    stage: ClassVar[str] = "tile"
    tolerance: ClassVar[str] = "interp-f"
    partners: ClassVar[int] = 3
    rows: ClassVar[int] = 4

    interpolation: Interpolation = "bilinear"
    antialias: Antialias = True
    fill: Fill = 0.0

    @abstractmethod
    def crossing(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> tuple[Array, Array]:
        """Return the column and the row, 0 … side, at which the tiles meet, each int32 (B,)."""

    @abstractmethod
    def tile(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> tuple[Array, Array]:
        """Return the (width, height) of every tile, from 1 pixel on, each int32 (B,)."""

    @abstractmethod
    def scales(self) -> tuple[float, float]:
        """Return the smallest and the largest scale of a tile."""

    @abstractmethod
    def least(self, side: int) -> int:
        """Return a number of pixels that no tile of an image of such a side is below."""
