"""The macro `color_jitter`."""

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from augspec.language.parameters import Factor, Turns
from augspec.ops.base import Combinator, Macro, Op
from augspec.ops.brightness_scale import BrightnessScale
from augspec.ops.contrast import Contrast
from augspec.ops.hue import Hue
from augspec.ops.random_order import RandomOrder
from augspec.ops.saturation import Saturation
from augspec.ops.sequence import Sequence

__all__ = ["ColorJitter"]


class ColorJitter(Macro):
    """Change brightness, contrast, saturation and hue, one after the other.

    It stands for a `random_order` (or, with `order` "fixed", a `sequence`) of `brightness_scale`, `contrast`,
    `saturation` and `hue`, of those whose field is given. The members are called by these fields: the draws are
    `color_jitter#0/order`, `color_jitter#0/brightness/factor`, `color_jitter#0/hue/turns`.

    Fields take the numbers themselves. What torchvision 0.28 (ColorJitter) writes as `brightness=0.4, hue=0.1` is here
    `"brightness": {"uniform": [0.6, 1.4]}, "hue": {"uniform": [-0.1, 0.1]}`; it draws one order and one set of factors
    for a whole batch, this one does for every sample.
    """

    op: Literal["color_jitter"]
    brightness: Factor | None = None
    """Factor of `brightness_scale`; left out, brightness stays."""

    contrast: Factor | None = None
    """Factor of `contrast`, about the mean of grey; left out, contrast stays."""

    saturation: Factor | None = None
    """Factor of `saturation`; left out, saturation stays."""

    hue: Turns | None = None
    """By how much `hue` turns the colours; left out, they stay."""

    order: Literal["random", "fixed"] = "random"
    """Whether each sample draws an order, or all keep that of the fields."""

    @model_validator(mode="after")
    def _something(self) -> "ColorJitter":
        if not self.members():
            raise PydanticCustomError("fields", "brightness, contrast, saturation or hue: at least one of them")
        return self

    def members(self) -> tuple[Op, ...]:
        """Return the ops whose field is given, in the order of the fields."""
        found: list[Op] = []
        if self.brightness is not None:
            found.append(BrightnessScale(op="brightness_scale", id="brightness", factor=self.brightness))
        if self.contrast is not None:
            found.append(Contrast(op="contrast", id="contrast", factor=self.contrast))
        if self.saturation is not None:
            found.append(Saturation(op="saturation", id="saturation", factor=self.saturation))
        if self.hue is not None:
            found.append(Hue(op="hue", id="hue", turns=self.hue))
        return tuple(found)

    def expansion(self) -> Combinator:
        """Return the `random_order` or the `sequence`."""
        if self.order == "random":
            return RandomOrder(op="random_order", id=self.id, p=self.p, ops=self.members())
        return Sequence(op="sequence", id=self.id, p=self.p, ops=self.members())
