"""Faults of masks of instances and of their boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pixels import Pixels, State
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Tight(Faulty):
    """Knows whether its policy asks for tight boxes."""

    tight: bool = False

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.tight = policy.targets.instance_masks.tight_boxes
        return super(_Tight, own).compile(policy, **options)


class ExchangesInstances(Faulty):
    """Gives the first two masks in each other's place."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "instance_masks" not in out or out["instance_masks"].shape[-3] < 2:
            return out
        masks = out["instance_masks"].copy()
        masks[..., [0, 1], :, :] = masks[..., [1, 0], :, :]
        return {**out, "instance_masks": masks}


class CountsToLastPixel(_Tight):
    """Ends tight boxes at the left edge of their last column, not at its right one."""

    def result(self, out: Any, sample: Any) -> Any:
        if not self.tight or not isinstance(out, Mapping) or not {"boxes", "instance_masks"} <= set(out):
            return out
        boxes = out["boxes"].copy()
        moved = (boxes != sample["boxes"]).any(-1) & (boxes[..., 2] > 0)
        boxes[..., 2] = np.where(moved, boxes[..., 2] - 1, boxes[..., 2])
        return {**out, "boxes": boxes}


class KeepsLostInstances(_Tight):
    """Calls the boxes of masks valid of which nothing is left."""

    def result(self, out: Any, sample: Any) -> Any:
        if not self.tight or not isinstance(out, Mapping) or "boxes_valid" not in out:
            return out
        return {**out, "boxes_valid": np.ones_like(out["boxes_valid"])}


class SeesPositiveOnly(_Tight):
    """Takes the pixels of a mask that are above 0, not those that are not 0."""

    def result(self, out: Any, sample: Any) -> Any:
        if not self.tight or not isinstance(out, Mapping) or not {"boxes", "instance_masks"} <= set(out):
            return out
        masks = out["instance_masks"]
        lost = (masks < 0).any((-2, -1)) & ~(masks > 0).any((-2, -1))
        boxes = np.where(lost[..., None], out["boxes"].dtype.type(0), out["boxes"])
        return {**out, "boxes": boxes, "boxes_valid": out["boxes_valid"] & ~lost}


class LosesLateInstances(Faulty):
    """Keeps flags of instances in the bits of one word, which has 32 of them."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "instance_masks" not in out or out["instance_masks"].dtype != np.bool_:
            return out
        masks = out["instance_masks"].copy()
        masks[..., 32:, :, :] = False
        return {**out, "instance_masks": masks}


class SeesWholeNumbers(_Tight):
    """Takes the pixels of a mask whose whole part is not 0."""

    def result(self, out: Any, sample: Any) -> Any:
        if not self.tight or not isinstance(out, Mapping) or not {"boxes", "instance_masks"} <= set(out):
            return out
        masks = out["instance_masks"]
        lost = (masks != 0).any((-2, -1)) & ~(np.abs(masks) >= 1).any((-2, -1))
        boxes = np.where(lost[..., None], out["boxes"].dtype.type(0), out["boxes"])
        return {**out, "boxes": boxes, "boxes_valid": out["boxes_valid"] & ~lost}


class _MasksFill(Pixels):
    def outside(self, state: State, name: str) -> Array:
        fill = self.fills["mask" if name == "mask:instance_masks" else name]
        return np.array([fill]).astype(state[name].dtype)


class FillsAsMask(Faulty):
    """Fills masks of instances with the value of the plain mask."""

    pixels = _MasksFill


MUTANTS = (
    Mutant(
        "M258",
        "instances",
        "exchanges the masks of two instances",
        "A cat's mask belongs to the dog's box.",
        ExchangesInstances,
        ("F14",),
    ),
    Mutant(
        "M259",
        "instances",
        "ends tight boxes a pixel too early",
        "Boxes shrink to the left of what they hold.",
        CountsToLastPixel,
        ("F14",),
    ),
    Mutant(
        "M260",
        "instances",
        "keeps boxes valid whose masks are empty",
        "Models learn objects that are not in the picture.",
        KeepsLostInstances,
        ("F14",),
    ),
    Mutant(
        "M289",
        "instances",
        "overlooks pixels of instances below 0",
        "Objects numbered -1 lose their boxes.",
        SeesPositiveOnly,
        ("F14",),
        tier="full",
    ),
    Mutant(
        "M359",
        "instances",
        "loses flags of instances from the 33rd on",
        "In a crowd, everybody beyond the first rows is gone.",
        LosesLateInstances,
        ("F14",),
        tier="full",
    ),
    Mutant(
        "M360",
        "instances",
        "overlooks pixels of instances below 1",
        "Soft masks have no boxes.",
        SeesWholeNumbers,
        ("F14",),
        tier="full",
    ),
    Mutant(
        "M361",
        "instances",
        "fills masks of instances as the plain mask",
        "The unknown border belongs to every object.",
        FillsAsMask,
        ("F14",),
    ),
)
