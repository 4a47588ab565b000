"""Boxes with an angle: five points that move, and the rectangle that they mean in the end (T9).

Sines and arcs are short polynomials of float32 numbers, over the words that every namespace has. Their coefficients
are those of Cephes' sinf, cosf and atanf (S. L. Moshier, 1992), whose error is about one unit in the last place.
"""

from __future__ import annotations

from augspec.namespace import Array, Namespace
from augspec_backends.generic.points import MovePoints

__all__ = ["move_places", "on_canvas", "places_of", "rectangle_of", "upright"]

_DEGREE = 0.017453292519943295


def places_of(xp: Namespace, boxes: Array) -> Array:
    """Return the places (B, N, 10) of boxes (B, N, 5): x of the centre and of four corners in turn, then their y.

    Args:
        xp: the namespace.
        boxes: float32 centre, width, height, and degrees counter-clockwise for the viewer (C6).
    """
    x, y, w, h, r = xp.unstack(boxes)
    cos, sin = _turn(xp, r)
    ux, uy = cos * (w * 0.5), -sin * (w * 0.5)
    vx, vy = sin * (h * 0.5), cos * (h * 0.5)
    xs = [x, x - ux - vx, x + ux - vx, x + ux + vx, x - ux + vx]
    ys = [y, y - uy - vy, y + uy - vy, y + uy + vy, y - uy + vy]
    return xp.stack([*xs, *ys], -1)


def upright(xp: Namespace, places: Array) -> Array:
    """Return the hulls of corners, (B, N, 4)."""
    xs, ys = ([places[..., at + i] for i in range(1, 5)] for at in (0, 5))
    return xp.stack([_fold(xp.minimum, xs), _fold(xp.minimum, ys), _fold(xp.maximum, xs), _fold(xp.maximum, ys)], -1)


def move_places(xp: Namespace, places: Array, move: MovePoints) -> Array:
    """Return places (B, N, 10) moved, all at once."""
    number = xp.shape(places)[1]
    moved = move(*(xp.concat([places[..., at + i] for i in range(5)], 1) for at in (0, 5)))
    return xp.stack([axis[:, i * number : (i + 1) * number] for axis in moved for i in range(5)], -1)


def on_canvas(xp: Namespace, places: Array, height: int, width: int) -> Array:
    """Return whether each centre is on the canvas, (B, N) bool."""
    x, y = places[..., 0], places[..., 5]
    return xp.logical_and(xp.logical_and(x >= 0, x < float(width)), xp.logical_and(y >= 0, y < float(height)))


def rectangle_of(xp: Namespace, places: Array) -> Array:
    """Return the rectangles (B, N, 5) that hold corners (B, N, 10), turned as both of their axes are in the mean.

    The direction is that of u + v turned back by a quarter, with u and v the mean sides, so that the longer one counts
    more; after a mirror v is turned the other way. Of a rectangle it is its own. Angles are in [-90, 90).
    """
    xs, ys = ([places[..., at + i] for i in range(1, 5)] for at in (0, 5))
    mx, my = (_sum(axis) * 0.25 for axis in (xs, ys))
    xs, ys = [x - mx for x in xs], [y - my for y in ys]
    (ux, vx), (uy, vy) = _sides(xs), _sides(ys)
    mirrored = ux * vy - uy * vx < 0
    ex, ey = xp.where(mirrored, ux - vy, ux + vy), xp.where(mirrored, uy + vx, uy - vx)
    length = xp.sqrt(ex * ex + ey * ey)
    some = length > 0
    one = xp.where(some, length, 1.0)
    cos, sin = xp.where(some, ex / one, 1.0), xp.where(some, ey / one, 0.0)
    along = [cos * x + sin * y for x, y in zip(xs, ys, strict=True)]
    across = [cos * y - sin * x for x, y in zip(xs, ys, strict=True)]
    (a1, a2), (b1, b2) = ((_fold(xp.minimum, axis), _fold(xp.maximum, axis)) for axis in (along, across))
    a, b = (a1 + a2) * 0.5, (b1 + b2) * 0.5
    return xp.stack([mx + cos * a - sin * b, my + sin * a + cos * b, a2 - a1, b2 - b1, _degrees(xp, -sin, cos)], -1)


def _sides(c: list[Array]) -> tuple[Array, Array]:
    """Return one coordinate of the mean sides, from the first corner to the second and to the fourth."""
    return (c[1] - c[0] + c[2] - c[3]) * 0.5, (c[3] - c[0] + c[2] - c[1]) * 0.5


def _turn(xp: Namespace, degrees: Array) -> tuple[Array, Array]:
    """Return cosine and sine; those of quarter turns are exact."""
    quarters = xp.floor(degrees * (1 / 90) + 0.5)
    x = (degrees - quarters * 90.0) * _DEGREE
    z = x * x
    sin = x + x * z * ((z * -1.9515295891e-4 + 8.3321608736e-3) * z - 1.6666654611e-1)
    cos = z * z * ((z * 2.443315711809948e-5 - 1.388731625493765e-3) * z + 4.166664568298827e-2) - z * 0.5 + 1.0
    quarter = quarters - xp.floor(quarters * 0.25) * 4.0
    odd = xp.logical_or(quarter == 1.0, quarter == 3.0)
    first, second = xp.where(odd, sin, cos), xp.where(odd, cos, sin)
    c = xp.where(xp.logical_or(quarter == 1.0, quarter == 2.0), -first, first)
    return c, xp.where(quarter >= 2.0, -second, second)


def _degrees(xp: Namespace, y: Array, x: Array) -> Array:
    """Return the direction of (x, y), of which not both are 0, in degrees, a half turn more or less: in [-90, 90)."""
    high, wide = xp.abs(y), xp.abs(x)
    steep = high > wide
    t = xp.where(steep, wide, high) / xp.where(steep, high, wide)
    far = t > 0.41421356
    t = xp.where(far, (t - 1.0) / (t + 1.0), t)
    z = t * t
    arc = t + t * z * (((z * 8.05374449538e-2 - 1.38776856032e-1) * z + 1.99777106478e-1) * z - 3.33329491539e-1)
    arc = arc * (1 / _DEGREE) + xp.where(far, t * 0.0 + 45.0, t * 0.0)
    arc = xp.where(steep, 90.0 - arc, arc)
    turned = xp.where(x * y < 0, -arc, arc)  # a half turn makes the same line
    return xp.where(turned >= 90.0, turned - 180.0, turned)


def _fold(f: object, parts: list[Array]) -> Array:
    result = parts[0]
    for part in parts[1:]:
        result = f(result, part)  # type: ignore[operator]
    return result


def _sum(parts: list[Array]) -> Array:
    return parts[0] + parts[1] + parts[2] + parts[3]
