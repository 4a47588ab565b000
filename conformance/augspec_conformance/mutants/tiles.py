"""Faults of samples that come together: tiles in the wrong place, labels that lie, rows that do not follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.language.policy import Policy
from augspec.mixing import FINE, TileOp
from augspec.namespace import Array, Namespace
from augspec.plan.stages import Tile
from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.labels import LABELS
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.step import Params
from augspec_backends.generic.stages.tile import INSTANCES, TileStep
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Equally(TileStep):
    def weights(self, arithmetic: Arithmetic, columns: Array, rows: Array) -> Array:
        return super().weights(arithmetic, columns, rows) * 0 + FINE // 4


class QuarterLabels(Faulty):
    """Gives each of the four labels a quarter, whatever is seen of its image."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Equally()}


class _OwnLabels(TileStep):
    def rows(self, xp: Namespace, state: State, who: list[Array], own: Params) -> State:
        new = super().rows(xp, state, who, own)
        return {**new, LABELS: np.concatenate([state[LABELS]] * len(who), 1)} if LABELS in state else new


class OwnLabels(Faulty):
    """Repeats the labels of a sample's own boxes for the boxes of others."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _OwnLabels()}


class _Whole(TileStep):
    def rows(self, xp: Namespace, state: State, who: list[Array], own: Params) -> State:
        new = super().rows(xp, state, who, own)
        return {name: np.sign(array) if name == "boxes_visible" else array for name, array in new.items()}


class WholeBoxes(Faulty):
    """Takes every box of which something is seen for a whole one."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Whole()}


class _Alone(TileStep):
    def rows(self, xp: Namespace, state: State, who: list[Array], own: Params) -> State:
        return super().rows(xp, state, who, {name: array for name, array in own.items() if name != "on"})


class GatelessRows(Faulty):
    """Brings boxes and keypoints together also where the gate leaves the image alone."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Alone()}


class _Transposed(TileStep):
    def image(self, on: Pixels, op: TileOp, image: Array, who: list[Array], own: Params) -> Array:
        return super().image(on, op, image, [who[k] for k in (0, 2, 1, 3)], own)


class Transposed(Faulty):
    """Places the images column by column, and masks, boxes and weights line by line."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Transposed()}


class _Seam(TileStep):
    def axis(self, xp: Namespace, op: TileOp, meet: Array, tile: Array, side: int, **there: bool) -> dict[str, Array]:
        found = super().axis(xp, op, meet, tile, side, **there)
        if "weights" in found and found["weights"].shape[2] > 2:
            first = found["weights"][:, :, 0] // 8  # a part of the first tap, wherever the tile ends
            found["weights"][:, :, 0] -= first
            found["first"] = np.minimum(found["first"], 2 * side - 1)
            found["weights"][:, :, -1] += first
        return found


class Seam(Faulty):
    """Reads a little too far to the right and down: over the seam of the tiles."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Seam()}


class _Down(TileStep):
    def axis(self, xp: Namespace, op: TileOp, meet: Array, tile: Array, side: int, **there: bool) -> dict[str, Array]:
        return super().axis(xp, op, np.maximum(meet - 1, 0), tile, side, **there)


class PointBefore(Faulty):
    """Puts the point where the tiles meet a pixel too far to the left and up, all targets together."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Down()}


class _Neighbours(TileStep):
    def apply(self, on: Pixels, stage: Tile, state: State, params: Params, at: str) -> State:
        partner = params[f"{at}.partner"]
        return super().apply(on, stage, state, {**params, f"{at}.partner": np.roll(np.arange(len(partner)), -1)}, at)


class Neighbours(Faulty):
    """Puts each sample together with its neighbours in the batch, whoever was drawn."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Neighbours()}


class _NotNone(TileStep):
    def rows(self, xp: Namespace, state: State, who: list[Array], own: Params) -> State:
        for name in ("boxes", "keypoints"):
            if name in state:
                state[name].max(1)
        return super().rows(xp, state, who, own)


class NeedsRows(Faulty):
    """Asks for the largest of the boxes and keypoints that come together, which none of none is."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _NotNone()}


class _FloatLabels(TileStep):
    def rows(self, xp: Namespace, state: State, who: list[Array], own: Params) -> State:
        new = super().rows(xp, state, who, own)
        if LABELS in new and new[LABELS].dtype.kind in "iu" and "on" in own:
            new[LABELS] = new[LABELS].astype(np.float32).astype(new[LABELS].dtype)
        return new


