"""The op `saturation`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Factor
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp, largest

__all__ = ["Saturation"]


class Saturation(PointwiseOp):
    """Make colours stronger or weaker. RGB only.

    `blend` blends with the grey image: G + (x − G)·f, clamped (Pillow's and torchvision's saturation). `hsv` multiplies
    the S of HSV and keeps hue and value: V − (V − x)·f, and where S·f passes 1, the pure colour V − V·(V − x)/C, C the
    chroma (`adjust_saturation` of tf.image).
    """

    channels: ClassVar[tuple[int, ...] | None] = (3,)

    op: Literal["saturation"]
    factor: Factor
    """1 changes nothing, above 1 is more colourful, 0 is grey."""

    space: Literal["blend", "hsv"] = "blend"
    """Where saturation is measured."""

    def knows_colours(self) -> bool:
        """Grey weighs them, HSV takes all three alike."""
        return self.space == "blend"

    def steepness(self) -> float:
        """G + (x − g)·f, where g moves as well: 2f − 1; in HSV, at most 2f, where colours are pure."""
        most = 2.0 * largest(self.factor)
        return max(1.0, most - 1.0 if self.space == "blend" else most)

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the new colours, clamped."""
        if self.space == "hsv":
            return _by_value(m.clamp(x), draw["factor"], m)
        grey = m.grey(x)
        return m.clamp(m.times(x - grey, draw["factor"]) + grey)


def _by_value(x: Array, factor: Array, m: Numbers) -> Array:
    """Return V − (V − x)·f, or, where C·f > V, V − V·(V − x)/C."""
    xp = m.xp
    red, green, blue = (x[..., i : i + 1] for i in range(3))
    high = xp.maximum(xp.maximum(red, green), blue)
    chroma = high - xp.minimum(xp.minimum(red, green), blue)
    value, below = high - m.zero(), high - x
    pure = m.share(value, below, chroma)
    return m.clamp(high - xp.where(m.times(chroma, factor) <= value, m.times(below, factor), pure))
