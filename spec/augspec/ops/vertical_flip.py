"""The op `vertical_flip`."""

from typing import ClassVar, Literal

from augspec.language.parameters import Probability
from augspec.ops.base import MoveOp

__all__ = ["VerticalFlip"]


class VerticalFlip(MoveOp):
    """Exchange top and bottom: pixels exactly, box and keypoint y become H − y (C5, C11)."""

    mirrors: ClassVar[Literal["horizontal", "vertical"] | None] = "vertical"

    op: Literal["vertical_flip"]
    p: Probability = 0.5
