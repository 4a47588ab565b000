"""The op `vertical_flip`."""

from typing import ClassVar, Literal

from augspec.language.parameters import Probability
from augspec.ops.base import FlipOp

__all__ = ["VerticalFlip"]


class VerticalFlip(FlipOp):
    """Exchange top and bottom: pixels exactly, box and keypoint y become H − y (C5, C11)."""

    axis: ClassVar[Literal["horizontal", "vertical"]] = "vertical"

    op: Literal["vertical_flip"]
    p: Probability = 0.5
