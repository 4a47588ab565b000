"""Warps beside other libraries: the same transform of the plane, told in each library's coordinates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np

from augspec_conformance.distances.bounds import FLOAT32, POSITION32, ROUNDED, TRUNCATED
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import OPENCV, PILLOW, SCIPY, SKIMAGE, TORCH, TORCHVISION
from augspec_conformance.distances.pair import Array, Call, Pair, channels
from augspec_conformance.oracle import matrices, warp

__all__ = ["ALL", "SHIFT", "SIZED", "SLANT", "TURN", "index_matrix", "pairs"]

TURN: dict[str, Any] = {"op": "rotate", "degrees": 17.0}
SHIFT = {"op": "translate", "x": 0.113, "y": -0.071}
SIZED = {"op": "scale", "factor": 1.3}
SLANT = {"op": "shear", "x": 0.2, "y": 0.0}
_BOTH = {"op": "shear", "x": 0.2, "y": -0.15}
ALL = {
    "op": "affine",
    "degrees": -23.0,
    "translate_x": 0.06,
    "translate_y": 0.11,
    "scale": 0.8,
    "shear_x": 0.15,
    "shear_y": 0.0,
}
_WARPS: tuple[dict[str, Any], ...] = (TURN, SHIFT, SIZED, SLANT, ALL)

_POSITIONS = "positions in float32"
_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")


def _matrix(op: Mapping[str, Any]) -> Array:
    """Return the forward matrix about the centre of the canvas, in pixels."""
    if op["op"] == "affine":
        fields = ("degrees", "translate_x", "translate_y", "scale", "shear_x", "shear_y")
        return matrices.affine(SIZE, *(op[name] for name in fields))
    if op["op"] == "rotate":
        return matrices.rotate(SIZE, op["degrees"])
    if op["op"] == "scale":
        return matrices.scale(SIZE, op["factor"])
    return getattr(matrices, op["op"])(SIZE, op["x"], op["y"])  # type: ignore[no-any-return]


def _about(matrix: Array, x: float, y: float) -> Array:
    """Return a matrix about the centre as one about the origin, where the centre is at (x, y)."""
    there = np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    return np.asarray(there @ matrix @ np.linalg.inv(there))


def index_matrix(op: Mapping[str, Any]) -> Array:
    """Return the forward matrix where the first pixel's centre is the origin, as OpenCV, SciPy and skimage count."""
    return _about(_matrix(op), (SIZE[1] - 1) / 2, (SIZE[0] - 1) / 2)


def _surrounded(op: Mapping[str, Any]) -> Any:
    """Return a function that tells which results are made of four pixels of the image."""

    def inside(height: int, width: int) -> Array:
        x, y = warp.source_positions(_matrix(op), height, width)
        return np.asarray((x >= 0.5) & (x <= width - 0.5) & (y >= 0.5) & (y <= height - 0.5))

    return inside


# OpenCV


def _opencv(op: Mapping[str, Any], border: str) -> Call:
    def call(image: Array) -> Any:
        import cv2

        flag = {
            "constant": cv2.BORDER_CONSTANT,
            "edge": cv2.BORDER_REPLICATE,
            "mirror": cv2.BORDER_REFLECT_101,
            "symmetric": cv2.BORDER_REFLECT,
            "wrap": cv2.BORDER_WRAP,
        }[border]
        return cv2.warpAffine(
            image, index_matrix(op)[:2], SIZE[::-1], flags=cv2.INTER_LINEAR, borderMode=flag, borderValue=0
        )

    return call


def _opencv_pairs() -> Iterator[Pair]:
    asked = [(op, "constant") for op in (*_WARPS, _BOTH)]
    asked += [({**ALL, "border": border}, border) for border in ("edge", "mirror", "symmetric", "wrap")]
    for op, border in asked:
        for dtype in _DTYPES:
            bound = POSITION32 + (ROUNDED if dtype == "uint8" else FLOAT32)
            why = _POSITIONS + (", result rounded" if dtype == "uint8" else "")
            yield Pair(OPENCV, f"warpAffine, {border}", op, dtype, _opencv(op, border), bound, why)


# Pillow


