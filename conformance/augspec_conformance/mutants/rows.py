"""Faults of boxes, keypoints and labels beyond the few rows, turns and classes that most samples have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from unittest.mock import patch

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec.ops.base import OccludeOp, ResampleOp
from augspec.plan.stages import Occlude, Resample
from augspec_backends.generic import augmenter, merging
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.compaction import compacted
from augspec_backends.generic.labels import LABEL
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.occlude import OccludeStep
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_backends.numpy.backend import Backend
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.running import Go, Running, Work

__all__ = ["MUTANTS"]

_BYTE = 256


class _SamePlace(ResampleStep):
    def taps(self, arithmetic: Any, op: ResampleOp, *args: Any, **options: Any) -> dict[str, Array]:
        found: dict[str, Array] = super().taps(arithmetic, op, *args, **options)
        height, width = args[2:4]
        size = op.output_size(height, width)
        if "window" in found and size != (height, width):
            places = found["window"].copy()
            for axis, side in enumerate(reversed(size)):  # origin, shown, length and offset of x, then of y
                shown, offset = places[:, 4 * axis + 1], places[:, 4 * axis + 3]
                places[:, 4 * axis + 3] = np.where(shown < 0, side + shown - offset, offset)
            found["window"] = places
        return found


class ForgetsTheMargin(Faulty):
    """Leaves boxes at the old margin where a small picture on a canvas of another size is mirrored with it."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _SamePlace()}


class SharesOfTheOldSide(Faulty):
    """Gives normalised boxes as shares of the old sides where one side alone is another one now."""

    columns: tuple[int, int] | None = None
    """The first column of x and that of y, where boxes are normalised."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        if options.get("box_units") == "normalized":
            own.columns = (1, 0) if options.get("box_format") == "yxyx" else (0, 1)
        return super(SharesOfTheOldSide, own).compile(policy, **options)

    def result(self, out: Any, sample: Any) -> Any:
        if self.columns is None or not isinstance(out, Mapping) or "boxes" not in out:
            return out
        old, new = (np.shape(image_of(one))[-3:-1] for one in (sample, out))
        if (old[0] == new[0]) == (old[1] == new[1]):
            return out
        boxes = out["boxes"].copy()
        for column, side in zip(self.columns, (1, 0), strict=True):
            boxes[..., column::2] *= new[side] / old[side]
        return {**out, "boxes": boxes}


class CountsSlivers(Faulty):
    """Counts whatever is left of a box that a tile cuts off."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        with patch.object(merging, "_SLIVER", 0.0):
            return run(key, sample, index)


def _angled(sample: Any) -> Array | None:
    """Return the boxes with an angle of a sample; None if it has none."""
    boxes = sample.get("boxes") if isinstance(sample, Mapping) else None
    return boxes if isinstance(boxes, np.ndarray) and boxes.shape[-1:] == (5,) else None


class AnglesAsTheyLie(Running, Backend):
    """Reads boxes with an angle in the order of memory."""

    def running(self, go: Go, work: Work, keys: Any, arrays: Mapping[str, Array]) -> Values:
        boxes = _angled(arrays)
        if boxes is not None:
            arrays = {**arrays, "boxes": boxes.ravel(order="K").reshape(boxes.shape)}
        return go(keys, arrays)


class TwoTurnsAtMost(Faulty):
    """Takes angles of more than two turns for two turns."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        boxes = _angled(sample)
        if boxes is not None:
            angles = np.clip(boxes[..., 4:], -720, 720)
            sample = {**sample, "boxes": np.concatenate([boxes[..., :4], angles], -1)}
        return run(key, sample, index)


class _Apart(OccludeStep):
    def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
        new: State = super().apply(on, stage, state, params, at)
        op = stage.leaf.op
        if not (isinstance(op, OccludeOp) and op.hide_keypoints and "keypoints" in state):
            return new
        seen = state["keypoints_visible"]
        return {**new, "keypoints_visible": seen, "hidden_rows": seen & ~new["keypoints_visible"]}


class HiddenRowsStay(Faulty):
    """Keeps what an op hides beside the flags, where a later mirror does not exchange it."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _Apart()}

    def finished(self, runner: Runner, xp: Any, state: Values) -> Values:
        if "hidden_rows" not in state:
            return state
        return {**state, "keypoints_visible": state["keypoints_visible"] & ~state["hidden_rows"]}


