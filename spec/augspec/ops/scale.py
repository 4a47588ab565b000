"""The op `scale`."""

from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from augspec.language.parameters import ScaleFactor
from augspec.namespace import Array, Plane, Transform
from augspec.ops.base import WarpOp, bounds

__all__ = ["Scale"]


class Scale(WarpOp):
    """Make things bigger (above 1) or smaller about the centre, on the same canvas (C6).

    Give `factor` for both axes, or `x` and `y`.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["factor"]}, {"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}]}
    )

    op: Literal["scale"]
    factor: ScaleFactor | None = None
    """Size on both axes."""

    x: ScaleFactor | None = None
    """Width; 1 if only `y` is given."""

    y: ScaleFactor | None = None
    """Height; 1 if only `x` is given."""

    @model_validator(mode="after")
    def _one_way(self) -> "Scale":
        if (self.factor is None) == (self.x is None and self.y is None):
            raise PydanticCustomError("fields", "either `factor`, or `x` and `y` (a missing one of these is 1)")
        return self

    def transform(self, draw: Mapping[str, Array], plane: Plane) -> Transform:
        """Return the scaling."""
        one = 1 << 16
        return plane.scaling(
            draw.get("factor", draw.get("x", one)),
            draw.get("factor", draw.get("y", one)),
        )

    def growth(self) -> tuple[float, float, float]:
        """The inverse grows by the reciprocal of the smallest factor."""
        given = [bounds(value) for value in (self.factor, self.x, self.y) if value is not None]
        ranges = [*given, (1.0, 1.0)]
        return (
            1 / min(low for low, _ in ranges),
            max(high for _, high in ranges),
            0.0,
        )

    def stretch(self) -> tuple[float, float]:
        """Of a diagonal matrix the norms are the same."""
        back, ahead, _ = self.growth()
        return back, ahead
