"""The op `normalize`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from augspec.ops.base import TypeOp

__all__ = ["Normalize"]

_Channels = Field(min_length=1, max_length=64)


class Normalize(TypeOp):
    """Return (x − mean) / std, both in the unit range, per channel or one for all; must come last.

    The result is float32 for integer images, and keeps the dtype of floating ones.

    Of a uint8 image it is a table of float32 values made on the host, so it is exact too (E6).
    """

    op: Literal["normalize"]
    monotone: ClassVar[bool] = True
    mean: Annotated[tuple[Annotated[float, Field(ge=-100, le=100)], ...], _Channels]
    """Subtracted; one number per channel, or one for all."""

    std: Annotated[tuple[Annotated[float, Field(ge=1e-6, le=1e6)], ...], _Channels]
    """Divided by; as many numbers as `mean`."""

    def scaling(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return `mean` and `std`."""
        return self.mean, self.std

    @model_validator(mode="after")
    def _same_length(self) -> "Normalize":
        if len(self.mean) != len(self.std):
            raise PydanticCustomError("fields", "`mean` and `std` of the same length")
        return self
