"""The op `pad`."""

from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from augspec.errors import SampleError
from augspec.language.limits import MAX_SIDE
from augspec.language.parameters import Border, Fill, Pixels
from augspec.moves import Move
from augspec.moves import Pad as Around
from augspec.ops.base import MoveOp

__all__ = ["Pad"]


class Pad(MoveOp):
    """Put pixels around the image: `fill`, or what the border continues (C7).

    Masks get `targets.mask.fill` under a constant border, and their own pixels under the others.
    """

    resizes: ClassVar[bool] = True

    op: Literal["pad"]
    top: Pixels = 0
    """Rows above, in pixels."""

    right: Pixels = 0
    """Columns to the right, in pixels."""

    bottom: Pixels = 0
    """Rows below, in pixels."""

    left: Pixels = 0
    """Columns to the left, in pixels."""

    border: Border = "constant"
    fill: Fill = 0.0

    @model_validator(mode="after")
    def _somewhere(self) -> "Pad":
        if not any((self.top, self.right, self.bottom, self.left)):
            raise PydanticCustomError("fields", "at least one of `top`, `right`, `bottom`, `left` above 0")
        return self

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the padding; a result with too long sides is an error."""
        pad = Around(self.top, self.right, self.bottom, self.left, self.border, self.fill)
        high, wide = pad.size(height, width)
        if max(high, wide) > MAX_SIDE:
            raise SampleError(
                "image", f"sides of at most {MAX_SIDE} pixels after pad", f"{high}×{wide}", "Pad less, or resize first."
            )
        return (pad,)
