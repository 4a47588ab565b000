"""A grey over the image, x + (grey − x)·w: how thick it is at every pixel, w from 0 to 1, on a canvas (H, W)."""

from __future__ import annotations

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray, WordArray
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.noise import words
from augspec_conformance.oracle.resample import half_up

__all__ = ["fog", "shadow", "sun_flare"]


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
    return np.asarray(image * (1.0 - draws.number(op, "darkness") * inside[..., None]))


def fog(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Blend with a grey: most where the clouds are highest."""
    high = clouds(image.shape[:2], draws.number(op, "roughness"), draws.words("noise", 3))
    thick = draws.number(op, "density") * (1.0 - draws.number(op, "patchiness") * (1.0 - high[..., None]))
    return np.asarray(image + (draws.number(op, "grey") - image) * thick)


def clouds(size: tuple[int, int], roughness: float, key: WordArray) -> FloatArray:
    """Return six layers of smooth noise, each of half the cells and `roughness` times as strong, from 0 to 1 (H, W)."""
    longer, count = max(size), 0
    total = np.zeros(size)
    for k in range(6):
        cell = longer / 2 ** (k + 1)
        nearest = [np.floor((np.arange(side) + 0.5) / cell + 0.5).astype(int) for side in size]
        shape = tuple(int(one[-1]) + 3 for one in nearest)
        first, count = count, count + shape[0] * shape[1]
        corners = (words(key[:2], int(key[2]), count)[first:] >> np.uint32(8)).reshape(shape) / 2.0**24
        for axis, (side, near) in enumerate(zip(size, nearest, strict=True)):
            t = (np.arange(side) + 0.5) / cell - near
            weights = np.stack([(0.5 - t) ** 2 / 2, 0.75 - t**2, (0.5 + t) ** 2 / 2])
            read = np.take(corners, near + np.arange(3)[:, None], axis=axis)  # the three where one axis was
            shape_of_weights = (3, side, 1) if axis == 0 else (1, 3, side)
            corners = (read * weights.reshape(shape_of_weights)).sum(axis)
        total = total + corners * roughness**k
    low, high = total.min(), total.max()
    return np.ones(size) if high == low else np.asarray((total - low) / (high - low))


def sun_flare(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Blend with a glow about the sun, and with five discs on the line from it through the centre."""
    height, width = image.shape[:2]
    radius = max(half_up(draws.number(op, "size") * min(height, width) * 2**13) / 2**13, 2.0)
    x, y = np.arange(width)[None, :] + 0.5 - width / 2, np.arange(height)[:, None] + 0.5 - height / 2
    left, top = (
        half_up((draws.number(op, name) - 0.5) * side * 2**13) / 2**13 for name, side in (("x", width), ("y", height))
    )

    def inside(way: float, r: float) -> FloatArray:
        return np.asarray(np.maximum(1.0 - ((x - way * left) ** 2 + (y - way * top) ** 2) / r**2, 0.0))

    glow = draws.number(op, "strength") * inside(1.0, radius) ** 2
    discs = [inside(way, radius / times) for way, times in ((0.5, 7), (0.25, 12), (-0.25, 16), (-0.5, 9), (-0.75, 5))]
    ghost = draws.number(op, "ghosts") * np.minimum(4 * np.max(discs, axis=0), 1.0)
    weight = (glow + (1 - glow) * ghost)[..., None]
    return np.asarray(image + (draws.number(op, "grey") - image) * weight)


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
