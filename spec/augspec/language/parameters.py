"""Field types of ops: a constant or a distribution of some quantity, checked against its domain."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from augspec.language.distributions import Number
from augspec.language.limits import MAX_SIDE
from augspec.language.quantities import QUANTITIES, Quantity

__all__ = [
    "Amount",
    "Angle",
    "Antialias",
    "Area",
    "Aspect",
    "Bits",
    "Blend",
    "Border",
    "Cell",
    "Centre",
    "Clip",
    "Control",
    "Depth",
    "Disc",
    "Displacement",
    "Distortion",
    "Extent",
    "Factor",
    "Fill",
    "Filling",
    "Fraction",
    "Gamma",
    "Hole",
    "Interpolation",
    "Kelvin",
    "Length",
    "Mixture",
    "Offset",
    "Parameter",
    "Pixels",
    "Probability",
    "Quality",
    "Quarters",
    "Radius",
    "ResizeFactor",
    "ScaleFactor",
    "Share",
    "Shrink",
    "Side",
    "Sigma",
    "Size",
    "Smoothness",
    "Std",
    "Strength",
    "Tangent",
    "Threshold",
    "TileScale",
    "Turns",
    "WarpInterpolation",
    "Zoom",
]


class Parameter:
    """Marks a field as a parameter of a quantity; checks constants and supports against its domain."""

    def __init__(self, quantity: str) -> None:
        self.quantity: Quantity = QUANTITIES[quantity]

    def check(self, value: Any) -> Any:
        """Return `value` if every number it can become lies within the domain, and is whole where the quantity is."""
        low, high = value.support() if hasattr(value, "support") else (value, value)
        q = self.quantity
        words = {"low": f"{q.low:g}", "high": f"{q.high:g}", "meaning": q.meaning}
        if low < q.low or high > q.high:
            kind = "whole numbers" if q.whole else "numbers"
            raise PydanticCustomError("domain", "{kind} from {low} to {high} ({meaning})", {**words, "kind": kind})
        if q.whole and not _whole(value):
            raise PydanticCustomError(
                "whole",
                "a whole number from {low} to {high} ({meaning}), or a distribution in that range: integers, choice",
                words,
            )
        return value


def _whole(value: Any) -> bool:
    """Return whether a constant, or all that a distribution can give, is whole."""
    if hasattr(value, "atoms"):
        return all(float(atom).is_integer() for atom in value.atoms()[0])
    return not hasattr(value, "support") and float(value).is_integer()


def _parameter(quantity: str) -> Any:
    mark = Parameter(quantity)
    return Annotated[Number, mark, AfterValidator(mark.check)]


Amount = _parameter("amount")
Angle = _parameter("angle")
Fraction = _parameter("fraction")
Tangent = _parameter("tangent")
ScaleFactor = _parameter("scale")
Factor = _parameter("factor")
Offset = _parameter("offset")
Std = _parameter("std")
Threshold = _parameter("threshold")
Share = _parameter("share")
Bits = _parameter("bits")
Turns = _parameter("turns")
Gamma = _parameter("gamma")
Cell = _parameter("cell")
Centre = _parameter("centre")
TileScale = _parameter("tile")
Hole = _parameter("hole")
Extent = _parameter("extent")
Sigma = _parameter("sigma")
Kelvin = _parameter("kelvin")
Control = _parameter("control")
Blend = _parameter("blend")
Strength = _parameter("strength")
Clip = _parameter("clip")
Depth = _parameter("depth")
Disc = _parameter("disc")
Length = _parameter("length")
Mixture = _parameter("mixture")
Radius = _parameter("radius")
Quality = _parameter("quality")
Displacement = _parameter("displacement")
Distortion = _parameter("distortion")
Quarters = _parameter("quarters")
ResizeFactor = _parameter("resize")
Shrink = _parameter("shrink")
Smoothness = _parameter("smoothness")
Zoom = _parameter("zoom")
Area = _parameter("area")
Aspect = _parameter("aspect")

Probability = Annotated[float, Field(ge=0, le=1, description="Probability per sample that the op is applied (C9).")]
Border = Annotated[
    Literal["constant", "edge", "mirror", "symmetric", "wrap"],
    Field(
        description="What lies outside the image (C7): `fill`, the nearest pixel, the image mirrored without "
        "(dcb|abcd) or with (cba|abc) its border pixels, or the image repeated."
    ),
]
WarpInterpolation = Annotated[
    Literal["nearest", "bilinear", "bicubic"],
    Field(description="How pixels are read between pixels (C8); masks always take the nearest."),
]
Interpolation = Annotated[
    Literal["nearest", "bilinear", "bicubic"],
    Field(description="How pixels are read between pixels (C8); masks always take the nearest."),
]
Antialias = Annotated[bool, Field(description="Whether a smaller result averages over all pixels it stands for (C8).")]
_Level = Annotated[float, Field(ge=0, le=1)]
Fill = Annotated[
    Annotated[_Level, Tag("number")] | Annotated[tuple[_Level, ...], Field(min_length=1, max_length=64), Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, (list, tuple)) else "number"),
    Field(
        description="Value outside the image with a constant border: 0 is black, 1 white; "
        "one number, or one per channel."
    ),
]
Filling = Annotated[
    Annotated[_Level, Tag("number")]
    | Annotated[tuple[_Level, ...], Field(min_length=1, max_length=64), Tag("list")]
    | Annotated[Literal["noise", "mean"], Tag("word")],
    Discriminator(
        lambda value: "list" if isinstance(value, (list, tuple)) else "word" if isinstance(value, str) else "number"
    ),
    Field(
        description="What hidden pixels show: one number of the unit range, or one per channel; `noise`, uniform for "
        "each pixel and channel; or `mean`, that of each channel of the image."
    ),
]
Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Pixels = Annotated[int, Field(ge=0, le=MAX_SIDE)]
Size = tuple[Side, Side]
