"""What an op that mixes samples of a batch is: each gets a partner, and a share of its image and its label."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from augspec.language.distributions import Beta
from augspec.language.parameters import Parameter
from augspec.namespace import Array, Namespace, Numbers
from augspec.ops.base import Op

__all__ = ["Alpha", "MixOp"]

WHOLE = 1 << 15
"""The weight of a sample that nothing is mixed into (E3)."""

Alpha = Annotated[float, Field(ge=0.05, le=50, description="Both parameters of the beta distribution of the weight λ.")]


class MixOp(Op):
    """Mixes every sample with another one of its batch, its partner, and their labels by the same weight (T5).

    The partners are drawn: the batch in a random order, each sample with the one that follows it, the last one with
    the first. So nobody is its own partner in a batch of two or more, and everybody is somebody's.
    """

    stage: ClassVar[str] = "mix"
    across: ClassVar[bool] = True
    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"

    scope: Literal["sample", "batch"] = "sample"
    """Whether each sample draws for itself how it is mixed, or all of a batch are mixed alike (R7)."""

    def random(self) -> bool:
        """Return True: the partners are always drawn."""
        return True

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
