"""The op `cutout`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from augspec.language.distributions import Uniform
from augspec.language.parameters import Hole, Parameter
from augspec.namespace import Array
from augspec.ops.base import HolesOp

__all__ = ["Cutout"]


class Cutout(HolesOp):
    """Hide squares, each of a size and at a place of its own.

    The side is `size` times the shorter side of the image, rounded half-up. The centre, row and column ⌊side / 2⌋ of
    the square, is any pixel of the image, all equally likely; what reaches over the border is cut off. With `inside`,
    every place at which the whole square lies inside the image is equally likely instead.

    Source: T. DeVries and G. W. Taylor, Improved regularization of convolutional neural networks with Cutout, 2017,
    whose one square has its centre anywhere.
    """

    op: Literal["cutout"]
    size: Hole
    """Side of a square, as a share of the image's shorter side; 0 hides nothing."""

    count: Annotated[int, Field(ge=1, le=16)] = 1
    """How many squares; they may overlap."""

    inside: bool = False
    """Whether squares lie wholly inside the image."""

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield sizes and places, one of each for every square."""
        for name, mark, value, _ in super().draws():
            yield name, mark, value, self.count
        for name in ("top", "left"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), self.count

    def holes(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> tuple[Array, ...]:
        """Return the squares."""
        return tuple(arithmetic.squares(draw["size"], draw["top"], draw["left"], height, width, inside=self.inside))
