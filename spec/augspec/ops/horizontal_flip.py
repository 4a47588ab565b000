"""The op `horizontal_flip`."""

from typing import ClassVar, Literal

from augspec.language.parameters import Probability
from augspec.ops.base import MoveOp

__all__ = ["HorizontalFlip"]


class HorizontalFlip(MoveOp):
    """Exchange left and right: pixels exactly, box and keypoint x become W − x (C5, C11)."""

    mirrors: ClassVar[Literal["horizontal", "vertical"] | None] = "horizontal"

    op: Literal["horizontal_flip"]
    p: Probability = 0.5
