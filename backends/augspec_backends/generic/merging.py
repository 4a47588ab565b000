"""Boxes, keypoints and the labels of boxes of several samples that come together on one canvas (T3, T4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.mixing import of_partners
from augspec_backends.generic.rotated import move_places

__all__ = ["Tiles", "merged"]


_SLIVER = 2.0**-10
"""Of a box that is cut off, so many pixels are nothing: compilers may round where it touches the edge (T3)."""


@dataclass(frozen=True)
class Tiles:
    """Where the pixels of four samples are, in two columns and two rows of tiles that meet.

    Attributes:
        who: (B,) rows of the samples whose tiles they are, line by line.
        columns: (B, 3) float32: by what x is multiplied, and what is then added in the first and the second column.
        column_ends: (B, 3) float32: where the first is seen from, where the second follows, and where that ends.
        rows: (B, 3) float32, the same for y.
        row_ends: (B, 3) float32.
        applied: (B,) which samples are put together at all; None for all.
    """

    who: Sequence[Array]
    columns: Array
    column_ends: Array
    rows: Array
    row_ends: Array
    applied: Array | None = None

    def axes(self, k: int) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Return (factor, shift, low, high) of x and of y in the k-th tile, each (B, 1)."""
        row, column = divmod(k, 2)
        x, y = (
            tuple(part[:, i : i + 1] for part, i in ((move, 0), (move, 1 + second), (ends, second), (ends, second + 1)))
            for move, ends, second in (
                (self.columns, self.column_ends, column),
                (self.rows, self.row_ends, row),
            )
        )
        return x, y


def merged(xp: Namespace, state: Mapping[str, Array], tiles: Tiles, beside: Sequence[str]) -> dict[str, Array]:
    """Return the rows of all samples, (B, 4N, …), in the order of their tiles.

    Args:
        xp: the namespace.
        state: with boxes, keypoints and what belongs to them.
        tiles: whose rows, and where they go.
        beside: further entries (B, N, …) that have one row for each box.
    """
    parts: dict[str, list[Array]] = {}
    for k, who in enumerate(tiles.who):
        rows = {
            name: array if k == 0 else of_partners(xp, array, who)
            for name, array in state.items()
            if name.startswith(("boxes", "keypoints", "places")) or name in beside
        }
        moved = {**rows, **_boxes(xp, rows, tiles, k), **_places(xp, rows, tiles, k), **_keypoints(xp, rows, tiles, k)}
        if tiles.applied is not None:
            moved = {name: _unless(xp, tiles.applied, moved[name], rows[name], own=k == 0) for name in moved}
        for name, array in moved.items():
            parts.setdefault(name, []).append(array)
    return {name: xp.concat(arrays, 1) for name, arrays in parts.items()}


def _boxes(xp: Namespace, rows: Mapping[str, Array], tiles: Tiles, k: int) -> dict[str, Array]:
    if "boxes" not in rows:
        return {}
    boxes = rows["boxes"]
    corners, lengths = [], []
    for axis, (factor, shift, low, high) in enumerate(tiles.axes(k)):
        ends = [boxes[..., axis + corner] * factor + shift for corner in (0, 2)]
        seen = [xp.minimum(xp.maximum(end, low), high) for end in ends]
        corners.append(seen)
        whole, left = ends[1] - ends[0], seen[1] - seen[0]
        sliver = xp.logical_and(left < _SLIVER, left < whole)
        lengths.append((whole, xp.where(sliver, 0.0, left)))
    before, after = (lengths[0][i] * lengths[1][i] for i in range(2))
    share = xp.where(before > 0, after / xp.where(before > 0, before, 1.0), 0.0)
    clipped = xp.stack([corners[axis][end] for end in range(2) for axis in range(2)], -1)
    return {"boxes": clipped, "boxes_visible": rows["boxes_visible"] * share}


def _places(xp: Namespace, rows: Mapping[str, Array], tiles: Tiles, k: int) -> dict[str, Array]:
    """Return the centres and corners of boxes with an angle (T9), seen as long as the centre is."""
    if "places" not in rows:
        return {}
    seen = rows["places_seen"]
    x, y = tiles.axes(k)
    places = move_places(xp, rows["places"], lambda a, b: (a * x[0] + x[1], b * y[0] + y[1]))
    for (_, _, low, high), place in zip((x, y), (places[..., 0], places[..., 5]), strict=True):
        seen = xp.logical_and(seen, xp.logical_and(place >= low, place < high))
    return {"places": places, "places_seen": seen}


def _keypoints(xp: Namespace, rows: Mapping[str, Array], tiles: Tiles, k: int) -> dict[str, Array]:
    if "keypoints" not in rows:
        return {}
    points, visible, places = rows["keypoints"], rows["keypoints_visible"], []
    for axis, (factor, shift, low, high) in enumerate(tiles.axes(k)):
        place = points[..., axis] * factor + shift
        visible = xp.logical_and(visible, xp.logical_and(place >= low, place < high))
        places.append(place)
    return {"keypoints": xp.stack(places, -1), "keypoints_visible": visible}


def _unless(xp: Namespace, applied: Array, new: Array, old: Array, *, own: bool) -> Array:
    """Return new rows where samples are put together; elsewhere a sample's own as they were, and nobody else's."""
    flags = xp.reshape(applied, (-1,) + (1,) * (len(xp.shape(new)) - 1))
    return xp.where(flags, new, old if own else xp.constant(np.zeros(1), xp.dtype(new)))
