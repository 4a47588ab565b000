"""The op `iou_crop`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from augspec.language.distributions import Choice, Uniform
from augspec.language.parameters import Antialias, Interpolation, Parameter, Share, Size
from augspec.namespace import Array
from augspec.ops.base import ResampleOp

__all__ = ["IouCrop"]

_CANDIDATES = 40

_Least = Annotated[float, Field(ge=0, lt=1)] | Literal["none"]
_Ratio = Annotated[float, Field(ge=0.0625, le=16)]


class IouCrop(ResampleOp):
    """Crop a window that holds enough of some box, and resize it to `size`; the boxes decide as they then are.

    A minimum is drawn from `min_iou`, all choices equally likely, and 40 candidates at once (C12): sides are shares of
    the image's, rounded half-up, at a uniform whole-pixel place. The first counts whose aspect ratio is allowed, and
    for which some box has its centre strictly inside and intersection over union with it of at least the minimum; if
    none does, or the minimum is "none", the window is the whole image. Boxes that have left the canvas, are not valid
    or have no area do not count; which boxes stay valid after the crop, T3 says. Corners are read to 2⁻ᵇ pixel, the
    finest grid with at most 2¹³ steps to a side, so that every backend decides alike.

    Source: W. Liu et al., SSD: Single Shot MultiBox Detector, 2016; ranges of torchvision 0.20 (RandomIoUCrop), which
    crops without resizing, tries again for ever, and drops the boxes whose centre is outside.
    """

    needs: ClassVar[tuple[str, ...]] = ("boxes",)
    sees: ClassVar[bool] = True

    op: Literal["iou_crop"]
    size: Size
    """[height, width] of the result, in pixels."""

    min_iou: Annotated[tuple[_Least, ...], Field(min_length=1, max_length=16)] = ("none", 0.0, 0.1, 0.3, 0.5, 0.7, 0.9)
    """Choices of the minimum; "none" keeps the whole image."""

    width: Share = Uniform(uniform=(0.3, 1.0))
    """Width of a candidate, as a share of the image's."""

    height: Share = Uniform(uniform=(0.3, 1.0))
    """Height of a candidate, as a share of the image's."""

    ratio: tuple[_Ratio, _Ratio] = (0.5, 2.0)
    """Smallest and largest width over height of a candidate, in pixels."""

    interpolation: Interpolation = "bilinear"
    antialias: Antialias = True

    @model_validator(mode="after")
    def _ordered(self) -> "IouCrop":
        if self.ratio[0] > self.ratio[1]:
            raise PydanticCustomError("range", "a ratio whose first number is not above its second")
        return self

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the minimum, 40 sizes and 40 places."""
        choices = tuple(1.0 if least == "none" else float(least) for least in self.min_iou)
        yield "min_iou", Parameter("share"), Choice(choice=choices), 1
        for name, mark, value, _ in super().draws():
            yield name, mark, value, _CANDIDATES
        for name in ("top", "left"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), _CANDIDATES

    def random(self) -> bool:
        """The window is always drawn."""
        return True

    def neutral(self) -> None:
        """The result always has the size that was asked for."""
        return

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return `size`."""
        return self.size

    def window(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> tuple[Array, ...]:
        """Return (left, top, width, height) of the first candidate that some box accepts."""
        return tuple(arithmetic.overlap_window(draw, height, width, self.ratio))
