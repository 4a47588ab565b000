"""Colour, blur and exact moves beside other libraries."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from augspec_conformance.distances.bounds import (
    FLOAT32,
    GREY_2989,
    GREY_SHIFT,
    ROUNDED,
    TRUNCATED,
    WEIGHTS32,
    blur_weights_of_8_bits,
)
from augspec_conformance.distances.calls import opencv, tensorflow, torchvision
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import OPENCV, PILLOW, SCIPY, SKIMAGE, TENSORFLOW, TORCHVISION
from augspec_conformance.distances.pair import Array, Call, Library, Pair

__all__ = ["pairs"]

_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")
_FACTORS = (0.6, 1.7)
_SIGMA = 1.3
_RADIUS = math.ceil(3 * _SIGMA)
_SMALL = (51, 66)
"""Size of the central crop; its margins are uneven on one side."""


def _enhanced(name: str, factor: float) -> Call:
    def call(image: Array) -> Any:
        from PIL import Image, ImageEnhance

        return np.asarray(getattr(ImageEnhance, name)(Image.fromarray(image)).enhance(factor))

    return call


def _thrice(plane: Any) -> Array:
    return np.repeat(np.asarray(plane)[..., None], 3, -1)


def _pillow_colours() -> Iterator[Pair]:
    for factor in _FACTORS:
        names = {"brightness_scale": "Brightness", "contrast": "Contrast", "saturation": "Color"}
        reach = abs(1 - factor) * ROUNDED
        habits = {
            "brightness_scale": (TRUNCATED, "cut off to levels"),
            "contrast": (TRUNCATED + reach + GREY_SHIFT, "mean rounded to a level, result cut off"),
            "saturation": (TRUNCATED + reach + GREY_SHIFT, "grey rounded to levels, result cut off"),
        }
        for op, name in names.items():
            bound, why = habits[op]
            bound += abs(1 - factor) * (ROUNDED if op == "contrast" else 0.0)  # each pixel's grey, then their mean
            text = f"ImageEnhance.{name}"
            yield Pair(PILLOW, text, {"op": op, "factor": factor}, "uint8", _enhanced(name, factor), bound, why)

    def grey(image: Array) -> Any:
        from PIL import Image

        return _thrice(Image.fromarray(image).convert("L"))

    yield Pair(PILLOW, 'convert("L")', {"op": "grayscale"}, "uint8", grey, ROUNDED + GREY_SHIFT, "result rounded")


def _torchvision_colours() -> Iterator[Pair]:
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        for factor in _FACTORS:
            cut = TRUNCATED + FLOAT32 if whole else FLOAT32
            grey = abs(1 - factor) * (GREY_2989 + (TRUNCATED if whole else 0.0))
            text = "cut off to levels" if whole else "float32"
            also = "; red weighs 0.2989 in grey" + (", which is cut off as well" if whole else "")
            for op, name, bound, why in (
                ("brightness_scale", "adjust_brightness", cut, text),
                ("contrast", "adjust_contrast", cut + grey, text + also),
                ("saturation", "adjust_saturation", cut + grey, text + also),
            ):
                call = torchvision(lambda F, x, name=name, factor=factor: getattr(F, name)(x, factor))  # type: ignore[misc]
                yield Pair(TORCHVISION, f"functional.{name}", {"op": op, "factor": factor}, dtype, call, bound, why)
        bound = GREY_2989 + FLOAT32 + (TRUNCATED if whole else 0.0)
        why = "red weighs 0.2989" + ("; cut off to levels" if whole else "")
        call = torchvision(lambda F, x: F.rgb_to_grayscale(x, 3))
        yield Pair(TORCHVISION, "functional.rgb_to_grayscale", {"op": "grayscale"}, dtype, call, bound, why)


def _tensorflow_colours() -> Iterator[Pair]:
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        habit = (TRUNCATED if whole else 0.0) + FLOAT32
        why = "converted back as 255.5·x, cut off" if whole else "float32"
        for delta in (0.15, -0.2):
            call = tensorflow(lambda tf, x, delta=delta: tf.clip_by_value(  # type: ignore[misc]
                tf.image.adjust_brightness(x, delta), 0, 255 if x.dtype == tf.uint8 else 1))  # fmt: skip
            op: dict[str, Any] = {"op": "brightness_shift", "delta": delta}
            yield Pair(TENSORFLOW, "adjust_brightness", op, dtype, call, habit, why)
        for factor in _FACTORS:
            call = tensorflow(lambda tf, x, factor=factor: tf.clip_by_value(  # type: ignore[misc]
                tf.image.adjust_contrast(x, factor), 0, 255 if x.dtype == tf.uint8 else 1))  # fmt: skip
            op = {"op": "contrast", "factor": factor, "pivot": "channel_mean"}
            yield Pair(TENSORFLOW, "adjust_contrast", op, dtype, call, habit + WEIGHTS32, why)
        call = tensorflow(lambda tf, x: tf.image.grayscale_to_rgb(tf.image.rgb_to_grayscale(x)))
        bound, text = habit + GREY_2989, f"red weighs 0.2989; {why}"
        yield Pair(TENSORFLOW, "rgb_to_grayscale", {"op": "grayscale"}, dtype, call, bound, text)


def _opencv_colours() -> Iterator[Pair]:
    for dtype in _DTYPES:
        bound = ROUNDED + GREY_SHIFT if dtype == "uint8" else FLOAT32
        call = opencv(lambda cv2, image: _thrice(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)))
        why = "result rounded" if dtype == "uint8" else "float32"
        yield Pair(OPENCV, "cvtColor(RGB2GRAY)", {"op": "grayscale"}, dtype, call, bound, why)


def _blurs() -> Iterator[Pair]:
    op = {"op": "gaussian_blur", "sigma": _SIGMA}
    side = 2 * _RADIUS + 1
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        call = opencv(lambda cv2, image: cv2.GaussianBlur(
            image, (side, side), _SIGMA, borderType=cv2.BORDER_REFLECT_101))  # fmt: skip
        bound = blur_weights_of_8_bits(_SIGMA, _RADIUS) + ROUNDED if whole else WEIGHTS32
        why = "weights of 8 bits, result rounded" if whole else "weights in float32"
        yield Pair(OPENCV, f"GaussianBlur({side}×{side})", op, dtype, call, bound, why)
        call = torchvision(lambda F, x: F.gaussian_blur(x, [side, side], [_SIGMA, _SIGMA]))
        bound, why = WEIGHTS32 + (ROUNDED if whole else 0.0), "weights in float32" + (", rounded" if whole else "")
        yield Pair(TORCHVISION, "functional.gaussian_blur", op, dtype, call, bound, why)

    def scipy(image: Array) -> Any:
        from scipy import ndimage

        return ndimage.gaussian_filter(
            image.astype(np.float64), _SIGMA, mode="mirror", radius=(_RADIUS, _RADIUS, 0), axes=(0, 1, 2)
        )

    def skimage(image: Array) -> Any:
        from skimage import filters

        return filters.gaussian(
            image.astype(np.float64), _SIGMA, mode="mirror", truncate=_RADIUS / _SIGMA, channel_axis=-1
        )

    why = "they are given float32"
    yield Pair(SCIPY, "gaussian_filter", op, "float32", scipy, FLOAT32, why)
    yield Pair(SKIMAGE, "filters.gaussian", op, "float32", skimage, FLOAT32, why)


def _moves() -> Iterator[Pair]:
    def turned(name: str) -> Call:
        def call(image: Array) -> Any:
            from PIL import Image

            return np.asarray(Image.fromarray(image).transpose(Image.Transpose[name]))

        return call

    moves: tuple[tuple[str, Library, str, Call], ...] = (
        ("horizontal_flip", PILLOW, "transpose(FLIP_LEFT_RIGHT)", turned("FLIP_LEFT_RIGHT")),
        ("horizontal_flip", OPENCV, "flip(1)", opencv(lambda cv2, image: cv2.flip(image, 1))),
        ("horizontal_flip", TORCHVISION, "functional.hflip", torchvision(lambda F, x: F.hflip(x))),
        ("horizontal_flip", TENSORFLOW, "flip_left_right", tensorflow(lambda tf, x: tf.image.flip_left_right(x))),
        ("vertical_flip", PILLOW, "transpose(FLIP_TOP_BOTTOM)", turned("FLIP_TOP_BOTTOM")),
        ("vertical_flip", OPENCV, "flip(0)", opencv(lambda cv2, image: cv2.flip(image, 0))),
        ("vertical_flip", TORCHVISION, "functional.vflip", torchvision(lambda F, x: F.vflip(x))),
        ("vertical_flip", TENSORFLOW, "flip_up_down", tensorflow(lambda tf, x: tf.image.flip_up_down(x))),
    )
    for op, library, text, call in moves:
        yield Pair(library, text, {"op": op, "p": 1.0}, "uint8", call, 0.0, "none")
    even = (SIZE[0] - 50, SIZE[1] - 66)
    crop = torchvision(lambda F, x: F.center_crop(x, list(even)))
    cut = tensorflow(lambda tf, x: tf.image.resize_with_crop_or_pad(x, *_SMALL))
    text = "functional.center_crop, even margins"
    yield Pair(TORCHVISION, text, {"op": "center_crop", "size": list(even)}, "uint8", crop, 0.0, "none")
    text = "resize_with_crop_or_pad"
    yield Pair(TENSORFLOW, text, {"op": "center_crop", "size": list(_SMALL)}, "uint8", cut, 0.0, "none")


def _normalized() -> Iterator[Pair]:
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    op = {"op": "normalize", "mean": mean, "std": std}
    call = torchvision(lambda F, x: F.normalize(x, mean, std))
    yield Pair(TORCHVISION, "functional.normalize", op, "float32", call, FLOAT32 / min(std), "float32")


def pairs() -> Iterator[Pair]:
    """Yield colour, blur, moves and normalize."""
    yield from _pillow_colours()
    yield from _opencv_colours()
    yield from _torchvision_colours()
    yield from _tensorflow_colours()
    yield from _blurs()
    yield from _moves()
    yield from _normalized()
