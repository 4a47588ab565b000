"""Boxes and keypoints: float32 points in continuous pixel coordinates, moved by the same transforms (C5, T3, T4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from augspec.namespace import Array, Namespace

__all__ = ["MovePoints", "by_matrix", "by_window", "clip_boxes", "from_xyxy", "move_boxes", "move_keypoints", "to_xyxy"]

MovePoints = Callable[[Array, Array], tuple[Array, Array]]
"""Returns where points go, (B, N) each, from x and y."""


def to_xyxy(xp: Namespace, boxes: Array, form: str, scale: tuple[float, float] | None) -> Array:
    """Return boxes (…, 4) of a declared format as absolute corners x1, y1, x2, y2.

    Args:
        xp: the namespace.
        boxes: float32.
        form: "xyxy", "xywh", "cxcywh" or "yxyx".
        scale: (width, height) if the coordinates are normalised, else None.
    """
    a, b, c, d = xp.unstack(boxes)
    if form == "yxyx":
        a, b, c, d = b, a, d, c
    elif form == "xywh":
        c, d = a + c, b + d
    elif form == "cxcywh":
        a, b, c, d = a - c * 0.5, b - d * 0.5, a + c * 0.5, b + d * 0.5
    if scale is not None:
        a, b, c, d = a * scale[0], b * scale[1], c * scale[0], d * scale[1]
    return xp.stack([a, b, c, d], -1)


def from_xyxy(xp: Namespace, boxes: Array, form: str, scale: tuple[float, float] | None) -> Array:
    """Return absolute corners (…, 4) in a declared format; the inverse of `to_xyxy`."""
    a, b, c, d = xp.unstack(boxes)
    if scale is not None:
        a, b, c, d = a * (1 / scale[0]), b * (1 / scale[1]), c * (1 / scale[0]), d * (1 / scale[1])
    if form == "yxyx":
        a, b, c, d = b, a, d, c
    elif form == "xywh":
        c, d = c - a, d - b
    elif form == "cxcywh":
        a, b, c, d = (a + c) * 0.5, (b + d) * 0.5, c - a, d - b
    return xp.stack([a, b, c, d], -1)


def by_matrix(xp: Namespace, matrix: Array) -> MovePoints:
    """Return the function that moves points (B, N) by (B, 6) float matrices."""
    m = [xp.reshape(entry, (-1, 1)) for entry in xp.unstack(matrix)]

    def move(x: Array, y: Array) -> tuple[Array, Array]:
        return m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]

    return move


def by_window(xp: Namespace, window: Array) -> MovePoints:
    """Return the function that moves points (B, N) as a window of the image is shown.

    On each axis that is (x − origin) · shown / length + offset, in this order: where whole pixels touch an end of the
    window the result is a whole number, whatever a compiler makes of products, quotients and sums. A box beside the
    window has no area, and not the rounding error of one.

    Args:
        xp: the namespace.
        window: (B, 8) float32: origin, shown, length and offset of the columns, then of the rows; `shown` is negative
            and `origin` the far end where the window is mirrored.
    """
    n = [xp.reshape(entry, (-1, 1)) for entry in xp.unstack(window)]

    def axis(x: Array, origin: Array, shown: Array, length: Array, offset: Array) -> Array:
        product = (x - origin) * shown
        quotient = product / length  # XLA multiplies by 1 / length, and adds without rounding in between
        whole = xp.floor(quotient + 0.5)
        return xp.where(whole * length == product, whole, quotient) + offset

    def move(x: Array, y: Array) -> tuple[Array, Array]:
        return axis(x, *n[:4]), axis(y, *n[4:])

    return move


def move_boxes(xp: Namespace, boxes: Array, move: MovePoints, between: int = 0) -> Array:
    """Return the axis-aligned hull of the moved corners, and of points `between` them, (B, N, 4); not clipped."""
    x1, y1, x2, y2 = xp.unstack(boxes)
    corners = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
    outline = list(corners)
    for i, (x, y) in enumerate(corners):
        to_x, to_y = corners[(i + 1) % 4]
        for step in range(1, between + 1):
            share = step / (between + 1)
            outline.append((x + (to_x - x) * share, y + (to_y - y) * share))
    # All of them at once: a map may be long.
    number = xp.shape(x1)[1]
    moved = move(xp.concat([x for x, _ in outline], 1), xp.concat([y for _, y in outline], 1))
    xs, ys = ([axis[:, i * number : (i + 1) * number] for i in range(len(outline))] for axis in moved)

    def fold(f: str, parts: list[Array]) -> Array:
        result = parts[0]
        for part in parts[1:]:
            result = xp.minimum(result, part) if f == "min" else xp.maximum(result, part)
        return result

    return xp.stack([fold("min", xs), fold("min", ys), fold("max", xs), fold("max", ys)], -1)


def clip_boxes(xp: Namespace, boxes: Array, height: int, width: int) -> tuple[Array, Array]:
    """Return boxes clipped to the canvas, and the share of each box's area that is left, (B, N)."""
    left, top, right, bottom = xp.unstack(boxes)
    x1, x2 = xp.clip(left, 0.0, float(width)), xp.clip(right, 0.0, float(width))
    y1, y2 = xp.clip(top, 0.0, float(height)), xp.clip(bottom, 0.0, float(height))
    before = (right - left) * (bottom - top)
    after = (x2 - x1) * (y2 - y1)
    share = xp.where(before > 0, after / xp.where(before > 0, before, 1.0), 0.0)
    return xp.stack([x1, y1, x2, y2], -1), share


def move_keypoints(
    xp: Namespace, state: Mapping[str, Array], move: MovePoints, height: int, width: int
) -> dict[str, Array]:
    """Return keypoints (B, K, 2) moved, invisible once they leave the canvas."""
    points = state["keypoints"]
    x, y = move(*xp.unstack(points))
    inside = xp.logical_and(xp.logical_and(x >= 0, x < float(width)), xp.logical_and(y >= 0, y < float(height)))
    return {
        "keypoints": xp.stack([x, y], -1),
        "keypoints_visible": xp.logical_and(state["keypoints_visible"], inside),
    }
