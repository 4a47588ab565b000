"""The op `contrast`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Factor
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp, largest

__all__ = ["Contrast"]


class Contrast(PointwiseOp):
    """Stretch values away from a pivot m: m + (x − m)·f, clamped.

    `grey_mean` is the mean of the image's BT.601 grey (Pillow, torchvision), `channel_mean` each channel's
    own mean (tf.image, Keras), `mid` the middle of the range, `zero` its low end. `grey_mean` needs one or
    three channels.
    """

    op: Literal["contrast"]
    monotone: ClassVar[bool] = True
    factor: Factor
    """1 changes nothing, above 1 has more contrast, 0 has none."""

    pivot: Literal["grey_mean", "channel_mean", "zero", "mid"] = "grey_mean"
    """The value that stays where it is."""

    def accepts(self, channels: int) -> bool:
        """Only a grey or RGB image has a grey."""
        return self.pivot != "grey_mean" or channels in (1, 3)

    @property
    def statistic(self) -> bool:
        """The means are statistics of the image."""
        return self.pivot in ("grey_mean", "channel_mean")

    def steepness(self) -> float:
        """M + (x − m)·f, where m moves as well: 2f − 1."""
        return max(1.0, 2.0 * largest(self.factor) - 1.0)

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return m + (x − m)·f, clamped."""
        if self.pivot == "grey_mean":
            pivot = m.mean(m.grey(x))
        elif self.pivot == "channel_mean":
            pivot = m.mean(x)
        else:
            pivot = m.zero() if self.pivot == "zero" else m.middle()
        return m.clamp(m.times(x - pivot, draw["factor"]) + pivot)
