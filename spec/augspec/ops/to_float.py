"""The op `to_float`."""

from typing import ClassVar, Literal

from augspec.ops.base import TypeOp

__all__ = ["ToFloat"]


class ToFloat(TypeOp):
    """Return the image in the unit range, as floats: black is 0 and white is 1; must come last.

    A uint8 image is divided by 255 and a uint16 image by 65535, in float32; of uint8 it is a table of values made on
    the host, so it is exact too (E6). Floating images keep their dtype: those of the default range come back as they
    are, bit by bit, those of another `value_range` (lo, hi) are (x − lo) / (hi − lo). Nothing is clamped.

    It is `normalize` with a mean of 0 and a std of 1; beside `normalize`, which gives floats itself, it is refused.

    Source: torchvision 0.28 (ToDtype to float32 with `scale`), Albumentations 2.0 (ToFloat of the same two dtypes).
    """

    op: Literal["to_float"]
    monotone: ClassVar[bool] = True

    def scaling(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return 0 and 1."""
        return (0.0,), (1.0,)
