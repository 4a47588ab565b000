"""Faults of masks, boxes and keypoints that wait for one format, one number or one missing target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.ops.base import MoveOp, WarpOp
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.pixels import Pixels, State
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Values

__all__ = ["MUTANTS"]


class _MaskStopsShort(HookedAugmenter):
    shorter: Any = None

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        out = super().__call__(key, sample, index, training=training)
        if self.shorter is None or not training or not isinstance(sample, Mapping) or "mask" not in sample:
            return out
        return {**out, "mask": self.shorter(key, sample, index)["mask"]}


class MaskMissesLastMirror(Faulty):
    """Mirrors the image after a warp with nearest, and forgets the mask."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        found = _MaskStopsShort(real.policy, self, real.options)
        *ops, last = policy.ops or (None,)
        nearest = any(isinstance(op, WarpOp) and op.interpolation == "nearest" for op in ops)
        if nearest and isinstance(last, MoveOp) and last.mirrors:
            found.shorter = super().compile(policy.model_copy(update={"ops": tuple(ops)}), **options)
        return found


class CountsLastPixel(Faulty):
    """Counts the last pixel of boxes as width and height."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        if "boxes" not in state or runner.options.box_format != "xywh" or runner.options.box_units != "pixels":
            return state
        return {**state, "boxes": state["boxes"] + np.array([0, 0, 1, 1], np.float32)}


class SharesOnlyBox(Faulty):
    """Gives every picture the box of the first, where each has one: an axis of length one was dropped."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        if "boxes" not in state or state["boxes"].shape[1] != 1:
            return state
        return {**state, "boxes": np.broadcast_to(state["boxes"][:1], state["boxes"].shape).copy()}


class _MirrorsForPoints(Pixels):
    def points(self, state: State, params: Mapping[str, Array], at: str, height: int, width: int) -> State:
        new = super().points(state, params, at, height, width)
        if "boxes" not in new or "keypoints" in state:
            return new
        boxes = new["boxes"]
        back = np.stack([width - boxes[..., 2], boxes[..., 1], width - boxes[..., 0], boxes[..., 3]], -1)
        mirrored = (params[f"{at}.forward"][:, 0] < 0).reshape(-1, 1, 1) & (boxes != state["boxes"]).any((1, 2))[
            :, None, None
        ]
        return {**new, "boxes": np.where(mirrored, back, boxes).astype(boxes.dtype)}


class MirrorsBoxesBesidePoints(Faulty):
    """Mirrors boxes only in samples that have keypoints."""

    pixels = _MirrorsForPoints


MUTANTS = (
    alone(
        "M152",
        "mirrors the image after a warp with nearest, but not the mask",
        "Half of the masks are the wrong way round.",
        MaskMissesLastMirror,
        "F1",
    ),
    alone(
        "M153",
        "counts the last pixel of boxes as width and height",
        "Boxes grow by a pixel at every pass.",
        CountsLastPixel,
        "F3",
    ),
    alone(
        "M154",
        "gives every picture the box of the first, where each has one",
        "Data sets of one object per picture are labelled at random.",
        SharesOnlyBox,
        "F4",
    ),
    alone(
        "M155",
        "mirrors boxes only in samples with keypoints",
        "Leaving the keypoints out leaves the boxes behind.",
        MirrorsBoxesBesidePoints,
        "F8",
    ),
)
