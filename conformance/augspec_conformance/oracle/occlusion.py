"""Parts of an image under a fill: which pixels are hidden, and what they show instead."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from augspec_conformance.oracle import noise
from augspec_conformance.oracle.arrays import BoolArray, FloatArray
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.resample import first_fitting, half_up
from augspec_conformance.oracle.state import State, settle

__all__ = ["OCCLUSIONS"]

Hidden = Callable[[State, Op, Draws], BoolArray]


def filled(image: FloatArray, hidden: BoolArray, op: Op, draws: Draws) -> FloatArray:
    """Return an image (H, W, C) of the unit range with hidden pixels (H, W) as the op's fill says.

    Noise takes a word per value: its 24 high bits give one of the 65281 steps of 1/65280.
    """
    fill = op["fill"]
    if fill == "mean":
        colour = np.broadcast_to(image.mean(axis=(0, 1)), image.shape)
    elif fill == "noise":
        number = noise.of_image(draws.noise(), image.size) >> np.uint32(8)
        colour = np.floor(number * (65281 / 2**24)).reshape(image.shape) / 65280
    else:
        colour = np.broadcast_to(np.asarray(fill, dtype=np.float64), image.shape)
    return np.where(hidden[..., None], colour, image)


def occlusion(hides: Hidden, *, edges: bool = False) -> Callable[[State, Op, Draws], State]:
    """Make an op of the function that tells hidden pixels (H, W): other targets change only if a field says so.

    Where rounded places decide about edges, it takes the next nudge.
    """

    def function(state: State, op: Op, draws: Draws) -> State:
        state = settle(state)
        if not draws.applied(op):
            return state
        hidden = hides(state, op, draws)
        state = replace(state, nudges=state.nudges[1:] if edges else state.nudges)
        if state.image is not None:
            state = replace(state, image=filled(state.image, hidden, op, draws))
        if state.mask is not None and op["fill_mask"]:
            mask = state.mask.copy()
            mask[hidden] = state.mask_fill
            state = replace(state, mask=mask)
        if state.keypoints is not None and state.visible is not None and op["hide_keypoints"]:
            visible = state.visible.copy()
            for row in np.flatnonzero(visible):  # what is invisible already may lie anywhere
                x, y = (math.floor(coordinate) for coordinate in state.keypoints[row])
                visible[row] = not hidden[y, x]
            state = replace(state, visible=visible)
        return state

    return function


def cutout(state: State, op: Op, draws: Draws) -> BoolArray:
    """Return the union of squares with drawn sides and centres, or places inside."""
    (height, width), count = state.size, int(op["count"])
    hidden = np.zeros(state.size, dtype=bool)
    sizes = draws.numbers(op, "size", count)
    for size, v, u in zip(sizes, draws.drawn("top", count), draws.drawn("left", count), strict=True):
        side = half_up(size * min(height, width))
        if op["inside"]:
            top, left = math.floor(v * (height - side + 1)), math.floor(u * (width - side + 1))
        else:
            top, left = math.floor(v * height) - side // 2, math.floor(u * width) - side // 2
        hidden[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)] = True
    return hidden


def random_erasing(state: State, op: Op, draws: Draws) -> BoolArray:
    """Return the first of ten drawn rectangles that fits; none if none does."""
    hidden = np.zeros(state.size, dtype=bool)
    window = first_fitting(
        *state.size,
        area=draws.numbers(op, "area", 10),
        ratio=draws.numbers(op, "ratio", 10),
        top=float(draws.drawn("top")[0]),
        left=float(draws.drawn("left")[0]),
        nudge=state.nudges[0] if state.nudges else (0.0, 0.0),
    )
    if window is not None:
        hidden[window.top : window.top + window.height, window.left : window.left + window.width] = True
    return hidden


def grid_mask(state: State, op: Op, draws: Draws) -> BoolArray:
    """Return the squares of a turned grid: pixels whose centres, turned back and shifted, are early in their cell."""
    height, width = state.size
    angle = math.radians(draws.number(op, "degrees"))
    nudge = state.nudges[0] if state.nudges and angle else (0.0, 0.0)  # without a turn, places are exact
    steps = 2**13
    cell = half_up(draws.number(op, "cell") * min(height, width) * steps)
    hole = half_up(draws.number(op, "ratio") * cell)
    right, down = (half_up(float(draws.drawn(name)[0]) * cell) for name in ("left", "top"))
    x, y = np.arange(width)[None, :] + 0.5 - width / 2, np.arange(height)[:, None] + 0.5 - height / 2
    u = math.cos(angle) * x - math.sin(angle) * y + nudge[0]
    v = math.sin(angle) * x + math.cos(angle) * y + nudge[1]
    return np.asarray(((u * steps + right) % cell < hole) & ((v * steps + down) % cell < hole))


OCCLUSIONS = {
    "cutout": occlusion(cutout),
    "grid_mask": occlusion(grid_mask, edges=True),
    "random_erasing": occlusion(random_erasing, edges=True),
}
"""By name of the op."""
