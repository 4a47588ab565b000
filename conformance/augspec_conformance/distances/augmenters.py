"""Kornia and Albumentations: the transforms of theirs that compute a formula of ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np

from augspec_conformance.distances.bounds import (
    FLOAT32,
    GREY_SHIFT,
    POSITION32,
    ROUNDED,
    TRUNCATED,
    WEIGHTS11,
    WEIGHTS32,
)
from augspec_conformance.distances.geometry import ALL, SHIFT, SIZED, SLANT, TURN, index_matrix
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import ALBUMENTATIONS, KORNIA
from augspec_conformance.distances.pair import Array, Call, Pair

__all__ = ["pairs"]

_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")
_FACTORS = (0.6, 1.7)
_DELTAS = (0.15, -0.2)
_SIGMA = 1.3
_SIDE = 2 * math.ceil(3 * _SIGMA) + 1
_SIZES = ((47, 90), (200, 171))
_SMALL = (51, 66)
"""Size of the central crop; its margins are uneven on one side."""

_MEAN, _STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
_POSITIONS = "positions in float32"


# Kornia takes float images only.


def _kornia(function: Callable[[Any, Any], Any]) -> Call:
    def call(image: Array) -> Any:
        import kornia
        import torch

        given = torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0)))[None]
        return np.moveaxis(function(kornia, given)[0].numpy(), 0, -1)

    return call


def _kornia_warp(op: Mapping[str, Any], padding: str) -> Call:
    def warp(kornia: Any, image: Any) -> Any:
        import torch

        matrix = torch.tensor(index_matrix(op)[None, :2], dtype=torch.float32)
        return kornia.geometry.transform.warp_affine(
            image, matrix, SIZE, "bilinear", padding_mode=padding, align_corners=True
        )

    return _kornia(warp)


def _kornia_turn(degrees: float) -> Call:
    def turn(kornia: Any, image: Any) -> Any:
        import torch

        return kornia.geometry.transform.rotate(image, torch.tensor([degrees]), align_corners=True)

    return _kornia(turn)


def _kornia_colours() -> Iterator[Pair]:
    names = {
        "brightness_scale": "adjust_brightness_accumulative",
        "contrast": "adjust_contrast_with_mean_subtraction",
        "saturation": "adjust_saturation_with_gray_subtraction",
    }
    for op, name in names.items():
        for factor in _FACTORS:
            call = _kornia(lambda kornia, x, name=name, factor=factor: getattr(kornia.enhance, name)(x, factor))  # type: ignore[misc]
            bound = WEIGHTS32 if op == "contrast" else FLOAT32
            why = "float32, its mean as well" if op == "contrast" else "float32"
            yield Pair(KORNIA, f"enhance.{name}", {"op": op, "factor": factor}, "float32", call, bound, why)
    for delta in _DELTAS:
        call = _kornia(lambda kornia, x, delta=delta: kornia.enhance.adjust_brightness(x, delta))  # type: ignore[misc]
        shift = {"op": "brightness_shift", "delta": delta}
        yield Pair(KORNIA, "enhance.adjust_brightness", shift, "float32", call, FLOAT32, "float32")
    call = _kornia(lambda kornia, x: kornia.color.rgb_to_grayscale(x).repeat(1, 3, 1, 1))
    yield Pair(KORNIA, "color.rgb_to_grayscale", {"op": "grayscale"}, "float32", call, FLOAT32, "float32")


def _kornia_pixels() -> Iterator[Pair]:
    call = _kornia(lambda kornia, x: kornia.filters.gaussian_blur2d(x, (_SIDE, _SIDE), (_SIGMA, _SIGMA), "reflect"))
    why = "weights in float32"
    yield Pair(
        KORNIA, "filters.gaussian_blur2d", {"op": "gaussian_blur", "sigma": _SIGMA}, "float32", call, WEIGHTS32, why
    )
    for flip, name in (("horizontal_flip", "hflip"), ("vertical_flip", "vflip")):
        call = _kornia(lambda kornia, x, name=name: getattr(kornia.geometry.transform, name)(x))  # type: ignore[misc]
        yield Pair(
            KORNIA, f"transform.{name}", {"op": flip, "p": 1.0}, "float32", call, FLOAT32, "they are given float32"
        )

    def standard(kornia: Any, image: Any) -> Any:
        import torch

        return kornia.enhance.normalize(image, torch.tensor(_MEAN), torch.tensor(_STD))

    op: dict[str, Any] = {"op": "normalize", "mean": _MEAN, "std": _STD}
    yield Pair(KORNIA, "enhance.normalize", op, "float32", _kornia(standard), FLOAT32 / min(_STD), "float32")
    for size in _SIZES:
        call = _kornia(lambda kornia, x, size=size: kornia.geometry.transform.resize(x, size, align_corners=False))  # type: ignore[misc]
        op = {"op": "resize", "size": list(size), "antialias": False}
        why = "positions and weights in float32"
        yield Pair(KORNIA, "transform.resize", op, "float32", call, POSITION32 + WEIGHTS32, why)


def _kornia_warps() -> Iterator[Pair]:
    call = _kornia_turn(TURN["degrees"])
    yield Pair(KORNIA, "transform.rotate", TURN, "float32", call, POSITION32 + FLOAT32, _POSITIONS)
    borders = {"edge": "border", "mirror": "reflection"}
    asked = [(op, "zeros") for op in (TURN, SHIFT, SIZED, SLANT, ALL)]
    asked += [({**ALL, "border": border}, padding) for border, padding in borders.items()]
    for op, padding in asked:
        call = _kornia_warp(op, padding)
        yield Pair(KORNIA, f"transform.warp_affine, {padding}", op, "float32", call, POSITION32 + FLOAT32, _POSITIONS)


# Albumentations: transforms whose parameters leave no choice; most of the work is OpenCV's.


def _albumentations(make: Callable[[Any], Any]) -> Call:
    def call(image: Array) -> Any:
        import albumentations

        return make(albumentations)(image=np.ascontiguousarray(image))["image"]

    return call


def _jitter(A: Any, name: str, factor: float) -> Any:
    factors = {"brightness": (1, 1), "contrast": (1, 1), "saturation": (1, 1), "hue": (0, 0), name: (factor, factor)}
    return A.ColorJitter(**factors, p=1)


def _albumentations_habit(op: str, factor: float, dtype: str) -> tuple[float, str]:
    """Return bound and reason of a colour op."""
    if dtype == "float32":
        return (WEIGHTS32, "float32, its mean as well") if op == "contrast" else (FLOAT32, "float32")
    grey = abs(1 - factor) * (ROUNDED + GREY_SHIFT)
    return {
        "brightness_scale": (TRUNCATED + FLOAT32, "cut off to levels"),
        "contrast": (TRUNCATED + FLOAT32 + grey, "mean of a grey rounded to levels, result cut off"),
        "saturation": (ROUNDED + FLOAT32 + grey, "grey rounded to levels, result rounded"),
    }[op]


def _albumentations_colours() -> Iterator[Pair]:
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        for op, name in (("brightness_scale", "brightness"), ("contrast", "contrast"), ("saturation", "saturation")):
            for factor in _FACTORS:
                call = _albumentations(lambda A, name=name, factor=factor: _jitter(A, name, factor))  # type: ignore[misc]
                habit = _albumentations_habit(op, factor, dtype)
                text = f"ColorJitter({name})"
                yield Pair(ALBUMENTATIONS, text, {"op": op, "factor": factor}, dtype, call, *habit)
        for delta in _DELTAS:
            call = _albumentations(lambda A, delta=delta: A.RandomBrightnessContrast((delta, delta), (0, 0), p=1))  # type: ignore[misc]
            shift = {"op": "brightness_shift", "delta": delta}
            bound, why = (TRUNCATED, "shift cut off to whole levels") if whole else (FLOAT32, "float32")
            yield Pair(ALBUMENTATIONS, "RandomBrightnessContrast(brightness)", shift, dtype, call, bound, why)
        call = _albumentations(lambda A: A.ToGray(p=1))
        bound, why = (ROUNDED + GREY_SHIFT, "result rounded") if whole else (FLOAT32, "float32")
        yield Pair(ALBUMENTATIONS, "ToGray()", {"op": "grayscale"}, dtype, call, bound, why)


def _albumentations_pixels() -> Iterator[Pair]:
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        call = _albumentations(lambda A: A.GaussianBlur((_SIDE, _SIDE), (_SIGMA, _SIGMA), p=1))
        op: dict[str, Any] = {"op": "gaussian_blur", "sigma": _SIGMA}
        bound, why = WEIGHTS32 + (ROUNDED if whole else 0.0), "weights in float32" + (", rounded" if whole else "")
        yield Pair(ALBUMENTATIONS, "GaussianBlur()", op, dtype, call, bound, why)
        for size in _SIZES:
            call = _albumentations(lambda A, size=size: A.Resize(*size, p=1))  # type: ignore[misc]
            op = {"op": "resize", "size": list(size), "antialias": False}
            bound = ROUNDED + WEIGHTS11 if whole else WEIGHTS32
            why = "OpenCV's: weights of 11 bits, sums cut off to quarters of a level, result rounded"
            yield Pair(ALBUMENTATIONS, "Resize()", op, dtype, call, bound, why if whole else "weights in float32")
    for name, flip in (("HorizontalFlip", "horizontal_flip"), ("VerticalFlip", "vertical_flip")):
        call = _albumentations(lambda A, name=name: getattr(A, name)(p=1))  # type: ignore[misc]
        yield Pair(ALBUMENTATIONS, f"{name}()", {"op": flip, "p": 1.0}, "uint8", call, 0.0, "none")
    call = _albumentations(lambda A: A.CenterCrop(*_SMALL, p=1))
    op = {"op": "center_crop", "size": list(_SMALL)}
    yield Pair(ALBUMENTATIONS, "CenterCrop()", op, "uint8", call, 0.0, "none")
    call = _albumentations(lambda A: A.Normalize(_MEAN, _STD, max_pixel_value=1.0, p=1))
    op = {"op": "normalize", "mean": _MEAN, "std": _STD}
    yield Pair(ALBUMENTATIONS, "Normalize()", op, "float32", call, FLOAT32 / min(_STD), "float32")


def _affine(A: Any, op: Mapping[str, Any]) -> Any:
    if op["op"] == "rotate":
        return A.Rotate((op["degrees"], op["degrees"]), p=1)
    if op["op"] == "scale":
        return A.Affine(scale=(op["factor"], op["factor"]), p=1)
    return A.Affine(shear={"x": (-math.degrees(math.atan(op["x"])),) * 2, "y": (0, 0)}, p=1)


def _albumentations_warps() -> Iterator[Pair]:
    for op in (TURN, SIZED, SLANT):
        for dtype in _DTYPES:
            call = _albumentations(lambda A, op=op: _affine(A, op))  # type: ignore[misc]
            bound = POSITION32 + (ROUNDED if dtype == "uint8" else FLOAT32)
            why = _POSITIONS + (", result rounded" if dtype == "uint8" else "")
            name = "Rotate()" if op["op"] == "rotate" else f"Affine({op['op']})"
            yield Pair(ALBUMENTATIONS, name, op, dtype, call, bound, why)


def pairs() -> Iterator[Pair]:
    """Yield Kornia's, then those of Albumentations."""
    yield from _kornia_colours()
    yield from _kornia_pixels()
    yield from _kornia_warps()
    yield from _albumentations_colours()
    yield from _albumentations_pixels()
    yield from _albumentations_warps()
