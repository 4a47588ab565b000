"""The op `grid_distortion`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from augspec.language.distributions import Uniform
from augspec.language.parameters import Parameter
from augspec.namespace import Array, Places
from augspec.ops.base import RemapOp

__all__ = ["GridDistortion"]

_STEP = 1 << 10


class GridDistortion(RemapOp):
    """Squeeze and stretch columns and rows: equal cells of the canvas show cells of the picture that are not equal.

    Each axis by itself: of `steps` parts of the picture, part i is 1 + U(−`limit`, `limit`) wide, in steps of 2⁻¹⁰, and
    all of them together are the whole side; between their ends the map is linear. So the border stays, lines along
    the axes stay lines, points go back exactly and boxes stay boxes. Points off the canvas keep their distance to it.

    Source: parameters of Albumentations 2.0 (GridDistortion with `normalized`).
    """

    op: Literal["grid_distortion"]
    steps: Annotated[int, Field(ge=2, le=16)] = 5
    """Parts of each axis: 2 to 16."""

    limit: Annotated[float, Field(ge=0, le=0.9)]
    """By how much the width of a part may differ from the mean, as a share of it: 0 to 0.9."""

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield by how much each part differs, from the left and from the top."""
        for name in ("x", "y"):
            stretch = Uniform(uniform=(-self.limit, self.limit)) if self.limit else 0.0
            yield name, Parameter("stretch"), stretch, self.steps

    def neutral(self) -> Mapping[str, float]:
        """Without a limit all parts are equal."""
        return {"limit": 0.0}

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the parts' widths, in 2⁻¹⁰ of the mean before they are made to fit."""
        xp = arithmetic.xp
        x, y = (draw[name] + _STEP for name in ("x", "y"))
        changed = [xp.max(part, 1) != xp.min(part, 1) for part in (x, y)]
        return {"changed": xp.logical_or(*changed), "x": x, "y": y}

    def sources(self, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the places in the parts."""
        return places.stretched(prepared["x"], prepared["y"])

    def move(self, x: Array, y: Array, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the places in the cells."""
        return places.unstretched(x, y, prepared["x"], prepared["y"])
