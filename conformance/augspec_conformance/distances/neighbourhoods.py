"""Filters beside other libraries: boxes, medians, lines, discs, reliefs, and what sharpens."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np

from augspec_conformance.distances.bounds import FLOAT32, ROUNDED, TRUNCATED, WEIGHTS32
from augspec_conformance.distances.calls import albumentations, kornia, opencv, pillow, scipy, torchvision
from augspec_conformance.distances.libraries import ALBUMENTATIONS, KORNIA, OPENCV, PILLOW, SCIPY, TORCHVISION
from augspec_conformance.distances.pair import Array, Call, Pair

__all__ = ["pairs"]

_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")
_RADIUS = 3
_FACTORS = (0.3, 2.2)
_SIGMA = 1.3
_REACH = math.ceil(3 * _SIGMA)
_LINES = ((5, 0.0), (5, 90.0), (6, 35.0))
"""Lengths in pixels, and degrees."""
_DISC = 2.3
_GIVEN = "they are given float32"
_EDGE = "pixels whose neighbours lie beyond the border: theirs repeat the edge, ours mirror at it"


def _within(margin: int) -> Callable[[int, int], Array]:
    """Return a function that tells which pixels (H, W) are so far from the border."""

    def inside(height: int, width: int) -> Array:
        found = np.zeros((height, width), bool)
        found[margin : height - margin, margin : width - margin] = True
        return found

    return inside


def _smoothed(name: str, size: int) -> Call:
    def call(image: Any) -> Any:
        from PIL import ImageFilter

        return image.filter(getattr(ImageFilter, name)(size))

    return pillow(call)


def _boxes() -> Iterator[Pair]:
    side = 2 * _RADIUS + 1
    op = {"op": "box_blur", "radius": _RADIUS}
    why = "rounded after each of the two axes"
    call = _smoothed("BoxBlur", _RADIUS)
    yield Pair(PILLOW, "BoxBlur", op, "uint8", call, 2 * ROUNDED + FLOAT32, why, inside=_within(_RADIUS), outside=_EDGE)
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        call = opencv(lambda cv2, x: cv2.blur(x, (side, side), borderType=cv2.BORDER_REFLECT_101))
        bound = ROUNDED + FLOAT32 if whole else WEIGHTS32
        yield Pair(OPENCV, "blur", op, dtype, call, bound, "result rounded" if whole else "sums in float32")
    call = kornia(lambda K, x: K.filters.box_blur(x, (side, side)))
    yield Pair(KORNIA, "filters.box_blur", op, "float32", call, WEIGHTS32, "sums in float32")
    call = scipy(lambda nd, x: nd.uniform_filter(x, side, mode="mirror"))
    yield Pair(SCIPY, "uniform_filter, mirror", op, "float32", call, FLOAT32, _GIVEN)


def _medians() -> Iterator[Pair]:
    op = {"op": "median_blur"}
    rest: dict[str, Any] = {"inside": _within(1), "outside": _EDGE}
    yield Pair(PILLOW, "MedianFilter(3)", op, "uint8", _smoothed("MedianFilter", 3), 0.0, "none", **rest)
    call = opencv(lambda cv2, x: cv2.medianBlur(x, 3))
    yield Pair(OPENCV, "medianBlur(3)", op, "uint8", call, 0.0, "none", **rest)
    call = albumentations(lambda A: A.MedianBlur((3, 3), p=1))
    yield Pair(ALBUMENTATIONS, "MedianBlur()", op, "uint8", call, 0.0, "none", **rest)
    call = scipy(lambda nd, x: nd.median_filter(x, 3, mode="mirror"))
    yield Pair(SCIPY, "median_filter, mirror", op, "uint8", call, 0.0, "none")
    call = kornia(lambda K, x: K.filters.median_blur(x, 3))
    yield Pair(KORNIA, "filters.median_blur", op, "float32", call, FLOAT32, _GIVEN)


def _along(length: int, degrees: float) -> list[tuple[float, float]]:
    """Return the (right, down) of points one pixel apart on a line, counter-clockwise from the right."""
    angle = math.radians(degrees)
    steps = [j - (length - 1) / 2 for j in range(length)]
    return [(t * math.cos(angle), -t * math.sin(angle)) for t in steps]


def _lines() -> Iterator[Pair]:
    for length, degrees in _LINES:
        op = {"op": "motion_blur", "length": length, "degrees": degrees}
        points = _along(length, degrees)
        call = scipy(
            lambda nd, x, points=points: np.mean(  # type: ignore[misc]
                [nd.shift(x, (-down, -right), order=1, mode="mirror") for right, down in points], 0
            )
        )
        yield Pair(SCIPY, "mean of shift(order=1, mirror)", op, "float32", call, FLOAT32, _GIVEN)
        if degrees % 90:
            continue
        kernel = np.full((1, length), 1 / length, np.float32)
        kernel = kernel if degrees == 0 else kernel.T
        for dtype in _DTYPES:
            whole = dtype == "uint8"
            call = opencv(
                lambda cv2, x, kernel=kernel: cv2.filter2D(x, -1, kernel, borderType=cv2.BORDER_REFLECT_101)  # type: ignore[misc]
            )
            bound, why = (ROUNDED + WEIGHTS32, "result rounded") if whole else (WEIGHTS32, "weights in float32")
            yield Pair(OPENCV, "filter2D(line of equal weights)", op, dtype, call, bound, why)
        call = kornia(
            lambda K, x, degrees=degrees, length=length: K.filters.motion_blur(x, length, degrees, 0.0, "reflect")  # type: ignore[misc]
        )
        yield Pair(KORNIA, "filters.motion_blur", op, "float32", call, WEIGHTS32, "weights in float32")


def _disc() -> Array:
    """Return the weights of a disc whose rim is one pixel wide."""
    far = np.arange(-3, 4)
    weights = np.clip(_DISC + 0.5 - np.hypot(far[:, None], far[None, :]), 0.0, 1.0)
    return np.asarray(weights / weights.sum())


def _discs() -> Iterator[Pair]:
    op = {"op": "defocus", "radius": _DISC}
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        call = opencv(lambda cv2, x: cv2.filter2D(x, -1, _disc(), borderType=cv2.BORDER_REFLECT_101))
        bound, why = (ROUNDED + WEIGHTS32, "result rounded") if whole else (WEIGHTS32, "weights in float32")
        yield Pair(OPENCV, "filter2D(disc)", op, dtype, call, bound, why)
    call = scipy(lambda nd, x: nd.correlate(x, _disc(), mode="mirror"))
    yield Pair(SCIPY, "correlate(disc), mirror", op, "float32", call, FLOAT32, _GIVEN)


def _relief(share: float, strength: float) -> Array:
    s = strength
    light = np.array([[-1 - s, -s, 0], [-s, 1, s], [0, s, 1 + s]])
    return np.asarray(share * light + (1 - share) * np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]), np.float32)


def _reliefs() -> Iterator[Pair]:
    share, strength = 0.4, 0.7
    op = {"op": "emboss", "share": share, "strength": strength}
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        bound, why = (ROUNDED + WEIGHTS32, "result rounded") if whole else (WEIGHTS32, "weights in float32")
        call = opencv(
            lambda cv2, x: np.clip(
                cv2.filter2D(x, -1, _relief(share, strength), borderType=cv2.BORDER_REFLECT_101),
                0,
                255 if x.dtype == np.uint8 else 1,
            )
        )
        yield Pair(OPENCV, "filter2D(relief)", op, dtype, call, bound, why)
        call = albumentations(lambda A: A.Emboss((share, share), (strength, strength), p=1))
        yield Pair(ALBUMENTATIONS, "Emboss()", op, dtype, call, bound, why)


def _enhanced(factor: float) -> Call:
    def call(image: Any) -> Any:
        from PIL import ImageEnhance

        return ImageEnhance.Sharpness(image).enhance(factor)

    return pillow(call)


def _sharper() -> Iterator[Pair]:
    for factor in _FACTORS:
        op = {"op": "sharpness", "factor": factor}
        bound = TRUNCATED + abs(1 - factor) * ROUNDED + FLOAT32
        why = "smooth image rounded to levels, result cut off"
        yield Pair(PILLOW, "ImageEnhance.Sharpness", op, "uint8", _enhanced(factor), bound, why)
        for dtype in _DTYPES:
            call = torchvision(lambda F, x, factor=factor: F.adjust_sharpness(x, factor))  # type: ignore[misc]
            last = (bound + WEIGHTS32, why) if dtype == "uint8" else (WEIGHTS32, "weights in float32")
            yield Pair(TORCHVISION, "functional.adjust_sharpness", op, dtype, call, *last)
        call = kornia(lambda K, x, factor=factor: K.enhance.sharpness(x, factor))  # type: ignore[misc]
        yield Pair(KORNIA, "enhance.sharpness", op, "float32", call, WEIGHTS32, "weights in float32")


def _masks() -> Iterator[Pair]:
    side = 2 * _REACH + 1
    for amount in (1.0, 0.6):
        op = {"op": "unsharp_mask", "sigma": _SIGMA, "amount": amount}

        def added(cv2: Any, image: Any, amount: float = amount) -> Any:
            soft = cv2.GaussianBlur(image, (side, side), _SIGMA, borderType=cv2.BORDER_REFLECT_101)
            return np.clip(cv2.addWeighted(image, 1 + amount, soft, -amount, 0), 0, 1)

        yield Pair(
            OPENCV, "addWeighted(GaussianBlur)", op, "float32", opencv(added), 2 * WEIGHTS32, "weights in float32"
        )

    def sharp(K: Any, image: Any) -> Any:
        return K.filters.unsharp_mask(image, (side, side), (_SIGMA, _SIGMA)).clamp(0, 1)

    op = {"op": "unsharp_mask", "sigma": _SIGMA, "amount": 1.0}
    call = kornia(sharp)
    yield Pair(KORNIA, "filters.unsharp_mask, clamped", op, "float32", call, 2 * WEIGHTS32, "weights in float32")


def pairs() -> Iterator[Pair]:
    """Yield filters."""
    yield from _boxes()
    yield from _medians()
    yield from _lines()
    yield from _discs()
    yield from _reliefs()
    yield from _sharper()
    yield from _masks()
