"""The op `mixup`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Parameter
from augspec.mixing import Alpha, BlendOp
from augspec.namespace import Array, Numbers

__all__ = ["Mixup"]


class Mixup(BlendOp):
    """Blend each image with another one of the batch: λ · own + (1 − λ) · partner, labels alike (Zhang et al. 2018).

    λ is drawn from Beta(alpha, alpha) and lies in steps of 2⁻¹⁵. It needs a batch with an entry `label`, and makes soft
    labels of it. A mixture of masks, of boxes or of keypoints has no meaning that people agree on: samples with
    these are refused.
    """

    needs: ClassVar[tuple[str, ...]] = ("label",)
    refuses: ClassVar[tuple[str, ...]] = ("mask", "boxes", "keypoints")

    op: Literal["mixup"]
    alpha: Alpha = 1.0

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the weight λ of the sample itself."""
        yield "lambda", Parameter("weight"), self.beta(), 1

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return λ."""
        return {"weight": draw["lambda"]}

    def pixels(self, own: Array, other: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the partner and λ times the difference to it: (own · Λ + partner · (2¹⁵ − Λ) + 2¹⁴) >> 15.

        Both are within [0, 65280], so the product of their difference with Λ ≤ 2¹⁵ stays below 2³¹ (E2).
        """
        return other + m.weigh(own - other, draw["weight"])
