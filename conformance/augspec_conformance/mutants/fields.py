"""Faults of the other targets: masks, boxes and keypoints that do not follow the image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.plan.stages import Pointwise, Warp
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.pixelwise import PointwiseStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class ScalesByOtherSides(Faulty):
    """Takes normalized y1, x1, y2, x2 for x first when it scales them: y by the width, x by the height."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _ScalesByOtherSides(real.policy, self, real.options)


class _ScalesByOtherSides(HookedAugmenter):
    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        said = (self.options.box_format, self.options.box_units)
        if said != ("yxyx", "normalized") or not isinstance(sample, Mapping) or "boxes" not in sample:
            return super().__call__(key, sample, index, training=training)
        given = with_entry(sample, "boxes", sample["boxes"] * self._sides(sample["image"]))
        out = super().__call__(key, given, index, training=training)
        return with_entry(out, "boxes", out["boxes"] / self._sides(out["image"]))

    def _sides(self, image: Any) -> Any:
        height, width = image.shape[-3:-1] if self.options.layout == "NHWC" else image.shape[-2:]
        return np.array([width / height, height / width] * 2, np.float32)


class LeavesMask(Faulty):
    """Returns the mask as it came."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "mask" not in out or sample["mask"].shape != out["mask"].shape:
            return out
        return {**out, "mask": sample["mask"].copy()}


class MaskDrawsAgain(Faulty):
    """Draws anew for the mask."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if not isinstance(out, Mapping) or "mask" not in out or key is None:
            return out
        other = key.view(key.of_view ^ 1) if hasattr(key, "view") else key
        return {**out, "mask": run(other, sample, index)["mask"]}


class EmptiesMask(Faulty):
    """Returns masks that are all fill."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        return {**state, "mask": state["mask"] * 0} if "mask" in state else state


class ReversesMaskChannels(Faulty):
    """Returns masks with channels in reversed order."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "mask" not in out or out["mask"].ndim != image_of(out).ndim:
            return out
        return {**out, "mask": np.ascontiguousarray(out["mask"][..., ::-1])}


class MaskThroughFloat(Faulty):
    """Sends masks through float32."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "mask" not in out:
            return out
        mask = out["mask"]
        return {**out, "mask": mask.astype(np.float32).clip(-(2.0**63), 2.0**63 - 2.0**40).astype(mask.dtype)}


class MasksAreBytes(Faulty):
    """Keeps the low byte of 16-bit masks."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "mask" not in out or out["mask"].dtype != np.uint16:
            return out
        return {**out, "mask": out["mask"] & np.uint16(255)}


class LeavesKeypoints(Faulty):
    """Moves keypoints by the pixel's corner instead of its place: half a pixel to the left."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        if "keypoints" not in state:
            return state
        return {**state, "keypoints": state["keypoints"] - np.array([0.5, 0.0], np.float32)}


class StrictVisibility(Faulty):
    """Drops boxes whose visible share or area is exactly the limit."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "boxes_valid" not in out or out["boxes_valid"].ndim != 2:
            return out
        rule = self.rules
        boxes = out["boxes"]
        area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
        return {**out, "boxes_valid": out["boxes_valid"] & (area > rule)}

    def compile(self, policy: Any, **options: Any) -> Any:
        self.rules = policy.targets.boxes.min_area
        return super().compile(policy, **options)


class LosesImage(Faulty):
    """Returns black images beside boxes."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "boxes" not in out:
            return out
        return {**out, "image": out["image"] * 0}


class KeepsLabels(Faulty):
    """Drops boxes, but not their labels."""

    def result(self, out: Any, sample: Any) -> Any:
        return {**out, "labels": sample["labels"]} if isinstance(out, Mapping) and "labels" in out else out


class CompactsAll(Faulty):
    """Drops the last box even if it stays valid."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "labels" not in out or out["boxes"].ndim != 2:
            return out
        return {**out, **{name: out[name][:-1] for name in ("boxes", "boxes_valid", "labels")}}


