"""The op `crop`."""

from typing import ClassVar, Literal

from augspec.errors import SampleError
from augspec.language.parameters import Pixels, Side
from augspec.moves import Move, Window
from augspec.ops.base import MoveOp

__all__ = ["Crop"]


class Crop(MoveOp):
    """Keep a fixed window of the image: `height` × `width` pixels from row `top` and column `left` on."""

    resizes: ClassVar[bool] = True

    op: Literal["crop"]
    top: Pixels
    """First row that is kept, in pixels."""

    left: Pixels
    """First column that is kept, in pixels."""

    height: Side
    """Rows that are kept."""

    width: Side
    """Columns that are kept."""

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the window; an image that does not hold it is an error."""
        if self.top + self.height > height or self.left + self.width > width:
            raise SampleError(
                "image",
                f"at least {self.top + self.height}×{self.left + self.width} pixels before crop",
                f"{height}×{width}",
                "Resize or pad first, or crop less.",
            )
        return (Window(self.top, self.left, self.height, self.width),)
