"""The op `center_crop`."""

from typing import ClassVar, Literal

from augspec.errors import SampleError
from augspec.language.parameters import Size
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

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return `size`; an image smaller than it is an error."""
        if self.size[0] > height or self.size[1] > width:
            raise SampleError(
                "image",
                f"at least {self.size[0]}×{self.size[1]} pixels before center_crop",
                f"{height}×{width}",
                "Resize first, or crop less.",
            )
        return self.size

    def window(self, height: int, width: int) -> tuple[int, int, int, int]:
        """Return the kept (top, left, height, width)."""
        h, w = self.output_size(height, width)
        return (height - h) // 2, (width - w) // 2, h, w
