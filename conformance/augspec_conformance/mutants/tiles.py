"""Faults of samples that come together: tiles in the wrong place, labels that lie, rows that do not follow."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from augspec.mixing import FINE, TileOp
from augspec.namespace import Array, Namespace
from augspec.plan.stages import Tile
from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.generic.labels import LABELS
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.step import Params
from augspec_backends.generic.stages.tile import TileStep
from augspec_conformance.mutants.faulty import Faulty
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
)
