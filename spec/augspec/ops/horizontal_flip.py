"""The op `horizontal_flip`."""

from typing import ClassVar, Literal

from augspec.language.parameters import Probability
from augspec.ops.base import FlipOp

__all__ = ["HorizontalFlip"]


class HorizontalFlip(FlipOp):
    """Exchange left and right: pixels exactly, box and keypoint x become W − x (C5, C11)."""

    axis: ClassVar[Literal["horizontal", "vertical"]] = "horizontal"

    op: Literal["horizontal_flip"]
    p: Probability = 0.5
