"""Resizing beside other libraries: half-pixel centres, the triangle that widens when it shrinks, Keys' cubic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from augspec_conformance.distances.bounds import OVERSHOOT, POSITION32, ROUNDED, WEIGHTS11, WEIGHTS16, WEIGHTS32
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import OPENCV, PILLOW, TENSORFLOW, TORCH, TORCHVISION
from augspec_conformance.distances.pair import Array, Call, Pair, channels

__all__ = ["pairs"]

_SIZES = ((47, 90), (200, 171))
"""One that shrinks both sides, one that enlarges both: height and width."""

_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")
_TWICE = "rounded after each of the two axes"
_SINGLE = "positions and weights in float32"
_WINDOW = (15, 33, 80, 100)
"""Top, left, height and width of the crop that is resized."""


def _tensor(image: Array) -> Any:
    import torch

    return torch.from_numpy(np.moveaxis(image, -1, 0)[None])  # strides of channels last, as torch's uint8 road wants


def _image(tensor: Any) -> Array:
    return np.moveaxis(tensor[0].numpy(), 0, -1)


def _pillow(size: tuple[int, int], filter_: str, dtype: str, window: tuple[int, ...] | None = None) -> Call:
    def call(image: Array) -> Any:
        from PIL import Image

        picture = Image.fromarray(np.ascontiguousarray(image))
        if window is not None:
            top, left, height, width = window
            picture = picture.crop((left, top, left + width, top + height))
        return np.asarray(picture.resize(size[::-1], Image.Resampling[filter_]))

    return call if dtype == "uint8" else channels(call)


def _torch(size: tuple[int, int], mode: str, *, antialias: bool) -> Call:
    def call(image: Array) -> Any:
        from torch.nn import functional

        corners = None if mode == "nearest-exact" else False
        done = functional.interpolate(_tensor(image), size=size, mode=mode, align_corners=corners, antialias=antialias)
        return _image(done)

    return call


def _torchvision(size: tuple[int, int], window: tuple[int, int, int, int] | None = None) -> Call:
    def call(image: Array) -> Any:
        from torchvision.transforms import functional

        if window is not None:
            return _image(functional.resized_crop(_tensor(image), *window, list(size), antialias=True))
        return _image(functional.resize(_tensor(image), list(size), antialias=True))

    return call


def _tensorflow(size: tuple[int, int], method: str, *, antialias: bool) -> Call:
    def call(image: Array) -> Any:
        import tensorflow as tf

        return tf.image.resize(image, size, method=method, antialias=antialias).numpy()

    return call


def _opencv(size: tuple[int, int], flag: str) -> Call:
    def call(image: Array) -> Any:
        import cv2

        return cv2.resize(image, size[::-1], interpolation=getattr(cv2, flag))

    return call


_TIED = "pixels whose centre falls on the edge of two: theirs take either (C8 takes the later one)"


def _untied(size: tuple[int, int]) -> Any:
    """Return a function that tells which results of `nearest` have a centre inside one pixel."""

    def inside(height: int, width: int) -> Array:
        rows, columns = (
            (2 * np.arange(target) + 1) * side % (2 * target) != 0
            for side, target in zip((height, width), size, strict=True)
        )
        return np.asarray(rows[:, None] & columns[None, :])

    return inside


def _nearest(size: tuple[int, int]) -> Iterator[Pair]:
    op: dict[str, Any] = {"op": "resize", "size": list(size), "interpolation": "nearest"}
    exact = _torch(size, "nearest-exact", antialias=False)
    yield Pair(TORCH, "interpolate(nearest-exact)", op, "uint8", exact, 0.0, "none")
    calls = {
        "Image.resize(NEAREST)": (PILLOW, _pillow(size, "NEAREST", "uint8")),
        "resize(INTER_NEAREST_EXACT)": (OPENCV, _opencv(size, "INTER_NEAREST_EXACT")),
    }
    for text, (library, call) in calls.items():
        yield Pair(library, text, op, "uint8", call, 0.0, "none", inside=_untied(size), outside=_TIED)


def _antialiased(size: tuple[int, int]) -> Iterator[Pair]:
    op: dict[str, Any] = {"op": "resize", "size": list(size)}
    fast = _torch(size, "bilinear", antialias=True)
    calls = {
        "Image.resize(BILINEAR)": (PILLOW, _pillow(size, "BILINEAR", "uint8"), 0.0, "of 22 bits"),
        "interpolate(antialias=True)": (TORCH, fast, WEIGHTS16, "of 16 bits"),
    }
    for text, (library, call, weights, why) in calls.items():
        yield Pair(library, text, op, "uint8", call, 2 * ROUNDED + weights + WEIGHTS32, f"{_TWICE}, weights {why}")
    call = _torchvision(size)
    bound = ROUNDED + POSITION32 + WEIGHTS32
    yield Pair(TORCHVISION, "functional.resize(antialias=True)", op, "uint8", call, bound, f"{_SINGLE}, rounded once")
    call = _pillow(size, "BILINEAR", "float32")
    yield Pair(PILLOW, "Image.resize(BILINEAR)", op, "float32", call, WEIGHTS32, "result in float32")
    singles = {
        "interpolate(antialias=True)": (TORCH, fast),
        "functional.resize(antialias=True)": (TORCHVISION, _torchvision(size)),
        "resize(antialias=True)": (TENSORFLOW, _tensorflow(size, "bilinear", antialias=True)),
    }
    for text, (library, call) in singles.items():
        yield Pair(library, text, op, "float32", call, POSITION32 + WEIGHTS32, _SINGLE)


def _aliased(size: tuple[int, int]) -> Iterator[Pair]:
    op: dict[str, Any] = {"op": "resize", "size": list(size), "antialias": False}
    call = _opencv(size, "INTER_LINEAR")
    why = "weights of 11 bits, sums cut off to quarters of a level, result rounded"
    yield Pair(OPENCV, "resize(INTER_LINEAR)", op, "uint8", call, ROUNDED + WEIGHTS11, why)
    yield Pair(OPENCV, "resize(INTER_LINEAR)", op, "float32", call, WEIGHTS32, "weights in float32")
    singles = {
        "interpolate(antialias=False)": (TORCH, _torch(size, "bilinear", antialias=False)),
        "resize(antialias=False)": (TENSORFLOW, _tensorflow(size, "bilinear", antialias=False)),
    }
    for text, (library, call) in singles.items():
        yield Pair(library, text, op, "float32", call, POSITION32 + WEIGHTS32, _SINGLE)


def _crops() -> Iterator[Pair]:
    size = (64, 64)
    top, left, height, width = _WINDOW
    op = {"op": "random_resized_crop", "size": list(size), "area": 0.5, "ratio": 1.0}
    rows, columns = SIZE[0] - height + 1, SIZE[1] - width + 1
    values = {
        "area": [height * width / (SIZE[0] * SIZE[1])] * 10,
        "ratio": [width / height] * 10,
        "top": (top + 0.5) / rows,
        "left": (left + 0.5) / columns,
    }
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        call = _pillow(size, "BILINEAR", dtype, _WINDOW)
        bound = (2 * ROUNDED if whole else 0.0) + WEIGHTS32
        why = f"{_TWICE}, weights of 22 bits" if whole else "result in float32"
        yield Pair(PILLOW, "crop().resize(BILINEAR)", op, dtype, call, bound, why, values)
        bound = (ROUNDED if whole else 0.0) + POSITION32 + WEIGHTS32
        why = f"{_SINGLE}, rounded once" if whole else _SINGLE
        call = _torchvision(size, _WINDOW)
        yield Pair(TORCHVISION, "functional.resized_crop", op, dtype, call, bound, why, values)


# Bicubic with a = −1/2 is a warp of ours and a resize of theirs: twice as large on a canvas twice as large, of which
# our canvas is the middle.


def _middle(image: Array) -> Array:
    (height, width), (h, w) = image.shape[:2], SIZE
    return image[(height - h) // 2 : (height + h) // 2, (width - w) // 2 : (width + w) // 2]


def _cubics() -> Iterator[Pair]:
    op = {"op": "scale", "factor": 2.0, "interpolation": "bicubic"}
    size = (2 * SIZE[0], 2 * SIZE[1])
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        theirs: dict[str, tuple[Any, str, Call]] = {
            "pillow": (PILLOW, "Image.resize(BICUBIC)", _pillow(size, "BICUBIC", dtype)),
            "torch": (TORCH, "interpolate(bicubic, antialias=True)", _torch(size, "bicubic", antialias=True)),
        }
        if not whole:
            call = _tensorflow(size, "bicubic", antialias=False)
            theirs["tensorflow"] = (TENSORFLOW, "resize(bicubic)", call)
        for name, (library, text, call) in theirs.items():
            bound, why = WEIGHTS32, "weights and result in float32"
            if whole:
                # A rounding of the first axis reaches the result with weights of 1 + 2 · 3/32 in magnitude.
                bound += ROUNDED * (2 + 2 * 3 / 32) + OVERSHOOT + (WEIGHTS16 if name == "torch" else 0.0)
                why = f"{_TWICE} and clamped as well: what overshoots is lost in between"

            def cut(image: Array, call: Call = call) -> Array:
                return _middle(np.clip(call(image), 0, 255 if image.dtype == np.uint8 else 1))

            yield Pair(library, text, op, dtype, cut, bound, why)


def pairs() -> Iterator[Pair]:
    """Yield resizing, crops that resize, and bicubic."""
    for size in _SIZES:
        yield from _antialiased(size)
        yield from _aliased(size)
        yield from _nearest(size)
    yield from _crops()
    yield from _cubics()
