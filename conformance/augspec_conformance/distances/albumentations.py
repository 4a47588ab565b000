"""Albumentations: transforms whose parameters leave no choice and that compute a formula of ours; OpenCV does most."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from augspec_conformance.distances.bounds import (
    FLOAT32,
    GREY_SHIFT,
    POSITION32,
    ROUNDED,
    TRUNCATED,
    WEIGHTS11,
    WEIGHTS32,
)
from augspec_conformance.distances.calls import albumentations as transform
from augspec_conformance.distances.geometry import SIZED, SLANT, TURN
from augspec_conformance.distances.libraries import ALBUMENTATIONS
from augspec_conformance.distances.pair import Pair

__all__ = ["pairs"]

_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")
_FACTORS = (0.6, 1.7)
_DELTAS = (0.15, -0.2)
_SIGMA = 1.3
_SIDE = 2 * math.ceil(3 * _SIGMA) + 1
_SIZES = ((47, 90), (200, 171))
_MEAN, _STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
_POSITIONS = "positions in float32"
_SMALL = (51, 66)
"""Size of the central crop; its margins are uneven on one side."""


def _jitter(A: Any, name: str, factor: float) -> Any:
    factors = {"brightness": (1, 1), "contrast": (1, 1), "saturation": (1, 1), "hue": (0, 0), name: (factor, factor)}
    return A.ColorJitter(**factors, p=1)


def _habit(op: str, factor: float, dtype: str) -> tuple[float, str]:
    """Return bound and reason of a colour op."""
    if dtype == "float32":
        return (WEIGHTS32, "float32, its mean as well") if op == "contrast" else (FLOAT32, "float32")
    grey = abs(1 - factor) * (ROUNDED + GREY_SHIFT)
    return {
        "brightness_scale": (TRUNCATED + FLOAT32, "cut off to levels"),
        "contrast": (TRUNCATED + FLOAT32 + grey, "mean of a grey rounded to levels, result cut off"),
        "saturation": (ROUNDED + FLOAT32 + grey, "grey rounded to levels, result rounded"),
    }[op]


def _colours() -> Iterator[Pair]:
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        for op, name in (("brightness_scale", "brightness"), ("contrast", "contrast"), ("saturation", "saturation")):
            for factor in _FACTORS:
                call = transform(lambda A, name=name, factor=factor: _jitter(A, name, factor))  # type: ignore[misc]
                habit = _habit(op, factor, dtype)
                text = f"ColorJitter({name})"
                yield Pair(ALBUMENTATIONS, text, {"op": op, "factor": factor}, dtype, call, *habit)
        for delta in _DELTAS:
            call = transform(lambda A, delta=delta: A.RandomBrightnessContrast((delta, delta), (0, 0), p=1))  # type: ignore[misc]
            shift = {"op": "brightness_shift", "delta": delta}
            bound, why = (TRUNCATED, "shift cut off to whole levels") if whole else (FLOAT32, "float32")
            yield Pair(ALBUMENTATIONS, "RandomBrightnessContrast(brightness)", shift, dtype, call, bound, why)
        call = transform(lambda A: A.ToGray(p=1))
        bound, why = (ROUNDED + GREY_SHIFT, "result rounded") if whole else (FLOAT32, "float32")
        yield Pair(ALBUMENTATIONS, "ToGray()", {"op": "grayscale"}, dtype, call, bound, why)


def _pixels() -> Iterator[Pair]:
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        call = transform(lambda A: A.GaussianBlur((_SIDE, _SIDE), (_SIGMA, _SIGMA), p=1))
        op: dict[str, Any] = {"op": "gaussian_blur", "sigma": _SIGMA}
        bound, why = WEIGHTS32 + (ROUNDED if whole else 0.0), "weights in float32" + (", rounded" if whole else "")
        yield Pair(ALBUMENTATIONS, "GaussianBlur()", op, dtype, call, bound, why)
        for size in _SIZES:
            call = transform(lambda A, size=size: A.Resize(*size, p=1))  # type: ignore[misc]
            op = {"op": "resize", "size": list(size), "antialias": False}
            bound = ROUNDED + WEIGHTS11 if whole else WEIGHTS32
            why = "OpenCV's: weights of 11 bits, sums cut off to quarters of a level, result rounded"
            yield Pair(ALBUMENTATIONS, "Resize()", op, dtype, call, bound, why if whole else "weights in float32")
    for name, flip in (("HorizontalFlip", "horizontal_flip"), ("VerticalFlip", "vertical_flip")):
        call = transform(lambda A, name=name: getattr(A, name)(p=1))  # type: ignore[misc]
        yield Pair(ALBUMENTATIONS, f"{name}()", {"op": flip, "p": 1.0}, "uint8", call, 0.0, "none")
    call = transform(lambda A: A.CenterCrop(*_SMALL, p=1))
    op = {"op": "center_crop", "size": list(_SMALL)}
    yield Pair(ALBUMENTATIONS, "CenterCrop()", op, "uint8", call, 0.0, "none")
    call = transform(lambda A: A.Normalize(_MEAN, _STD, max_pixel_value=1.0, p=1))
    op = {"op": "normalize", "mean": _MEAN, "std": _STD}
    yield Pair(ALBUMENTATIONS, "Normalize()", op, "float32", call, FLOAT32 / min(_STD), "float32")


def _affine(A: Any, op: Mapping[str, Any]) -> Any:
    if op["op"] == "rotate":
        return A.Rotate((op["degrees"], op["degrees"]), p=1)
    if op["op"] == "scale":
        return A.Affine(scale=(op["factor"], op["factor"]), p=1)
    return A.Affine(shear={"x": (-math.degrees(math.atan(op["x"])),) * 2, "y": (0, 0)}, p=1)


def _warps() -> Iterator[Pair]:
    for op in (TURN, SIZED, SLANT):
        for dtype in _DTYPES:
            call = transform(lambda A, op=op: _affine(A, op))  # type: ignore[misc]
            bound = POSITION32 + (ROUNDED if dtype == "uint8" else FLOAT32)
            why = _POSITIONS + (", result rounded" if dtype == "uint8" else "")
            name = "Rotate()" if op["op"] == "rotate" else f"Affine({op['op']})"
            yield Pair(ALBUMENTATIONS, name, op, dtype, call, bound, why)


def pairs() -> Iterator[Pair]:
    """Yield colour, pixels and warps."""
    yield from _colours()
    yield from _pixels()
    yield from _warps()
