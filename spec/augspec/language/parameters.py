"""Field types of ops: a constant or a distribution of some quantity, checked against its domain."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from augspec.language.distributions import Number
from augspec.language.limits import MAX_SIDE
from augspec.language.quantities import QUANTITIES, Quantity

__all__ = [
    "Angle",
    "Area",
    "Aspect",
    "Border",
    "Factor",
    "Fill",
    "Fraction",
    "Interpolation",
    "Offset",
    "Parameter",
    "Probability",
    "ScaleFactor",
    "Side",
    "Sigma",
    "Size",
    "Std",
    "Tangent",
    "WarpInterpolation",
]

class Parameter:
    """Marks a field as a parameter of a quantity; checks constants and supports against the quantity's domain."""

    def __init__(self, quantity: str) -> None:
        self.quantity: Quantity = QUANTITIES[quantity]

    def check(self, value: Any) -> Any:
        """Return `value` if every number it can become lies within the domain."""
        low, high = value.support() if hasattr(value, "support") else (value, value)
        q = self.quantity
        if low < q.low or high > q.high:
            raise PydanticCustomError(
                "domain",
                "numbers from {low} to {high} ({meaning})",
                {"low": f"{q.low:g}", "high": f"{q.high:g}", "meaning": q.meaning},
            )
        return value


def _parameter(quantity: str) -> Any:
    mark = Parameter(quantity)
    q = mark.quantity
    text = f"A constant or a distribution; {q.meaning}; from {q.low:g} to {q.high:g}."
    return Annotated[Number, mark, AfterValidator(mark.check), Field(description=text)]


Angle = _parameter("angle")
Fraction = _parameter("fraction")
Tangent = _parameter("tangent")
ScaleFactor = _parameter("scale")
Factor = _parameter("factor")
Offset = _parameter("offset")
Std = _parameter("std")
Sigma = _parameter("sigma")
Area = _parameter("area")
Aspect = _parameter("aspect")

Probability = Annotated[float, Field(ge=0, le=1, description="Probability per sample that the op is applied (C9).")]
Border = Literal["constant", "edge", "mirror", "symmetric", "wrap"]
WarpInterpolation = Literal["nearest", "bilinear", "bicubic"]
Interpolation = Literal["nearest", "bilinear"]
_Level = Annotated[float, Field(ge=0, le=1)]
Fill = Annotated[
    _Level | Annotated[tuple[_Level, ...], Field(min_length=1, max_length=64)],
    Field(description="Value outside the image, in the unit range: one number, or one per channel."),
]
Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Size = Annotated[tuple[Side, Side], Field(description="[height, width] in pixels.")]
