"""The op `transpose`."""

from typing import ClassVar, Literal

from augspec.errors import SampleError
from augspec.moves import Move
from augspec.moves import Transpose as Exchange
from augspec.ops.base import MoveOp

__all__ = ["Transpose"]


class Transpose(MoveOp):
    """Exchange rows and columns of a square: pixels exactly, points (x, y) become (y, x) (C5, C11).

    It is a mirroring about the diagonal, so that pairs of keypoints exchange places (T4).
    """

    reflects: ClassVar[bool] = True

    op: Literal["transpose"]

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the transposition."""
        if height != width:
            raise SampleError(
                "image", "a square before transpose", f"{height}×{width}", "Resize or crop to a square first."
            )
        return (Exchange(),)
