"""The op `perspective`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from augspec.language.distributions import Uniform
from augspec.language.parameters import Parameter
from augspec.namespace import Array, Places
from augspec.ops.base import RemapOp

__all__ = ["Perspective"]

_CORNERS = 4


class Perspective(RemapOp):
    """Show the picture as a plane seen aslant: its four corners move inwards, each by itself, on the same canvas.

    Each corner moves by U(0, `distortion`) of half the side along each axis, in steps of 2⁻¹² half sides; the picture
    follows by the homography of the four corners. Its denominator is at least a quarter of what it is at the centre:
    that matters only outside of the picture, near the horizon and behind it, and to points off the canvas. Up to 0.5
    every four corners are convex.

    Source: P. S. Heckbert, Fundamentals of texture mapping and image warping, 1989, section 2.2.3; parameters of
    torchvision 0.20 (RandomPerspective), which draws whole pixels.
    """

    op: Literal["perspective"]
    distortion: Annotated[float, Field(ge=0, le=0.5)]
    """How far a corner moves at most, as a share of half the side: 0 to 0.5."""

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield how far each corner moves: top left, top right, bottom right, bottom left."""
        for name in ("x", "y"):
            inset = Uniform(uniform=(0.0, self.distortion)) if self.distortion else 0.0
            yield name, Parameter("inset"), inset, _CORNERS

    def neutral(self) -> Mapping[str, float]:
        """Without distortion all corners stay."""
        return {"distortion": 0.0}

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the homographies of the corners, there and back."""
        x, y = draw["x"], draw["y"]
        back, ahead = arithmetic.homography(x, y, height, width)
        return {"changed": arithmetic.xp.sum(x + y, 1) != 0, "back": back, "ahead": ahead}

    def sources(self, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the pixels' places on the picture."""
        return places.projective(prepared["back"])

    def move(self, x: Array, y: Array, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the points' places on the canvas."""
        return places.project(x, y, prepared["ahead"])
