"""The op `random_crop`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from augspec.errors import SampleError
from augspec.language.distributions import Uniform
from augspec.language.limits import MAX_SIDE
from augspec.language.parameters import Border, Fill, Parameter, Pixels, Size
from augspec.moves import Move, Pad, Window
from augspec.namespace import Array
from augspec.ops.base import MoveOp

__all__ = ["RandomCrop"]

_Pad = Annotated[
    Annotated[Pixels, Tag("number")] | Annotated[tuple[Pixels, Pixels, Pixels, Pixels], Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, (list, tuple)) else "number"),
    Field(description="Pixels put around the image first: on all sides, or [top, right, bottom, left]."),
]


class RandomCrop(MoveOp):
    """Pad the image, and keep `size` pixels at a random place: every whole-pixel place is equally likely.

    The offset is floor(u·(H − h + 1)), uniform over 0 … H − h of the padded image, for rows and columns by themselves.
    """

    resizes: ClassVar[bool] = True

    op: Literal["random_crop"]
    size: Size
    """[height, width] of what is kept, in pixels."""

    pad: _Pad = 0
    border: Border = "constant"
    fill: Fill = 0.0

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the place."""
        for name in ("top", "left"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), 1

    def _padded(self, height: int, width: int) -> Pad | None:
        sides = self.pad if isinstance(self.pad, tuple) else (self.pad,) * 4
        return Pad(*sides, self.border, self.fill) if any(sides) else None

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the padding and the window; a padded image smaller than the window, or too large, is an error."""
        pad = self._padded(height, width)
        high, wide = (height, width) if pad is None else pad.size(height, width)
        if self.size[0] > high or self.size[1] > wide or max(high, wide) > MAX_SIDE:
            raise SampleError(
                "image",
                f"at least {self.size[0]}×{self.size[1]} and at most {MAX_SIDE}×{MAX_SIDE} padded pixels "
                "before random_crop",
                f"{high}×{wide}",
                "Resize first, or change `pad` or `size`.",
            )
        return (*(() if pad is None else (pad,)), Window("top", "left", *self.size))

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the first row and column."""
        pad = self._padded(height, width)
        high, wide = (height, width) if pad is None else pad.size(height, width)
        return {
            "top": arithmetic.place(draw["top"], high - self.size[0]),
            "left": arithmetic.place(draw["left"], wide - self.size[1]),
        }