def _pillow(op: Mapping[str, Any], dtype: str) -> Call:
    def call(image: Array) -> Any:
        from PIL import Image

        back = np.linalg.inv(_about(_matrix(op), SIZE[1] / 2, SIZE[0] / 2))[:2].ravel().tolist()
        kind = (SIZE[::-1], Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
        return np.asarray(Image.fromarray(image).transform(*kind))

    return call if dtype == "uint8" else channels(call)


def _pillow_pairs() -> Iterator[Pair]:
    for op in (*_WARPS, _BOTH):
        for dtype in _DTYPES:
            yield Pair(
                PILLOW,
                "Image.transform(AFFINE, BILINEAR)",
                op,
                dtype,
                _pillow(op, dtype),
                TRUNCATED if dtype == "uint8" else FLOAT32,
                "result cut off, not rounded (bilinear_filter8)" if dtype == "uint8" else "result in float32",
                inside=_surrounded(op),
                outside="pixels beside the border: theirs repeat the edge up to it and do not fade into the fill",
            )


# torch and torchvision


def _first(image: Array) -> Any:
    """Return an image (H, W, C) as a tensor (C, H, W)."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0)))


def _last(tensor: Any) -> Array:
    return np.moveaxis(tensor.numpy(), 0, -1)


def _torchvision(op: Mapping[str, Any]) -> Call:
    def call(image: Array) -> Any:
        from torchvision.transforms import InterpolationMode, functional

        bilinear = InterpolationMode.BILINEAR
        if op["op"] == "rotate":
            return _last(functional.rotate(_first(image), op["degrees"], bilinear))
        height, width = SIZE
        kind = op["op"]
        shift = [op.get("translate_x", 0.0) * width, op.get("translate_y", 0.0) * height]
        if kind == "translate":
            shift = [op["x"] * width, op["y"] * height]
        slant = op["x"] if kind == "shear" else op.get("shear_x", 0.0)
        turned = functional.affine(
            _first(image),
            angle=-op.get("degrees", 0.0),
            translate=shift,
            scale=op["factor"] if kind == "scale" else op.get("scale", 1.0),
            shear=[-math.degrees(math.atan(slant)), 0.0],
            interpolation=bilinear,
        )
        return _last(turned)

    return call


def _torchvision_pairs() -> Iterator[Pair]:
    for op in _WARPS:
        for dtype in _DTYPES:
            bound = POSITION32 + (ROUNDED if dtype == "uint8" else FLOAT32)
            why = _POSITIONS + (", result rounded" if dtype == "uint8" else "")
            name = "rotate" if op["op"] == "rotate" else "affine"
            yield Pair(TORCHVISION, f"functional.{name}", op, dtype, _torchvision(op), bound, why)


def _torch(op: Mapping[str, Any], padding: str) -> Call:
    def call(image: Array) -> Any:
        import torch
        from torch.nn import functional

        height, width = SIZE
        half = np.diag([width / 2, height / 2, 1.0])
        theta = np.linalg.inv(half) @ np.linalg.inv(_matrix(op)) @ half
        given = _first(image)[None]
        grid = functional.affine_grid(
            torch.tensor(theta[None, :2], dtype=torch.float32), list(given.shape), align_corners=False
        )
        return _last(functional.grid_sample(given, grid, "bilinear", padding, align_corners=False)[0])

    return call


def _torch_pairs() -> Iterator[Pair]:
    for op in (*_WARPS, _BOTH):
        yield Pair(TORCH, "grid_sample, zeros", op, "float32", _torch(op, "zeros"), POSITION32 + FLOAT32, _POSITIONS)
    for border, padding in (("edge", "border"), ("symmetric", "reflection")):
        op = {**ALL, "border": border}
        call = _torch(op, padding)
        yield Pair(TORCH, f"grid_sample, {padding}", op, "float32", call, POSITION32 + FLOAT32, _POSITIONS)


# SciPy and scikit-image


def _scipy(op: Mapping[str, Any], mode: str) -> Call:
    def call(plane: Array) -> Any:
        from scipy import ndimage

        back = np.linalg.inv(index_matrix(op))
        swapped = np.array([[0.0, 1.0], [1.0, 0.0]])
        linear, shift = swapped @ back[:2, :2] @ swapped, swapped @ back[:2, 2]
        return ndimage.affine_transform(plane.astype(np.float64), linear, shift, order=1, mode=mode)

    return channels(call)


def _skimage(op: Mapping[str, Any]) -> Call:
    def call(image: Array) -> Any:
        from skimage import transform

        back = transform.AffineTransform(matrix=np.linalg.inv(index_matrix(op)))
        return transform.warp(image.astype(np.float64), back, order=1, mode="constant", cval=0.0)

    return call


def _double_pairs() -> Iterator[Pair]:
    modes = {
        "constant": "grid-constant",
        "edge": "nearest",
        "mirror": "mirror",
        "symmetric": "reflect",
        "wrap": "grid-wrap",
    }
    why = "they are given float32"
    for op in (*_WARPS, _BOTH):
        yield Pair(SCIPY, "affine_transform, grid-constant", op, "float32", _scipy(op, "grid-constant"), FLOAT32, why)
        yield Pair(SKIMAGE, "transform.warp, constant", op, "float32", _skimage(op), FLOAT32, why)
    for border, mode in modes.items():
        if border != "constant":
            op = {**ALL, "border": border}
            yield Pair(SCIPY, f"affine_transform, {mode}", op, "float32", _scipy(op, mode), FLOAT32, why)


def pairs() -> Iterator[Pair]:
    """Yield the warps."""
    yield from _double_pairs()
    yield from _pillow_pairs()
    yield from _opencv_pairs()
    yield from _torch_pairs()
    yield from _torchvision_pairs()
