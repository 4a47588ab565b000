"""The entry point: one policy, the realised numbers of one sample, the sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from augspec_conformance.oracle import boxes as boxes_of
from augspec_conformance.oracle import keypoints as keypoints_of
from augspec_conformance.oracle import rotated
from augspec_conformance.oracle.arrays import AnyArray, FloatArray
from augspec_conformance.oracle.draws import Draws
from augspec_conformance.oracle.mixing import MIXING, mix, one_hot
from augspec_conformance.oracle.ops import perform
from augspec_conformance.oracle.state import State, settle


def run(
    policy: Mapping[str, Any],
    values: Mapping[str, Any],
    sample: Mapping[str, AnyArray],
    *,
    value_range: tuple[float, float] = (0.0, 1.0),
    nudges: tuple[tuple[float, float], ...] = (),
    shift: float = 0.0,
    counted: float = 0.0,
    ends: tuple[float, float] = (0.0, 0.0),
    partners: Sequence[tuple[Mapping[str, Any], Mapping[str, AnyArray]]] = (),
    frame: int = 0,
) -> dict[str, AnyArray]:
    """Augment one unbatched sample, in float64.

    Args:
        policy: The normalized document: every op with its `id` and all defaults filled in.
        values: Draw path to the realised number or list of numbers, in the units of the policy. Constant
            fields and certain gates need no entry.
        sample: `image` (H, W, C), `mask` (H, W) or (H, W, C), named masks likewise, `instance_masks` (N, H, W),
            `boxes` (N, 4) absolute xyxy, or (N, 5) with an angle (T9), `keypoints` (K, 2) continuous xy in pixels;
            other entries pass through. It needs an image or a mask, which give the canvas.
        value_range: What the image's numbers mean (C1); the default takes and gives the unit range. A
            normalized image is not mapped back.
        nudges: By how many pixels (x, y) the first, second … resampled run of warps misses its ideal places, where it
            takes the nearest pixel: shows which other pixels a rounded position may take.
        shift: What is added to every pixel before an op that jumps: shows on which side of a step it may end.
        counted: The same for pixels that such an op counts.
        ends: The same for those that it counts at the end of the levels there are, and for the outermost one of them.
        partners: Numbers and samples of those that an op which mixes samples mixes with this one.
        frame: Number of the image in a stack whose frames have noise of their own (T7).

    Returns:
        The entries of the sample, in new memory, the image as float64; with boxes also `boxes_valid` (N,),
        with keypoints `keypoints_visible` (K,); with either `points_error`, how far a careful computation may put
        points off, in errors of one step.
    """
    low, high = value_range
    targets = policy.get("targets") or {}
    state = replace(_begin(sample, targets, low, high), nudges=nudges, shift=shift, counted=counted, ends=ends)
    draws = Draws(values, frame=frame)
    for position, op in enumerate(policy["ops"]):
        if op["op"] not in MIXING:
            state = perform(state, op, draws)
            continue
        if not partners:
            raise ValueError(f"{op['op']} needs partners")
        classes = (targets.get("label") or {}).get("classes")
        together = [_before_mixing(state, sample, targets, classes)]
        for numbers, entries in partners:
            other = replace(_begin(entries, targets, low, high), nudges=nudges, shift=shift, counted=counted, ends=ends)
            for before in policy["ops"][:position]:
                other = perform(other, before, Draws(numbers, frame=frame))
            together.append(_before_mixing(other, entries, targets, classes))
        state = mix(together, op, draws)
    result = _finish(settle(state), sample, targets, low, high)
    for name, said in (targets.get("masks") or {}).items():
        if name in sample:
            # A named mask is what it would be if it were the mask.
            alone = {**policy, "targets": {**targets, "mask": said, "masks": {}}}
            given = {**sample, "mask": sample[name]}
            paired = [(numbers, {**one, "mask": one[name]}) for numbers, one in partners]
            result[name] = run(alone, values, given, nudges=nudges, partners=paired, frame=frame)["mask"]
    if "instance_masks" in sample:
        said = targets.get("instance_masks") or {}
        alone = {**policy, "targets": {**targets, "mask": {"fill": said.get("fill", 0)}}}
        kept = {name: x for name, x in sample.items() if name != "instance_masks"}
        moved = run(alone, values, {**kept, "mask": np.moveaxis(sample["instance_masks"], 0, -1)}, nudges=nudges)
        result["instance_masks"] = np.moveaxis(moved["mask"], -1, 0)
        if said.get("tight_boxes") and "boxes" in sample:
            any_area = {**targets, "boxes": {**(targets.get("boxes") or {}), "min_area": 0.0}, "instance_masks": {}}
            loose = run({**policy, "targets": any_area}, values, kept, nudges=nudges)["boxes_valid"]
            result |= _tight(result, loose, sample, targets)
    return result


def _tight(
    result: Mapping[str, AnyArray], loose: AnyArray, sample: Mapping[str, AnyArray], targets: Mapping[str, Any]
) -> dict[str, Any]:
    """Return boxes that hold what is left of their masks, where mask or box moved, and which of them are valid."""
    boxes, valid = np.array(result["boxes"]), np.array(result["boxes_valid"])
    least = (targets.get("boxes") or {}).get("min_area", 0.0)
    for row, (mask, before) in enumerate(zip(result["instance_masks"], sample["instance_masks"], strict=True)):
        if np.array_equal(mask, before) and np.array_equal(boxes[row], sample["boxes"][row]):
            continue
        y, x = np.nonzero(mask)
        boxes[row] = [x.min(), y.min(), x.max() + 1, y.max() + 1] if len(x) else 0.0
        area = float(np.prod(boxes[row, 2:] - boxes[row, :2]))
        valid[row] = bool(loose[row]) and area > 0 and area >= least
    return {"boxes": boxes, "boxes_valid": valid}


def _begin(sample: Mapping[str, AnyArray], targets: Mapping[str, Any], low: float, high: float) -> State:
    image, mask, boxes, keypoints = (sample.get(name) for name in ("image", "mask", "boxes", "keypoints"))
    canvas = image if image is not None else mask
    if canvas is None:
        raise ValueError("a sample needs an image or a mask")
    height, width = canvas.shape[:2]
    unit = None if image is None else np.array(image, dtype=np.float64)
    if unit is not None and (low, high) != (0.0, 1.0):
        unit = (unit - low) / (high - low)
    places = None
    if boxes is not None and boxes.shape[1] == 5:
        places = rotated.places(np.asarray(boxes, dtype=np.float64))
        boxes = np.concatenate([places[:, 1:].min(axis=1), places[:, 1:].max(axis=1)], axis=1)
    points = None if keypoints is None else np.array(keypoints, dtype=np.float64)
    return State(
        size=(height, width),
        image=unit,
        mask=None if mask is None else np.array(mask),
        mask_fill=(targets.get("mask") or {}).get("fill", 0),
        boxes=None if boxes is None else np.array(boxes, dtype=np.float64),
        share=None if boxes is None else np.ones(len(boxes)),
        places=places,
        centred=None if places is None else keypoints_of.inside(places[:, 0], height, width),
        keypoints=points,
        visible=None if points is None else keypoints_of.inside(points, height, width),
    )


def _before_mixing(
    state: State, sample: Mapping[str, AnyArray], targets: Mapping[str, Any], classes: int | None
) -> State:
    """Return a sample with its label, and with its keypoints in their places: others may not have been mirrored."""
    state = settle(state)
    if state.keypoints is not None and state.visible is not None:
        pairs = _pairs(state, targets)
        swapped = (keypoints_of.swap(rows, pairs) for rows in (state.keypoints, state.visible))
        state = replace(state, keypoints=next(swapped), visible=next(swapped))
    return replace(state, label=_label(sample, classes), mirrorings=0)


def _pairs(state: State, targets: Mapping[str, Any]) -> list[list[int]]:
    return list((targets.get("keypoints") or {}).get("swap_pairs", [])) if state.mirrorings % 2 else []


def _label(sample: Mapping[str, AnyArray], classes: int | None) -> FloatArray | None:
    return one_hot(np.asarray(sample["label"]), classes) if "label" in sample else None


def _finish(
    state: State, sample: Mapping[str, AnyArray], targets: Mapping[str, Any], low: float, high: float
) -> dict[str, AnyArray]:
    result = dict(sample)
    if state.image is not None:
        mapped = (low, high) != (0.0, 1.0) and not state.normalized
        result["image"] = low + state.image * (high - low) if mapped else state.image
    if state.mask is not None:
        result["mask"] = state.mask
    if state.label is not None:
        result["label"] = state.label
    if state.boxes is not None and state.share is not None:
        rules = targets.get("boxes") or {}
        result["boxes"] = state.boxes
        valid = boxes_of.valid(
            state.boxes,
            state.share,
            min_area=0.0 if state.places is not None else rules.get("min_area", 0.0),
            min_visibility=rules.get("min_visibility", 0.0),
        )
        if state.places is not None and state.centred is not None:
            turned = rotated.rectangle(state.places)
            area = turned[:, 2] * turned[:, 3]
            given = np.asarray(sample["boxes"], dtype=np.float64)
            still = (state.places == rotated.places(given)).all(axis=(1, 2), keepdims=True)[:, 0]
            result["boxes"] = np.where(still, given, turned)
            valid = valid & state.centred & (area > 0.0) & (area >= rules.get("min_area", 0.0))
        result["boxes_valid"] = valid
    if state.keypoints is not None and state.visible is not None:
        pairs = _pairs(state, targets)
        result["keypoints"] = keypoints_of.swap(state.keypoints, pairs)
        result["keypoints_visible"] = keypoints_of.swap(state.visible, pairs)
    if "boxes" in result or "keypoints" in result:
        result["points_error"] = np.array(state.error)
    return result
