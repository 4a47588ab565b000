"""Movements of the plane that are no matrices: each is a resampling of its own, and ends a run of warps (C10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from augspec_conformance.oracle import elastic as rubber
from augspec_conformance.oracle import grid
from augspec_conformance.oracle.arrays import AnyArray, FloatArray
from augspec_conformance.oracle.distributions import support
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.state import Stage, State, move, settle

__all__ = ["REMAPS"]

CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
"""Top left, top right, bottom right and bottom left, in half sides from the centre."""


def remap(
    state: State,
    op: Op,
    source: Callable[[FloatArray], FloatArray],
    points: Callable[[FloatArray], FloatArray],
    *,
    between: int = 0,
) -> State:
    """Take all targets through one map.

    Args:
        state: With no run waiting.
        op: For interpolation, border and fill.
        source: Where on the picture places of the canvas come from; places (..., 2) in pixels.
        points: Where points (M, 2) of the picture go.
        between: How many points of each side of a box its hull takes in, besides the corners.
    """
    height, width = state.size
    nudge = np.array(state.nudges[0] if state.nudges else (0.0, 0.0))
    state = replace(state, nudges=state.nudges[1:])
    places = source(np.stack(grid.pixel_centres(height, width), -1))
    x, y = np.moveaxis(places, -1, 0)
    near_x, near_y = np.moveaxis(places + nudge, -1, 0)
    how, border = op["interpolation"], op["border"]

    def image(plane: FloatArray) -> FloatArray:
        colour = np.broadcast_to(np.asarray(op["fill"], dtype=np.float64), (plane.shape[2],))
        at = (near_x, near_y) if how == "nearest" else (x, y)
        result = grid.interpolate(plane, *at, interpolation=how, border=border, fill=colour)
        return np.clip(result, 0.0, 1.0) if how == "bicubic" else result

    def mask(plane: AnyArray) -> AnyArray:
        return grid.pick(plane, near_x, near_y, border=border, fill=state.mask_fill)

    return move(state, Stage(state.size, image=image, mask=mask, points=points, between=between))


def homography(corners: FloatArray) -> FloatArray:
    """Return the (3, 3) homography that moves `CORNERS` to other `corners` (4, 2), with a last entry of 1.

    Eight linear equations: u·(g·x + h·y + 1) = a·x + b·y + c, and likewise for v.
    """
    rows, right = [], []
    for (x, y), (u, v) in zip(CORNERS, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    found = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64))
    return np.asarray(np.append(found, 1.0).reshape(3, 3), dtype=np.float64)


def project(points: FloatArray, matrix: FloatArray) -> FloatArray:
    """Move points (..., 2), half sides from the centre; denominators are at least a quarter of the centre's."""
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[..., :2] / np.maximum(moved[..., 2:], matrix[2, 2] / 4))


def perspective(state: State, op: Op, draws: Draws) -> State:
    """Move the corners of the picture inwards, and the picture with them."""
    state = settle(state)
    if not draws.applied(op) or op["distortion"] == 0:
        return state
    insets = np.stack([draws.drawn("x", 4), draws.drawn("y", 4)], -1)
    corners = CORNERS * (1.0 - insets)
    ahead = homography(corners)
    back: FloatArray = np.asarray(np.linalg.inv(ahead), dtype=np.float64)
    half = np.array([state.size[1], state.size[0]]) / 2.0
    return remap(
        state,
        op,
        lambda places: (project(places / half - 1.0, back) + 1.0) * half,
        lambda points: (project(points / half - 1.0, ahead) + 1.0) * half,
    )


def bend(places: FloatArray, k1: float, k2: float) -> FloatArray:
    """Move places (..., 2), in half diagonals from the centre, along their rays: p·(1 + k1·|p|² + k2·|p|⁴)."""
    square = np.sum(places**2, axis=-1, keepdims=True)
    return np.asarray(places * (1.0 + k1 * square + k2 * square**2))


def unbend(points: FloatArray, k1: float, k2: float) -> FloatArray:
    """Invert `bend`, by halving the radius 60 times; beyond 1 it goes on along its tangent."""
    radius = np.linalg.norm(points, axis=-1, keepdims=True)
    low, high = np.zeros_like(radius), np.ones_like(radius)
    for _ in range(60):
        middle = (low + high) / 2
        short = middle * (1.0 + k1 * middle**2 + k2 * middle**4) < radius
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    end = 1.0 + k1 + k2
    found = np.where(radius > end, 1.0 + (radius - end) / (1.0 + 3.0 * k1 + 5.0 * k2), (low + high) / 2)
    return np.asarray(points * np.divide(found, radius, out=np.ones_like(radius), where=radius > 0.0))


def lens(state: State, op: Op, draws: Draws) -> State:
    """Distort along the rays from the centre."""
    state = settle(state)
    if not draws.applied(op):
        return state
    k1, k2 = draws.number(op, "k1"), draws.number(op, "k2")
    centre = np.array([state.size[1], state.size[0]]) / 2.0
    corner = float(np.hypot(*centre))
    return remap(
        state,
        op,
        lambda places: bend((places - centre) / corner, k1, k2) * corner + centre,
        lambda points: unbend((points - centre) / corner, k1, k2) * corner + centre,
        between=7,
    )


def grid_distortion(state: State, op: Op, draws: Draws) -> State:
    """Show parts of other widths in equal cells, on each axis by itself."""
    state = settle(state)
    if not draws.applied(op) or op["limit"] == 0:
        return state
    number = op["steps"]
    axes = []
    for name, side in (("x", state.size[1]), ("y", state.size[0])):
        parts = 1.0 + draws.drawn(name, number)
        ends = np.concatenate([[0.0], np.cumsum(parts)]) * (side / parts.sum())
        axes.append((np.linspace(0.0, side, number + 1), ends))

    def source(places: FloatArray) -> FloatArray:
        return np.stack([np.interp(places[..., i], *axes[i]) for i in (0, 1)], -1)

    def points(xy: FloatArray) -> FloatArray:
        near = np.clip(xy, 0.0, [axes[0][0][-1], axes[1][0][-1]])
        moved = np.stack([np.interp(near[..., i], *axes[i][::-1]) for i in (0, 1)], -1)
        return np.asarray(moved + (xy - near))

    return remap(state, op, source, points)


def elastic(state: State, op: Op, draws: Draws) -> State:
    """Displace each place by a smooth random field."""
    state = settle(state)
    if not draws.applied(op) or draws.number(op, "alpha") == 0:
        return state
    key, largest = draws.words("noise", 3), support(op["sigma"])[1]
    field = rubber.field(state.size, draws.number(op, "alpha"), draws.number(op, "sigma"), largest, key)
    return remap(
        state,
        op,
        lambda places: places + rubber.between(field, places),
        lambda points: rubber.undisplaced(field, points),
        between=7,
    )


REMAPS = {"elastic": elastic, "grid_distortion": grid_distortion, "lens": lens, "perspective": perspective}