class FloatLabels(Faulty):
    """Takes labels of boxes through float32 where a gate decides whose they are."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _FloatLabels()}


class _SaysOwnLabels(HookedAugmenter):
    def output_spec(self, sample: Any, *, training: bool = True) -> Any:
        said = super().output_spec(sample, training=training)
        if not self.mixes or not isinstance(said, dict) or not {"boxes", LABELS} <= set(said):
            return said
        return {**said, LABELS: replace(said["boxes_valid"], shape=sample[LABELS].shape, dtype=said[LABELS].dtype)}


class SaysOwnLabels(Faulty):
    """Announces the labels of a sample's own boxes, and gives those of all."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _SaysOwnLabels(real.policy, self, real.options)


class _Quadrants(TileStep):
    def axis(self, xp: Namespace, op: TileOp, meet: Array, tile: Array, side: int, **there: bool) -> dict[str, Array]:
        found = super().axis(xp, op, meet, tile, side, **there)
        return {**found, "seen": np.stack([meet, side - meet], 1)}


class WeighsQuadrants(Faulty):
    """Weighs labels by the quadrants of the canvas, also where a tile does not fill its own."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _Quadrants()}


class _KeepsFill(TileStep):
    def apply(self, on: Pixels, stage: Tile, state: State, params: Params, at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        applied = params.get(f"{at}.on")
        if INSTANCES in new and applied is not None:
            masks = new[INSTANCES].copy()
            masks[~np.asarray(applied), :, :, state[INSTANCES].shape[3] :] = on.outside(state, INSTANCES)
            new[INSTANCES] = masks
        return new


class KeepsFill(Faulty):
    """Fills the masks of partners, where a sample is left as it was."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _KeepsFill()}


MUTANTS = (
    Mutant(
        "M230",
        "tiles",
        "gives each of four labels a quarter",
        "Labels promise what is hardly seen.",
        QuarterLabels,
        ("B9", "N1"),
    ),
    Mutant(
        "M231",
        "tiles",
        "repeats the labels of a sample's own boxes",
        "A detector learns the classes of other objects.",
        OwnLabels,
        ("B12",),
    ),
    Mutant(
        "M232",
        "tiles",
        "forgets how much of a box the canvas cuts off",
        "A corner of a wheel is a car.",
        WholeBoxes,
        ("B12",),
    ),
    Mutant(
        "M233",
        "tiles",
        "brings boxes together where images are left alone",
        "Boxes of other images lie on one that was not mixed.",
        GatelessRows,
        ("B12", "N9"),
    ),
    Mutant(
        "M234",
        "tiles",
        "places images column by column, and boxes line by line",
        "Two images of four have each other's boxes.",
        Transposed,
        ("B9", "N1"),
    ),
    Mutant(
        "M235",
        "tiles",
        "reads over the seam of the tiles",
        "Every seam has a fringe.",
        Seam,
        ("N1", "B9"),
    ),
    Mutant(
        "M236",
        "tiles",
        "puts the point a pixel too far to the left and up",
        "The share of the last image is too large in every batch.",
        PointBefore,
        ("N1",),
    ),
    Mutant(
        "M237",
        "tiles",
        "puts neighbours in the batch together, whoever was drawn",
        "The same images meet in every epoch, and the order of a batch counts.",
        Neighbours,
        ("B9",),
    ),
    Mutant(
        "M303",
        "tiles",
        "breaks down where there are no boxes or keypoints to put together",
        "A batch of empty images ends the training.",
        NeedsRows,
        ("B5",),
        tier="full",
    ),
    Mutant(
        "M309",
        "tiles",
        "takes labels of boxes through float32",
        "Large ids of objects become those of others.",
        FloatLabels,
        ("B12",),
    ),
    Mutant(
        "M310",
        "tiles",
        "announces a quarter of the labels of boxes",
        "A buffer of the announced shape is too small.",
        SaysOwnLabels,
        ("B12",),
    ),
    Mutant(
        "M311",
        "tiles",
        "weighs labels by quadrants where the canvas stays free",
        "Labels promise more of an image than its tile shows.",
        WeighsQuadrants,
        ("B9",),
        tier="full",
    ),
    Mutant(
        "M362",
        "tiles",
        "fills the masks of partners that are not there",
        "Rows of nobody cover the whole picture.",
        KeepsFill,
        ("B12",),
    ),
)
