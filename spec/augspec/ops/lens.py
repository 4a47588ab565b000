"""The op `lens`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from augspec.language.parameters import Distortion
from augspec.namespace import Array, Places
from augspec.ops.base import RemapOp, bounds

__all__ = ["Lens"]

_LEAST_SLOPE = 0.25


class Lens(RemapOp):
    """Distort as a lens does, about the centre: the pixel at radius r shows the picture at r·(1 + k1·r² + k2·r⁴).

    r is 1 at the corners of the canvas. Above 0 more of the picture is seen and straight lines bulge (a barrel), below
    0 less (a pincushion). 1 + 3·k1·r² + 5·k2·r⁴ must stay at least 0.25 for all r up to 1 and everything that can be
    drawn, so that nothing folds. Beyond r = 1, where only points can be, the map goes on along its tangent.

    Points follow by the inverse map, of which 10 halvings and 3 steps of Newton leave less than 2⁻²⁰ half diagonals;
    the hull of a box also takes 7 points in of each of its sides, which become curves.

    Source: D. C. Brown, Decentering distortion of lenses, 1966, radial terms; as OpenCV 4 undistorts.
    """

    between: ClassVar[int] = 7

    op: Literal["lens"]
    k1: Distortion
    """Share of r by which the place moves at r = 1, in r²."""

    k2: Distortion = 0.0
    """The same, in r⁴."""

    @model_validator(mode="after")
    def _unfolded(self) -> "Lens":
        k1, k2 = bounds(self.k1)[0], bounds(self.k2)[0]
        turns = [0.0, 1.0, *([-0.3 * k1 / k2] if k2 > 0 and 0 < -0.3 * k1 / k2 < 1 else [])]
        if min(1 + 3 * k1 * t + 5 * k2 * t * t for t in turns) < _LEAST_SLOPE - 1e-9:
            raise PydanticCustomError(
                "fields",
                "`k1` and `k2` whose lowest values keep 1 + 3·k1·t + 5·k2·t² at least 0.25 for t from 0 to 1 "
                "(the picture would fold)",
            )
        return self

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the coefficients."""
        xp, k1, k2 = arithmetic.xp, draw["k1"], draw["k2"]
        return {"changed": xp.logical_or(k1 != 0, k2 != 0), "k": xp.stack([k1, k2], 1)}

    def sources(self, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the places at the radii of the polynomial."""
        return places.radial(prepared["k"])

    def move(self, x: Array, y: Array, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the places whose radii's polynomial gives the points'."""
        return places.unbend(x, y, prepared["k"])
