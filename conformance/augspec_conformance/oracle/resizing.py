"""The oracle's functions of ops that resample windows: they end a run of warps and are stages of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from augspec_conformance.oracle import resample
from augspec_conformance.oracle.arrays import AnyArray, FloatArray
from augspec_conformance.oracle.distributions import support
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.resample import Search, Window
from augspec_conformance.oracle.state import Stage, State, move, settle
from augspec_conformance.oracle.windows import height_width

__all__ = ["RESIZING"]


def window_stage(window: Window, size: tuple[int, int], *, interpolation: str, antialias: bool) -> Stage:
    """Return the stage that resizes a window of the canvas to `size` (h, w)."""

    def image(plane: FloatArray) -> FloatArray:
        return resample.resize_image(plane, window, size, interpolation=interpolation, antialias=antialias)

    return Stage(
        size,
        image=image,
        mask=lambda m: resample.resize_mask(m, window, size),
        points=lambda xy: resample.move_points(xy, window, size),
    )


def resize(state: State, op: Op, draws: Draws) -> State:
    """Resize the whole canvas."""
    state = settle(state)
    if not draws.applied(op):
        return state
    height, width = state.size
    size = resample.resized_size(
        height, width, size=op.get("size"), short_side=op.get("short_side"), long_side=op.get("long_side")
    )
    whole = Window(0, 0, height, width)
    stage = window_stage(whole, size, interpolation=op["interpolation"], antialias=op["antialias"])
    return move(state, stage)


def random_resized_crop(state: State, op: Op, draws: Draws) -> State:
    """Resize the first fitting of ten drawn windows, else the central one."""
    state = settle(state)
    if not draws.applied(op):
        return state
    height, width = state.size
    window = resample.random_window(
        height,
        width,
        area=draws.numbers(op, "area", 10),
        ratio=draws.numbers(op, "ratio", 10),
        top=float(draws.drawn("top")[0]),
        left=float(draws.drawn("left")[0]),
        ratio_range=support(op["ratio"]),
        nudge=state.nudges[0] if state.nudges else (0.0, 0.0),
    )
    state = replace(state, nudges=state.nudges[1:])
    size = height_width(op["size"])
    interpolation = op.get("interpolation", "bilinear")
    return move(state, window_stage(window, size, interpolation=interpolation, antialias=op["antialias"]))


def place(state: State, op: Op, size: tuple[int, int], resized: tuple[int, int], top: int, left: int) -> State:
    """Resize the whole canvas, and put it onto one of another size, filled."""
    height, width = state.size
    whole = Window(0, 0, height, width)

    def image(plane: FloatArray) -> FloatArray:
        small = resample.resize_image(
            plane, whole, resized, interpolation=op["interpolation"], antialias=op["antialias"]
        )
        return np.asarray(resample.paste(small, size, top, left, op["fill"]))

    def mask(plane: AnyArray) -> AnyArray:
        return resample.paste(resample.resize_mask(plane, whole, resized), size, top, left, state.mask_fill)

    def points(xy: FloatArray) -> FloatArray:
        return np.asarray(resample.move_points(xy, whole, resized) + np.array([left, top]))

    return move(state, Stage(size, image=image, mask=mask, points=points))


def scale_jitter(state: State, op: Op, draws: Draws) -> State:
    """Resize by a factor times what fits, then crop at a drawn place, or fill at the right and at the bottom."""
    state = settle(state)
    if not draws.applied(op):
        return state
    height, width = state.size
    size = height_width(op["size"])
    scale = draws.number(op, "factor") * min(size[0] / height, size[1] / width)
    h, w = (max(1, resample.half_up(side * scale)) for side in (height, width))
    top = -int(draws.drawn("top")[0] * (max(h - size[0], 0) + 1))
    left = -int(draws.drawn("left")[0] * (max(w - size[1], 0) + 1))
    return place(state, op, size, (h, w), top, left)


def zoom_out(state: State, op: Op, draws: Draws) -> State:
    """Shrink by a factor, and put the result at a drawn place."""
    state = settle(state)
    if not draws.applied(op):
        return state
    height, width = state.size
    h, w = (max(1, resample.half_up(side / draws.number(op, "factor"))) for side in (height, width))
    top = int(draws.drawn("top")[0] * (height - h + 1))
    left = int(draws.drawn("left")[0] * (width - w + 1))
    return place(state, op, (height, width), (h, w), top, left)


def iou_crop(state: State, op: Op, draws: Draws) -> State:
    """Resize the first of 40 drawn windows that holds enough of some box, else the whole canvas."""
    state = settle(state)
    if not draws.applied(op):
        return state
    if state.boxes is None or state.share is None:
        raise ValueError("iou_crop looks at boxes")
    height, width = state.size
    steps = 2.0 ** max(0, 13 - (max(height, width) - 1).bit_length())
    boxes = np.clip(state.boxes, 0.0, np.array([width, height, width, height]))
    boxes = np.floor(boxes * steps + 0.5) / steps
    seen = (boxes[:, 2:] > boxes[:, :2]).all(axis=1) & (state.share > 0.0)
    search = Search(
        float(draws.drawn("min_iou")[0]),
        width=draws.numbers(op, "width", 40),
        height=draws.numbers(op, "height", 40),
        top=draws.drawn("top", 40),
        left=draws.drawn("left", 40),
        ratio=(float(op["ratio"][0]), float(op["ratio"][1])),
    )
    window = search.window(height, width, boxes[seen])
    stage = window_stage(window, height_width(op["size"]), interpolation=op["interpolation"], antialias=op["antialias"])
    return move(state, stage)


RESIZING = {
    "iou_crop": iou_crop,
    "random_resized_crop": random_resized_crop,
    "resize": resize,
    "scale_jitter": scale_jitter,
    "zoom_out": zoom_out,
}
"""By name of the op."""
