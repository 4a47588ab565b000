"""The op `cutmix`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Parameter
from augspec.mixing import WHOLE, Alpha, BlendOp
from augspec.namespace import Array, Namespace, Numbers

__all__ = ["Cutmix"]


class Cutmix(BlendOp):
    """Paste a rectangle of another image of the batch at its own place, labels by area (Yun et al. 2019).

    1 − λ, drawn from Beta(alpha, alpha), is the rectangle's area as a share of the image; its half sides are
    ⌊√(1 − λ) · side / 2⌋, its centre is any pixel, and it is clipped to the image. Labels get the share that can be
    seen: λ is computed anew from the clipped rectangle's whole pixels, in steps of 2⁻¹⁵. Masks are pasted like images.
    It needs a batch with an entry `label` or `mask`. What becomes of a box or a keypoint that is partly hidden, and
    where the partner's would go, people do not agree on: samples with these are refused.
    """

    needs_one: ClassVar[tuple[str, ...]] = ("label", "mask")
    refuses: ClassVar[tuple[str, ...]] = ("boxes", "keypoints")

    op: Literal["cutmix"]
    alpha: Alpha = 1.0

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the rectangle's share of the area before it is clipped, and its centre."""
        yield "area", Parameter("cut"), self.beta(), 1
        for name in ("x", "y"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), 1

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the rectangle's first and last edges, and what it leaves of the image."""
        xp = arithmetic.xp
        ends = []
        for position, side in ((draw["x"], width), (draw["y"], height)):
            centre = arithmetic.place(position, side - 1)
            half = xp.shr(arithmetic.part(draw["area"], side), 1)
            ends += [xp.maximum(centre - half, 0), xp.minimum(centre + half, side)]
        left, right, top, bottom = ends
        area = (right - left) * (bottom - top)  # at most 2²⁶, the largest image
        weight = WHOLE - arithmetic.portion(area, height * width)
        return {"left": left, "right": right, "top": top, "bottom": bottom, "weight": weight}

    def pixels(self, own: Array, other: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the partner's pixels inside of the rectangle, the sample's own outside."""
        return self.mask(own, other, draw, m.xp)

    def mask(self, own: Array, other: Array, draw: Mapping[str, Array], xp: Namespace) -> Array:
        """Return the same for values of any kind."""
        _, height, width, _ = xp.shape(own)
        rows = xp.reshape(xp.arange(height), (1, height, 1, 1))
        columns = xp.reshape(xp.arange(width), (1, 1, width, 1))
        across = xp.logical_and(columns >= draw["left"], columns < draw["right"])
        down = xp.logical_and(rows >= draw["top"], rows < draw["bottom"])
        return xp.where(xp.logical_and(down, across), other, own)
