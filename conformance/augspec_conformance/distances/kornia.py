"""Kornia, which takes float images only: the functions that compute a formula of ours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from augspec_conformance.distances.bounds import FLOAT32, POSITION32, WEIGHTS32
from augspec_conformance.distances.calls import kornia as on_tensors
from augspec_conformance.distances.geometry import ALL, SHIFT, SIZED, SLANT, TURN, index_matrix
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import KORNIA
from augspec_conformance.distances.pair import Call, Pair

__all__ = ["pairs"]

_FACTORS = (0.6, 1.7)
_DELTAS = (0.15, -0.2)
_SIGMA = 1.3
_SIDE = 2 * math.ceil(3 * _SIGMA) + 1
_SIZES = ((47, 90), (200, 171))
_MEAN, _STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
_POSITIONS = "positions in float32"


def _warp(op: Mapping[str, Any], padding: str) -> Call:
    def warp(kornia: Any, image: Any) -> Any:
        import torch

        matrix = torch.tensor(index_matrix(op)[None, :2], dtype=torch.float32)
        return kornia.geometry.transform.warp_affine(
            image, matrix, SIZE, "bilinear", padding_mode=padding, align_corners=True
        )

    return on_tensors(warp)


def _turn(degrees: float) -> Call:
    def turn(kornia: Any, image: Any) -> Any:
        import torch

        return kornia.geometry.transform.rotate(image, torch.tensor([degrees]), align_corners=True)

    return on_tensors(turn)


def _colours() -> Iterator[Pair]:
    names = {
        "brightness_scale": "adjust_brightness_accumulative",
        "contrast": "adjust_contrast_with_mean_subtraction",
        "saturation": "adjust_saturation_with_gray_subtraction",
    }
    for op, name in names.items():
        for factor in _FACTORS:
            call = on_tensors(lambda kornia, x, name=name, factor=factor: getattr(kornia.enhance, name)(x, factor))  # type: ignore[misc]
            bound = WEIGHTS32 if op == "contrast" else FLOAT32
            why = "float32, its mean as well" if op == "contrast" else "float32"
            yield Pair(KORNIA, f"enhance.{name}", {"op": op, "factor": factor}, "float32", call, bound, why)
    for delta in _DELTAS:
        call = on_tensors(lambda kornia, x, delta=delta: kornia.enhance.adjust_brightness(x, delta))  # type: ignore[misc]
        shift = {"op": "brightness_shift", "delta": delta}
        yield Pair(KORNIA, "enhance.adjust_brightness", shift, "float32", call, FLOAT32, "float32")
    call = on_tensors(lambda kornia, x: kornia.color.rgb_to_grayscale(x).repeat(1, 3, 1, 1))
    yield Pair(KORNIA, "color.rgb_to_grayscale", {"op": "grayscale"}, "float32", call, FLOAT32, "float32")


def _pixels() -> Iterator[Pair]:
    call = on_tensors(lambda kornia, x: kornia.filters.gaussian_blur2d(x, (_SIDE, _SIDE), (_SIGMA, _SIGMA), "reflect"))
    why = "weights in float32"
    yield Pair(
        KORNIA, "filters.gaussian_blur2d", {"op": "gaussian_blur", "sigma": _SIGMA}, "float32", call, WEIGHTS32, why
    )
    for flip, name in (("horizontal_flip", "hflip"), ("vertical_flip", "vflip")):
        call = on_tensors(lambda kornia, x, name=name: getattr(kornia.geometry.transform, name)(x))  # type: ignore[misc]
        yield Pair(
            KORNIA, f"transform.{name}", {"op": flip, "p": 1.0}, "float32", call, FLOAT32, "they are given float32"
        )

    def standard(kornia: Any, image: Any) -> Any:
        import torch

        return kornia.enhance.normalize(image, torch.tensor(_MEAN), torch.tensor(_STD))

    op: dict[str, Any] = {"op": "normalize", "mean": _MEAN, "std": _STD}
    yield Pair(KORNIA, "enhance.normalize", op, "float32", on_tensors(standard), FLOAT32 / min(_STD), "float32")
    for size in _SIZES:
        call = on_tensors(lambda kornia, x, size=size: kornia.geometry.transform.resize(x, size, align_corners=False))  # type: ignore[misc]
        op = {"op": "resize", "size": list(size), "antialias": False}
        why = "positions and weights in float32"
        yield Pair(KORNIA, "transform.resize", op, "float32", call, POSITION32 + WEIGHTS32, why)


def _warps() -> Iterator[Pair]:
    call = _turn(TURN["degrees"])
    yield Pair(KORNIA, "transform.rotate", TURN, "float32", call, POSITION32 + FLOAT32, _POSITIONS)
    borders = {"edge": "border", "mirror": "reflection"}
    asked = [(op, "zeros") for op in (TURN, SHIFT, SIZED, SLANT, ALL)]
    asked += [({**ALL, "border": border}, padding) for border, padding in borders.items()]
    for op, padding in asked:
        call = _warp(op, padding)
        yield Pair(KORNIA, f"transform.warp_affine, {padding}", op, "float32", call, POSITION32 + FLOAT32, _POSITIONS)


def pairs() -> Iterator[Pair]:
    """Yield colour, pixels and warps."""
    yield from _colours()
    yield from _pixels()
    yield from _warps()
