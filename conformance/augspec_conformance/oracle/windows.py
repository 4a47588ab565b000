"""The oracle's functions of ops that move whole pixels: they end a run of warps and are stages of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from augspec_conformance.oracle import moves, resample
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.resample import Window
from augspec_conformance.oracle.state import Stage, State, move, settle

__all__ = ["MOVES", "height_width"]


def height_width(size: Any) -> tuple[int, int]:
    """Read a `size` field: [height, width]."""
    return int(size[0]), int(size[1])


def cut(state: State, window: Window) -> State:
    """Keep a window."""
    size = (window.height, window.width)
    stage = Stage(
        size,
        image=lambda i: resample.crop(i, window),
        mask=lambda m: resample.crop(m, window),
        points=lambda xy: resample.move_points(xy, window, size),
    )
    return move(state, stage)


def center_crop(state: State, op: Op, draws: Draws) -> State:
    """Cut the central window out."""
    state = settle(state)
    if not draws.applied(op):
        return state
    return cut(state, resample.centred_window(*state.size, height_width(op["size"])))


def crop(state: State, op: Op, draws: Draws) -> State:
    """Cut a fixed window out."""
    state = settle(state)
    if not draws.applied(op):
        return state
    return cut(state, Window(op["top"], op["left"], op["height"], op["width"]))


def padded(state: State, op: Op, sides: tuple[int, int, int, int]) -> State:
    """Put pixels around, as the op's border and fill say."""
    top, right, bottom, left = sides
    height, width = state.size
    stage = Stage(
        (height + top + bottom, width + left + right),
        image=lambda i: moves.pad(i, sides, op["border"], op["fill"]),
        mask=lambda m: moves.pad(m, sides, op["border"], state.mask_fill),
        points=lambda xy: xy + np.array([left, top]),
    )
    return move(state, stage)


def pad(state: State, op: Op, draws: Draws) -> State:
    """Put pixels around."""
    state = settle(state)
    if not draws.applied(op):
        return state
    return padded(state, op, (op["top"], op["right"], op["bottom"], op["left"]))


def random_crop(state: State, op: Op, draws: Draws) -> State:
    """Put pixels around, then cut a window out at a drawn place: floor(u·(H - h + 1))."""
    state = settle(state)
    if not draws.applied(op):
        return state
    around = op["pad"]
    sides = tuple(around) if isinstance(around, (list, tuple)) else (around,) * 4
    state = padded(state, op, sides)
    h, w = height_width(op["size"])
    top = int(draws.drawn("top")[0] * (state.size[0] - h + 1))
    left = int(draws.drawn("left")[0] * (state.size[1] - w + 1))
    return cut(state, Window(top, left, h, w))


def rot90(state: State, op: Op, draws: Draws) -> State:
    """Turn by quarters, counter-clockwise."""
    state = settle(state)
    if not draws.applied(op):
        return state
    turns, (height, width) = int(draws.number(op, "turns")) % 4, state.size
    stage = Stage(
        (height, width) if turns % 2 == 0 else (width, height),
        image=lambda i: np.rot90(i, turns).copy(),
        mask=lambda m: np.rot90(m, turns).copy(),
        points=lambda xy: moves.turned_points(xy, turns, height, width),
    )
    return move(state, stage)


def transpose(state: State, op: Op, draws: Draws) -> State:
    """Exchange rows and columns, which mirrors the sample."""
    state = settle(state)
    if not draws.applied(op):
        return state
    height, width = state.size
    stage = Stage(
        (width, height),
        image=lambda i: np.swapaxes(i, 0, 1).copy(),
        mask=lambda m: np.swapaxes(m, 0, 1).copy(),
        points=lambda xy: xy[:, ::-1].copy(),
    )
    state = move(state, stage)
    return replace(state, mirrorings=state.mirrorings + 1)


def channel_shuffle(state: State, op: Op, draws: Draws) -> State:
    """Put the image's channels into the drawn order."""
    state = settle(state)
    if state.image is None or not draws.applied(op):
        return state
    return replace(state, image=moves.shuffled(state.image, draws.drawn("order", 16)))


def channel_drop(state: State, op: Op, draws: Draws) -> State:
    """Fill the channels that the drawn order names first."""
    state = settle(state)
    if state.image is None or not draws.applied(op):
        return state
    return replace(state, image=moves.dropped(state.image, draws.drawn("order", 16), op["count"], op["fill"]))


def nothing(state: State, _op: Op, _draws: Draws) -> State:
    """End the run of warps."""
    return settle(state)


MOVES = {
    "center_crop": center_crop,
    "channel_drop": channel_drop,
    "channel_shuffle": channel_shuffle,
    "crop": crop,
    "pad": pad,
    "random_crop": random_crop,
    "resample": nothing,
    "rot90": rot90,
    "transpose": transpose,
}
"""By name of the op."""