class _SmoothMask(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Mapping[str, Array], at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        if "mask" not in state:
            return new
        mask = state["mask"]
        other = super().apply(on, stage, {**state, "mask": np.roll(mask, 1, 2)}, params, at)["mask"]
        return {**new, "mask": ((new["mask"].astype(np.float64) + other) / 2).astype(mask.dtype)}


class InterpolatesMask(Faulty):
    """Interpolates masks."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _SmoothMask()}


class _ColouredMask(PointwiseStep):
    def apply(self, on: Pixels, stage: Pointwise, state: State, params: Mapping[str, Array], at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        if "mask" not in state or state["mask"].dtype.kind not in "iu":
            return new
        return {
            **new,
            "mask": np.where(state["mask"] > 1, state["mask"] - state["mask"].dtype.type(1), state["mask"]),
        }


class ColoursMask(Faulty):
    """Lets colour ops change masks."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _ColouredMask()}


class _BackwardsBoxes(Pixels):
    def points(self, state: State, params: Mapping[str, Array], at: str, height: int, width: int) -> State:
        new = super().points(state, params, at, height, width)
        matrix = params.get(f"{at}.forward")
        if "boxes" in new and matrix is not None:
            mirrored = (matrix[:, 0] < 0) & np.ones(len(new["boxes"]), bool)
            boxes = new["boxes"]
            changed = np.any(boxes != state["boxes"], axis=(1, 2)) & mirrored
            new["boxes"] = np.where(changed[:, None, None], boxes[..., [2, 1, 0, 3]], boxes)
        return new


class LeavesCornersSwapped(Faulty):
    """Mirrors boxes without putting their corners in order."""

    pixels = _BackwardsBoxes


class _IndexBoxes(Pixels):
    def points(self, state: State, params: Mapping[str, Array], at: str, height: int, width: int) -> State:
        new = super().points(state, params, at, height, width)
        matrix = params.get(f"{at}.forward")
        if "boxes" in new and matrix is not None:
            changed = np.any(new["boxes"] != state["boxes"], axis=(1, 2)) & (matrix[:, 0] < 0)
            shift = np.array([-1, 0, -1, 0], np.float32)
            new["boxes"] = np.where(changed[:, None, None], np.maximum(new["boxes"] + shift, 0), new["boxes"])
        return new


class MirrorsPixelIndices(Faulty):
    """Mirrors boxes as W − 1 − x."""

    pixels = _IndexBoxes


class KeepsAllBoxes(Faulty):
    """Calls every box valid."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "boxes_valid" not in out:
            return out
        return {**out, "boxes_valid": np.ones_like(out["boxes_valid"])}


class MeasuresBefore(Faulty):
    """Takes `min_area` of the box before clipping."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        if "boxes_visible" not in state:
            return state
        # Visibility 1 for all that is visible at all: only the area rule is left, and it never sees the loss.
        return {**state, "boxes_visible": (state["boxes_visible"] > 0).astype(np.float32)}


class DropsBoxes(Faulty):
    """Drops invalid boxes and leaves their labels."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "boxes_valid" not in out or out["boxes_valid"].ndim != 2:
            return out
        keep = out["boxes_valid"].all(0)
        return {**out, "boxes": out["boxes"][:, keep], "boxes_valid": out["boxes_valid"][:, keep]}


class _NoSwap(Pixels):
    def swap(self, state: State, mirrored: Array) -> State:
        return {}


class LeavesPairs(Faulty):
    """Leaves left and right keypoints where they are after a mirror."""

    pixels = _NoSwap


class KeepsKeypointsVisible(Faulty):
    """Calls keypoints outside the canvas visible."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "keypoints_visible" not in out:
            return out
        return {**out, "keypoints_visible": np.ones_like(out["keypoints_visible"])}


class MaskChangesDraws(Faulty):
    """Draws other numbers when a mask is present."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        if isinstance(sample, Mapping) and "mask" in sample and hasattr(key, "view"):
            key = key.view(key.of_view ^ 1)
        return run(key, sample, index)


MUTANTS = (
    Mutant(
        "M56",
        "fields",
        "leaves the mask where it was",
        "Masks do not fit their images.",
        LeavesMask,
        ("F1",),
    ),
    Mutant(
        "M56b",
        "fields",
        "draws anew for the mask",
        "Masks do not fit their images.",
        MaskDrawsAgain,
        ("F1",),
    ),
    Mutant(
        "M56c",
        "fields",
        "interpolates masks",
        "Class 2 appears between classes 1 and 3.",
        InterpolatesMask,
        ("F1", "F2"),
    ),
    Mutant(
        "M56d",
        "fields",
        "lets colour ops change masks",
        "Classes change with the light.",
        ColoursMask,
        ("F2",),
    ),
    Mutant(
        "M56e",
        "fields",
        "empties masks",
        "Everything is background.",
        EmptiesMask,
        ("F1",),
    ),
    Mutant(
        "M56f",
        "fields",
        "reverses the channels of masks",
        "One-hot classes are exchanged.",
        ReversesMaskChannels,
        ("F2",),
    ),
    Mutant(
        "M56g",
        "fields",
        "sends masks through float32",
        "Instance numbers above 2²⁴ are rounded.",
        MaskThroughFloat,
        ("F2",),
    ),
    Mutant(
        "M56h",
        "fields",
        "keeps the low byte of 16-bit masks",
        "Depth maps wrap around.",
        MasksAreBytes,
        ("F2",),
    ),
    Mutant(
        "M57c",
        "fields",
        "moves keypoints half a pixel too far to the left",
        "Points are beside what they mark.",
        LeavesKeypoints,
        ("F4",),
    ),
    Mutant(
        "M57d",
        "fields",
        "returns black images beside boxes",
        "Boxes around nothing.",
        LosesImage,
        ("F4",),
    ),
    Mutant(
        "M58d",
        "fields",
        "drops boxes whose area is exactly the limit",
        "A limit of 16 keeps no 4×4 box.",
        StrictVisibility,
        ("F5",),
    ),
    Mutant(
        "M57",
        "fields",
        "mirrors boxes without ordering their corners",
        "Boxes of negative width.",
        LeavesCornersSwapped,
        ("F3", "F4"),
    ),
    Mutant(
        "M57b",
        "fields",
        "mirrors boxes as W − 1 − x",
        "Boxes are off by one pixel.",
        MirrorsPixelIndices,
        ("F4",),
    ),
    Mutant(
        "M58",
        "fields",
        "calls every box valid",
        "Objects that are gone are still annotated.",
        KeepsAllBoxes,
        ("F5",),
    ),
    Mutant(
        "M58b",
        "fields",
        "forgets how much of a box is visible",
        "Slivers count as objects.",
        MeasuresBefore,
        ("F5",),
    ),
    Mutant(
        "M58c",
        "fields",
        "drops invalid boxes and leaves their labels",
        "Labels belong to other boxes.",
        DropsBoxes,
        ("F5",),
    ),
    Mutant(
        "M59",
        "fields",
        "leaves left and right keypoints after a mirror",
        "Left hands are right hands.",
        LeavesPairs,
        ("F6",),
    ),
    Mutant(
        "M59b",
        "fields",
        "calls keypoints outside the canvas visible",
        "Models learn points that cannot be seen.",
        KeepsKeypointsVisible,
        ("F5",),
    ),
    Mutant(
        "M59c",
        "fields",
        "draws other numbers when a mask is present",
        "Adding a target changes the others.",
        MaskChangesDraws,
        ("F8",),
    ),
    Mutant(
        "M59d",
        "fields",
        "compacts boxes and leaves their labels",
        "Labels belong to other boxes.",
        KeepsLabels,
        ("F9",),
    ),
    Mutant(
        "M59e",
        "fields",
        "compacts a box too many away",
        "Objects in the picture are trained as background.",
        CompactsAll,
        ("F9",),
    ),
    Mutant(
        "M347",
        "fields",
        "scales normalized yxyx boxes by the other sides",
        "Boxes of one format are wrong in pictures that are not square.",
        ScalesByOtherSides,
        ("F3",),
    ),
)
