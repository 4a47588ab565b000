"""The op `equalize`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.namespace import Array, Namespace, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Equalize"]


class Equalize(PointwiseOp):
    """Spread the 8-bit levels of each channel so that all occur about equally often.

    Values are rounded to levels first, also those of floating images (E6a).

    `pil` computes the table of Pillow's `ImageOps.equalize` (torchvision's too), `opencv` that of `cv2.equalizeHist`.
    """

    op: Literal["equalize"]
    jumps: ClassVar[bool] = True
    monotone: ClassVar[bool] = True
    method: Literal["pil", "opencv"] = "pil"
    """Whose table."""

    @property
    def statistic(self) -> bool:
        """The table is made of the histogram."""
        return True

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the levels looked up in each channel's table."""
        xp = m.xp
        levels = m.level(x)
        counts = m.histogram(levels)
        sums = xp.cumulative_sum(counts, 2)
        table = (_pil if self.method == "pil" else _opencv)(xp, counts, sums)
        low = m.lowest(x)
        return m.of_level(m.look_up(table, levels), xp.where(low == low, x, low))  # noqa: PLR0124 (not a number)


def _pil(xp: Namespace, counts: Array, sums: Array) -> Array:
    """Return ⌊(⌊step/2⌋ + pixels below) / step⌋, at most 255, with step 1/255 of all but the last level's pixels."""
    total = sums[:, :, 255:]
    last = xp.max(xp.where(counts > 0, xp.reshape(xp.arange(256), (1, 1, 256)), 0), 2)
    most = xp.sum(xp.where(xp.reshape(xp.arange(256), (1, 1, 256)) == last[..., None], counts, 0), 2)[..., None]
    step = xp.floordiv(total - most, 255)
    table = xp.minimum(xp.floordiv(xp.shr(step, 1) + sums - counts, xp.maximum(step, 1)), 255)
    return xp.where(step == 0, xp.reshape(xp.arange(256), (1, 1, 256)), table)


def _opencv(xp: Namespace, counts: Array, sums: Array) -> Array:
    """Return 255 · (pixels up to here − first) / (all − first), rounded half-up, in two steps that fit int32."""
    steps = xp.reshape(xp.arange(256), (1, 1, 256))
    first = xp.min(xp.where(counts > 0, steps, 255), 2)[..., None]
    least = xp.sum(xp.where(steps == first, counts, 0), 2)[..., None]
    rest = sums[:, :, 255:] - least
    whole = xp.maximum(rest, 1)
    part = xp.maximum(sums - least, 0) * 15
    quotient = xp.floordiv(part, whole)
    table = quotient * 17 + xp.floordiv((part - quotient * whole) * 17 + xp.shr(whole, 1), whole)
    return xp.where(rest == 0, steps, table)
