"""The op `resize`."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from augspec.errors import SampleError
from augspec.language.limits import MAX_SIDE
from augspec.language.parameters import Antialias, Interpolation, Side, Size
from augspec.namespace import Array
from augspec.ops.base import ResampleOp

__all__ = ["Resize"]


class Resize(ResampleOp):
    """Resize the image: to `size`, or so that its `short_side` or `long_side` has that many pixels.

    The other side keeps the aspect ratio, rounded half-up. Antialiased bilinear as Pillow's BILINEAR, unless
    `antialias` is false; half-pixel centres always (C8).
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["size"]}, {"required": ["short_side"]}, {"required": ["long_side"]}]}
    )

    op: Literal["resize"]
    size: Size | None = None
    """[height, width] in pixels; the aspect ratio may change."""

    short_side: Side | None = None
    """Pixels of the shorter side; the aspect ratio stays as it is."""

    long_side: Side | None = None
    """Pixels of the longer side; the aspect ratio stays as it is."""

    interpolation: Interpolation = "bilinear"
    antialias: Antialias = True

    @model_validator(mode="after")
    def _one_way(self) -> "Resize":
        if sum(value is not None for value in (self.size, self.short_side, self.long_side)) != 1:
            raise PydanticCustomError("fields", "exactly one of `size`, `short_side`, `long_side`")
        return self

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return the new (height, width)."""
        if self.size is not None:
            return self.size
        old = min(height, width) if self.short_side is not None else max(height, width)
        new = self.short_side or self.long_side or 0
        sides = tuple(max(1, (2 * side * new + old) // (2 * old)) for side in (height, width))
        if max(sides) > MAX_SIDE:
            raise SampleError("image", f"sides of at most {MAX_SIDE} pixels after resize", f"{sides[0]}×{sides[1]}")
        return sides[0], sides[1]

    def window(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> None:
        """Use the whole image."""
        return
