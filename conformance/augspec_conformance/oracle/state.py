"""One sample on its way: its targets, and the run of warps that waits to be resampled (C10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from augspec_conformance.oracle import boxes as boxes_of
from augspec_conformance.oracle import keypoints as keypoints_of
from augspec_conformance.oracle import matrices, warp
from augspec_conformance.oracle.arrays import AnyArray, BoolArray, FloatArray


@dataclass(frozen=True)
class Settings:
    """What two warps must have in common to become one."""

    interpolation: str
    border: str
    fill: float | tuple[float, ...]


@dataclass(frozen=True)
class Run:
    """Consecutive flips and warps, not yet carried out.

    Attributes:
        matrix: (3, 3), the forward product of what was applied so far.
        settings: Those of the run's warps; None while it holds flips alone.
        moves: Whether only flips were applied: then it is an exact move (C11).
        mirrorings: How many flips were applied.
        error: How far points may be off, in errors of one warp.
    """

    matrix: FloatArray
    settings: Settings | None = None
    moves: bool = True
    mirrorings: int = 0
    error: float = 0.0


@dataclass(frozen=True)
class Stage:
    """One step of geometry, as each kind of target sees it.

    Attributes:
        size: (h, w) of the output canvas.
        image: (H, W, C) to (h, w, C).
        mask: (H, W) or (H, W, C) to (h, w) or (h, w, C), dtype kept.
        points: Continuous points (M, 2) to where they move.
        between: How many points of each side of a box its hull takes in, besides the corners.
        error: How far it may itself put points off, in errors of one step.
    """

    size: tuple[int, int]
    image: Callable[[FloatArray], FloatArray]
    mask: Callable[[AnyArray], AnyArray]
    points: Callable[[FloatArray], FloatArray]
    between: int = 0
    error: float = 1.0


@dataclass(frozen=True)
class State:
    """A sample between two ops.

    Attributes:
        size: (H, W) of the canvas.
        image: (H, W, C), unit range; None where the sample has none.
        mask: (H, W) or (H, W, C).
        mask_fill: Value of the mask outside.
        boxes: (N, 4) xyxy.
        share: (N,) visible share of each box so far.
        places: (N, 5, 2) centres and corners of boxes with an angle, whose hulls the boxes are; None without.
        centred: (N,) whether each centre was on the canvas all along.
        keypoints: (K, 2).
        visible: (K,) whether each keypoint was on the canvas all along.
        label: (K,) soft label; None where nothing mixes samples.
        mirrorings: How many flips were carried out.
        normalized: Whether the image has left the unit range for good.
        run: The flips and warps that wait.
        nudges: By how many pixels (x, y) the next runs miss the places of nearest pixels.
        shift: What is added to pixels where a function jumps.
        counted: What is added to pixels where a function that jumps counts them.
        ends: The same where it counts those at the end of the levels there are, and to the outermost one of them.
        error: How far points may be off, in errors of one step: those of all steps, enlarged by the steps after them.
    """

    size: tuple[int, int]
    image: FloatArray | None = None
    mask: AnyArray | None = None
    mask_fill: float = 0
    boxes: FloatArray | None = None
    share: FloatArray | None = None
    places: FloatArray | None = None
    centred: BoolArray | None = None
    keypoints: FloatArray | None = None
    visible: BoolArray | None = None
    label: FloatArray | None = None
    mirrorings: int = 0
    normalized: bool = False
    run: Run | None = None
    nudges: tuple[tuple[float, float], ...] = ()
    shift: float = 0.0
    counted: float = 0.0
    ends: tuple[float, float] = (0.0, 0.0)
    error: float = 0.0


def join(state: State, matrix: FloatArray | None, settings: Settings | None) -> State:
    """Add a flip (settings None) or a warp to the waiting run; other settings begin a new one (C10).

    An op that is in the policy but was not applied to this sample (matrix None) adds the identity: what runs
    there are does not depend on what was drawn.
    """
    run = state.run
    if run is None or (settings is not None and run.settings not in (None, settings)):
        state = settle(state)
        run = Run(matrices.IDENTITY)
    run = replace(run, settings=run.settings if settings is None else settings)
    if matrix is not None:
        flip = settings is None
        run = replace(
            run,
            matrix=matrix @ run.matrix,
            moves=run.moves and flip,
            mirrorings=run.mirrorings + int(flip),
            error=run.error if flip else run.error * float(np.linalg.norm(matrix[:2, :2], 2)) + 1.0,
        )
    return replace(state, run=run)


def settle(state: State) -> State:
    """Carry out the waiting run, if any, by one resampling; the identity changes nothing (C10, C11)."""
    run = state.run
    if run is None:
        return state
    state = replace(state, run=None, mirrorings=state.mirrorings + run.mirrorings)
    if np.array_equal(run.matrix, matrices.IDENTITY):
        return state
    if run.moves:
        return move(state, run_stage(run, state.size, state.mask_fill))
    nudge = state.nudges[0] if state.nudges else (0.0, 0.0)
    state = replace(state, nudges=state.nudges[1:])
    return move(state, run_stage(run, state.size, state.mask_fill, nudge))


def run_stage(run: Run, size: tuple[int, int], mask_fill: float, nudge: tuple[float, float] = (0.0, 0.0)) -> Stage:
    """Return the one stage that a run of flips and warps is."""

    def points(xy: FloatArray) -> FloatArray:
        return matrices.move_points(xy, run.matrix, size)

    if run.moves or run.settings is None:

        def reverse(plane: AnyArray) -> AnyArray:
            return warp.reverse(plane, run.matrix)

        return Stage(size, reverse, reverse, points, error=0.0)
    how = run.settings

    def image(plane: FloatArray) -> FloatArray:
        return warp.warp_image(
            plane, run.matrix, interpolation=how.interpolation, border=how.border, fill=how.fill, nudge=nudge
        )

    def mask(plane: AnyArray) -> AnyArray:
        return warp.warp_mask(plane, run.matrix, border=how.border, fill=mask_fill, nudge=nudge)

    return Stage(size, image, mask, points, error=run.error)


def move(state: State, stage: Stage) -> State:
    """Take all targets through one stage of geometry (C14); boxes are clipped, keypoints may vanish."""
    height, width = stage.size
    moved = replace(state, size=stage.size, error=state.error * _enlargement(state, stage) + stage.error)
    if state.image is not None:
        moved = replace(moved, image=stage.image(state.image))
    if state.mask is not None:
        moved = replace(moved, mask=stage.mask(state.mask))
    if state.boxes is not None and state.share is not None:
        whole = boxes_of.hull(state.boxes, stage.points, stage.between)
        clipped = boxes_of.clip(whole, height, width)
        moved = replace(moved, boxes=clipped, share=state.share * boxes_of.visible_share(clipped, whole))
    if state.places is not None and state.centred is not None:
        places = stage.points(state.places.reshape(-1, 2)).reshape(state.places.shape)
        centred = state.centred & keypoints_of.inside(places[:, 0], height, width)
        moved = replace(moved, places=places, centred=centred)
    if state.keypoints is not None and state.visible is not None:
        points = stage.points(state.keypoints)
        moved = replace(moved, keypoints=points, visible=state.visible & keypoints_of.inside(points, height, width))
    return moved


_STEP = 2.0**-16
"""Over so many pixels, each way, it is looked how far points move apart."""


def _enlargement(state: State, stage: Stage) -> float:
    """Return by how much a stage moves points apart, at most, near the sample's points and the corners of boxes."""
    given = [] if state.keypoints is None else [state.keypoints]
    given += [] if state.boxes is None else [boxes_of.corners(state.boxes).reshape(-1, 2)]
    points = np.concatenate([np.zeros((0, 2)), *given])
    apart = [stage.points(points + step) - stage.points(points - step) for step in _STEP * np.eye(2)]
    slopes = np.stack(apart, axis=-1) / (2 * _STEP)
    return float(np.linalg.norm(slopes, 2, axis=(1, 2)).max(initial=0.0))
