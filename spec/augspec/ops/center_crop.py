"""The op `center_crop`."""

from typing import ClassVar, Literal

from augspec.errors import SampleError
from augspec.language.parameters import Size
from augspec.moves import Move, Window
from augspec.ops.base import MoveOp

__all__ = ["CenterCrop"]


class CenterCrop(MoveOp):
    """Keep the central `size` pixels.

    The offset is floor((H − h) / 2) from the top and floor((W − w) / 2) from the left.
    """

    resizes: ClassVar[bool] = True

    op: Literal["center_crop"]
    size: Size
    """[height, width] of what is kept, in pixels."""

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the window; an image smaller than it is an error."""
        h, w = self.size
        if h > height or w > width:
            raise SampleError(
                "image",
                f"at least {h}×{w} pixels before center_crop",
                f"{height}×{width}",
                "Resize first, or crop less.",
            )
        return (Window((height - h) // 2, (width - w) // 2, h, w),)
