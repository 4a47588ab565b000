"""The pixels and the matrix of every elementary move (C11): shared by images of any dtype and masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.moves import Channels, Flip, Move, Pad, Transpose, Window
from augspec.namespace import Array, Namespace

__all__ = ["forward", "mirrors", "rearranged", "shifted"]


def shifted(xp: Namespace, x: Array, move: Move, at: dict[str, Array], fill: Array | None) -> Array:
    """Return pixels (B, H, W, C) of any dtype after a move; static moves are slices, reversals and selections.

    Args:
        xp: the namespace.
        x: the pixels.
        move: not one of channels.
        at: the arrays that the move names.
        fill: what a constant border shows, (1,) or (C,) in the dtype of `x`.
    """
    if isinstance(move, Flip):
        return xp.flip(x, 2 if move.axis == "horizontal" else 1)
    if isinstance(move, Transpose):
        return xp.transpose(x, (0, 2, 1, 3))
    if isinstance(move, Window):
        return _window(xp, x, move, at)
    assert isinstance(move, Pad)
    return _padded(xp, x, move, fill)


def _window(xp: Namespace, x: Array, move: Window, at: dict[str, Array]) -> Array:
    drawn = []
    for axis, start, length in ((1, move.top, move.height), (2, move.left, move.width)):
        if isinstance(start, str):
            drawn.append(at[start])
            index = xp.reshape(at[start], (-1, 1)) + xp.reshape(xp.arange(length), (1, length))
            x = xp.gather_axis(x, index, axis)
        else:
            x = x[:, start : start + length, ...] if axis == 1 else x[:, :, start : start + length, ...]
    if not drawn or not xp.recomputes(x):
        return x
    # A compiler that fuses would look places up again for every use: a flip after it, both ways, 200 times as slow.
    return xp.materialise(lambda: x, drawn[0], xp.shape(x)[1:], xp.dtype(x))


def _padded(xp: Namespace, x: Array, move: Pad, fill: Array | None) -> Array:
    _, height, width, _ = xp.shape(x)
    known = []
    for axis, before, side, after in ((1, move.top, height, move.bottom), (2, move.left, width, move.right)):
        index = np.arange(-before, side + after)
        known.append((index >= 0) & (index < side))
        if before or after:
            x = xp.select_axis(x, source(index, side, move.border), axis)
    if move.border != "constant":
        return x
    inside = (known[0][:, None] & known[1][None, :])[None, :, :, None]
    return xp.where(xp.constant(inside, "bool"), x, fill)


def source(index: np.ndarray, side: int, border: str) -> np.ndarray:
    """Return where host indices of an axis read (C7): `augspec_backends.generic.warp.border_index` on the host."""
    if border in ("constant", "edge") or side == 1:
        return np.asarray(np.clip(index, 0, side - 1))
    if border == "wrap":
        return np.asarray(index % side)
    period = 2 * side - 2 if border == "mirror" else 2 * side
    folded = index % period
    return np.asarray(np.minimum(folded, period - folded if border == "mirror" else period - 1 - folded))


def rearranged(xp: Namespace, x: Array, move: Channels, ranks: Array, fill: Array) -> Array:
    """Return an image with its channels in the order of (B, 16) ranks, or some of them filled.

    Args:
        xp: the namespace.
        x: (B, H, W, C), C ≤ 16.
        move: what to do with the ranks.
        ranks: of 16, of which the first C are ranked among themselves.
        fill: (1,) or (C,) in the dtype of `x`.
    """
    _, height, width, channels = xp.shape(x)
    first = ranks[:, :channels]
    before = first[:, None, :] < first[:, :, None]  # [b, i, j]: j comes before i
    order = xp.sum(xp.astype(before, "int32"), 2)
    if move.drop is not None:
        return xp.where(xp.reshape(order < move.drop, (-1, 1, 1, channels)), fill, x)
    flat = xp.reshape(x, (-1, height * width, channels, 1))
    return xp.reshape(xp.gather_axis(flat, order, 2), (-1, height, width, channels))


def mirrors(move: Move) -> bool:
    """Return whether a move makes left of right (T4)."""
    return isinstance(move, (Flip, Transpose))


def forward(xp: Namespace, move: Move, at: dict[str, Array], height: int, width: int) -> Array | None:
    """Return the float32 matrix, (1, 6) or (B, 6), by which points of a canvas move; None if they stay."""
    if isinstance(move, Channels):
        return None
    if isinstance(move, Window) and (isinstance(move.top, str) or isinstance(move.left, str)):
        top, left = (at[start] if isinstance(start, str) else start for start in (move.top, move.left))
        zero = next(at[start] for start in (move.top, move.left) if isinstance(start, str)) * 0
        rows: list[Any] = [zero + 1, zero, zero - left, zero, zero + 1, zero - top]
        return xp.astype(xp.stack(rows, 1), "float32")
    if isinstance(move, Window):
        matrix = [1.0, 0.0, -float(move.left), 0.0, 1.0, -float(move.top)]
    elif isinstance(move, Pad):
        matrix = [1.0, 0.0, float(move.left), 0.0, 1.0, float(move.top)]
    elif isinstance(move, Transpose):
        matrix = [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]
    elif move.axis == "horizontal":
        matrix = [-1.0, 0.0, float(width), 0.0, 1.0, 0.0]
    else:
        matrix = [1.0, 0.0, 0.0, 0.0, -1.0, float(height)]
    return xp.constant(np.array([matrix]), "float32")
