"""A grey over the image, x + (grey − x)·w: how thick it is at every pixel, w from 0 to 1, on a canvas (H, W)."""

from __future__ import annotations

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.resample import half_up

__all__ = ["shadow"]


def shadow(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Darken the convex hull of five points, inwards from the middle of a soft edge."""
    height, width = image.shape[:2]
    size, points = draws.number(op, "size"), []
    for u, v in zip(draws.drawn("x", 5), draws.drawn("y", 5), strict=True):
        place = (float(draws.drawn(c)[0]) + size * (part - 0.5) for c, part in (("left", u), ("top", v)))
        shares = (half_up(one * 2**24) / 2**24 for one in place)
        points.append(tuple(half_up(share * side) for share, side in zip(shares, (width, height), strict=True)))
    corners = hull(points)
    if len(corners) < 3:
        return image
    x, y = np.arange(width)[None, :] + 0.5, np.arange(height)[:, None] + 0.5
    inwards = np.full((height, width), np.inf)
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = np.hypot(x1 - x0, y1 - y0)
        inwards = np.minimum(inwards, ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length)
    edge = max(draws.number(op, "softness") * min(height, width), 1.0)
    inside = np.clip(inwards / edge + 0.5, 0.0, 1.0)
    return image * (1.0 - draws.number(op, "darkness") * inside[..., None])


def hull(points: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the corners of the convex hull, the inside to the right on the screen; two if all lie on one line.

    Source: A. M. Andrew, Another efficient algorithm for convex hulls in two dimensions, 1979.
    """
    ordered = sorted(set(points))

    def chain(places: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = []
        for x, y in places:
            while len(found) > 1:
                (x0, y0), (x1, y1) = found[-2:]
                if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                    break
                found.pop()
            found.append((x, y))
        return found[:-1]

    return chain(ordered) + chain(ordered[::-1])
