"""The op `mosaic`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Centre, TileScale
from augspec.language.quantities import QUANTITIES
from augspec.mixing import TileOp
from augspec.namespace import Array
from augspec.ops.base import bounds

__all__ = ["Mosaic"]


class Mosaic(TileOp):
    """Show four images of the batch around a point, each with a corner there (Bochkovskiy et al. 2020, YOLOv4).

    The image itself lies to the upper left of the point, its partners to the upper right, to the lower left and to the
    lower right: the next three in the drawn order of the batch, four different samples in a batch of four or more. The
    canvas keeps its size. At scale 1 it is a window of the four images side by side: exact, nothing is resampled, and
    the parts nearest to the point are seen (Mosaic of Keras and of Albumentations 2). At scale 0.5 whole images are
    seen while the point is in the middle; else the canvas cuts some off, and `fill` shows beside others, as in YOLOv5's
    canvas of twice the size. Tiles have round(scale · side) pixels, and the point is at round(x · width) and
    round(y · height), both half-up.

    Masks follow by nearest. Boxes, keypoints and `labels` of the four come together, (B, 4N, …), those of the sample
    first, then of its partners in their order; boxes are clipped to what is seen of their tile, keypoints that are not
    seen are invisible. `label` is weighed by the whole pixels that each tile shows, in steps of 2⁻²⁰. A sample to which
    `p` does not apply the op keeps all it has; what would hold others' rows is zero and not valid. It needs a batch
    with one of the entries `label`, `mask`, `boxes` and `keypoints`.
    """

    needs_one: ClassVar[tuple[str, ...]] = ("label", "mask", "boxes", "keypoints")

    op: Literal["mosaic"]

    x: Centre = Uniform(uniform=(0.25, 0.75))
    """Where the tiles meet, as a share of the width, from the left."""

    y: Centre = Uniform(uniform=(0.25, 0.75))
    """Where the tiles meet, as a share of the height, from the top."""

    scale: TileScale = 1.0
    """The size of the tiles, one for all four: 1 is that of the images, 0.5 shows whole images."""

    def scales(self) -> tuple[float, float]:
        """Return the ends of the scale."""
        return bounds(self.scale)

    def least(self, side: int) -> int:
        """Return the smallest scale's pixels; draws miss it by less than 2⁻¹² (R13, R14), constants by nothing."""
        low, high = self.scales()
        steps = QUANTITIES["tile"].quantise(low) - (0 if low == high else 1 << 12)
        return max(1, (steps * side + (1 << 23)) >> 24)

    def crossing(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> tuple[Array, Array]:
        """Return ⌊share · side + ½⌋: one more than the half of twice the share's part, which is below 2¹⁵."""
        xp = arithmetic.xp
        column, row = (
            xp.shr(arithmetic.part(draw[name], 2 * side) + 1, 1) for name, side in (("x", width), ("y", height))
        )
        return column, row

    def tile(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> tuple[Array, Array]:
        """Return the scaled sides."""
        return arithmetic.resized(draw["scale"], float(width)), arithmetic.resized(draw["scale"], float(height))
