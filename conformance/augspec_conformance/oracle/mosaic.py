"""The oracle's function of `mosaic`: four samples around a point of one canvas, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from augspec_conformance.oracle import boxes as boxes_of
from augspec_conformance.oracle.arrays import AnyArray
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.resample import Window, half_up, move_points, paste, resize_image, resize_mask
from augspec_conformance.oracle.state import State

__all__ = ["mosaic"]


def mosaic(samples: Sequence[State], op: Op, draws: Draws) -> State:
    """Put the corner of each sample at a point: its lower right one, lower left, upper right, upper left."""
    own = samples[0]
    size = height, width = own.size
    x, y = half_up(draws.number(op, "x") * width), half_up(draws.number(op, "y") * height)
    scale = draws.number(op, "scale")
    tile = h, w = max(1, half_up(scale * height)), max(1, half_up(scale * width))
    places = [(y - h, x - w), (y - h, x), (y, x - w), (y, x)]
    quarters = [(0, y, 0, x), (0, y, x, width), (y, height, 0, x), (y, height, x, width)]
    whole = Window(0, 0, height, width)
    image, mask = own.image, own.mask
    if image is not None:
        image = np.empty_like(image)
        image[...] = op["fill"]
    if mask is not None:
        mask = np.full_like(mask, own.mask_fill)
    moved, areas = [], []
    for sample, (top, left), (first, last, begin, end) in zip(samples, places, quarters, strict=True):
        quarter = slice(first, last), slice(begin, end)
        seen = paste(np.ones(tile, bool), size, top, left, False)[quarter]
        areas.append(int(seen.sum()))
        if image is not None and sample.image is not None:
            how = {name: op[name] for name in ("interpolation", "antialias")}
            small = resize_image(sample.image, whole, tile, **how)
            image[quarter] = paste(small, size, top, left, op["fill"])[quarter]
        if mask is not None and sample.mask is not None:
            mask[quarter] = paste(resize_mask(sample.mask, whole, tile), size, top, left, own.mask_fill)[quarter]
        view = max(first, top), min(last, top + h), max(begin, left), min(end, left + w)
        moved.append(_placed(sample, whole, tile, (top, left), view))
    weights = np.array(areas) / sum(areas)
    label = None if own.label is None else np.sum([k * s.label for k, s in zip(weights, samples, strict=True)], axis=0)
    return _joined(replace(own, image=image, mask=mask, label=label), moved)


def alone(own: State, count: int) -> State:
    """Return a sample that is put together with nothing, with as many rows as if it were: the others are no boxes."""
    nobody = replace(
        own,
        boxes=None if own.boxes is None else np.zeros_like(own.boxes),
        share=None if own.share is None else np.zeros_like(own.share),
        keypoints=None if own.keypoints is None else np.zeros_like(own.keypoints),
        visible=None if own.visible is None else np.zeros_like(own.visible),
    )
    return _joined(own, [own, *[nobody] * (count - 1)])


def _placed(
    sample: State, whole: Window, tile: tuple[int, int], corner: tuple[int, int], view: tuple[int, int, int, int]
) -> State:
    """Return a sample whose boxes and keypoints are on the canvas; what lies outside of a view is not seen."""
    top, bottom, left, right = view

    def place(points: AnyArray) -> AnyArray:
        return np.asarray(move_points(points, whole, tile) + np.array(corner[::-1]))

    placed = sample
    if sample.boxes is not None and sample.share is not None:
        hull = boxes_of.hull(sample.boxes, place)
        shown = np.clip(hull, [left, top, left, top], [right, bottom, right, bottom])
        placed = replace(placed, boxes=shown, share=sample.share * _share(shown, hull))
    if sample.keypoints is not None and sample.visible is not None:
        points = place(sample.keypoints)
        inside = (points >= [left, top]).all(1) & (points < [right, bottom]).all(1)
        placed = replace(placed, keypoints=points, visible=sample.visible & inside)
    return placed


def _share(shown: AnyArray, hull: AnyArray) -> AnyArray:
    """Return the visible share of each box, (N,); a sliver thinner than 2⁻¹⁰ pixel is nothing."""
    sides, whole = (boxes[:, 2:] - boxes[:, :2] for boxes in (shown, hull))
    sliver = ((sides < 2.0**-10) & (sides < whole)).any(1)
    return np.where(sliver, 0.0, boxes_of.visible_share(shown, hull))


def _joined(own: State, samples: Sequence[State]) -> State:
    """Return a sample with the boxes and keypoints of several, one after the other."""
    return replace(
        own,
        boxes=_rows([one.boxes for one in samples]),
        share=_rows([one.share for one in samples]),
        keypoints=_rows([one.keypoints for one in samples]),
        visible=_rows([one.visible for one in samples]),
    )


def _rows(parts: Sequence[AnyArray | None]) -> AnyArray | None:
    present = [part for part in parts if part is not None]
    return np.concatenate(present) if present else None