class _PairsOfBytes(Pixels):
    def swap(self, state: State, mirrored: Array) -> State:
        new = super().swap(state, mirrored)
        on = np.reshape(mirrored, (-1, 1))
        rows = np.arange(state["keypoints"].shape[1]) % _BYTE
        return {
            name: np.where(on[..., None] if array.ndim == 3 else on, array[:, rows], array)
            for name, array in new.items()
        }


class PairsOfBytes(Faulty):
    """Keeps the order of exchanged keypoints in bytes."""

    pixels = _PairsOfBytes


class CompactsByBytes(Faulty):
    """Keeps the numbers of the boxes that stay in bytes."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        def by_bytes(backend: Any, xp: Any, out: Mapping[str, Array], rest: Mapping[str, Any]) -> Any:
            return compacted(backend, xp, {**out, "boxes": out["boxes"][np.arange(len(out["boxes"])) % _BYTE]}, rest)

        with patch.object(augmenter, "compacted", by_bytes):
            return run(key, sample, index)


class IdsOfTwoBytes(Running, Backend):
    """Reads class ids as signed numbers of 16 bits."""

    def running(self, go: Go, work: Work, keys: Any, arrays: Mapping[str, Array]) -> Values:
        label = arrays.get(LABEL)
        if label is None or label.dtype.kind not in "iu":
            return go(keys, arrays)
        return go(keys, {**arrays, LABEL: label.astype(np.int16)})


class _Flat(ResampleStep):
    def _seen(self, on: Pixels, op: ResampleOp, state: State, own: dict[str, Array]) -> dict[str, Array]:
        boxes = state["boxes"].copy()
        for axis in (0, 1):
            flat = boxes[..., axis] == boxes[..., axis + 2]
            boxes[..., axis + 2] += np.where(flat, np.float32(2.0**-4), np.float32(0))
        return super()._seen(on, op, {**state, "boxes": boxes}, own)


class FlatBoxesDecide(Faulty):
    """Lets boxes without area decide about a crop, as if they had a little."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _Flat()}


def _mutant(number: int, title: str, wrong: str, make: Any, killer: str) -> Mutant:
    return Mutant(f"M{number}", "rows", title, wrong, make, (killer,), tier="full")


MUTANTS = (
    _mutant(
        380,
        "leaves boxes at the old margin of a mirrored canvas of another size",
        "Boxes stand beside what they hold.",
        ForgetsTheMargin,
        "F4",
    ),
    _mutant(
        381,
        "gives normalised boxes as shares of the old sides where one side changed",
        "Boxes shrink in half of the crops.",
        SharesOfTheOldSide,
        "F3",
    ),
    _mutant(
        382,
        "counts slivers of boxes that a tile cuts off",
        "Boxes of no width are objects to be found.",
        CountsSlivers,
        "B12",
    ),
    _mutant(
        383,
        "reads boxes with an angle in the order of memory",
        "Widths are taken for angles, of arrays that were transposed.",
        AnglesAsTheyLie,
        "S11",
    ),
    _mutant(
        384,
        "takes angles of more than two turns for two turns",
        "Boxes whose angles were summed up point elsewhere.",
        TwoTurnsAtMost,
        "F15",
    ),
    _mutant(
        385,
        "exchanges no flags of keypoints that an op has hidden",
        "The left hand is hidden, and the right one is called so.",
        HiddenRowsStay,
        "F6",
    ),
    _mutant(
        386,
        "keeps the order of exchanged keypoints in bytes",
        "Of a face with 468 points, half are somebody else's.",
        PairsOfBytes,
        "F6",
    ),
    _mutant(
        387,
        "keeps the numbers of the boxes that stay in bytes",
        "In a crowd, boxes come twice and others are lost.",
        CompactsByBytes,
        "F9",
    ),
    _mutant(
        388,
        "reads class ids in 16 bits, with a sign",
        "Half of the many classes train nothing but NaN.",
        IdsOfTwoBytes,
        "B9",
    ),
    _mutant(
        389,
        "lets boxes without area decide about a crop",
        "Padding chooses what is seen of the picture.",
        FlatBoxesDecide,
        "F5",
    ),
)
