"""Tones, tints and histograms beside other libraries: what maps a pixel by itself, or by the whole image's counts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from augspec_conformance.distances.bounds import FLOAT32, HUE32, POWER32, ROUNDED, TRUNCATED, WEIGHTS10
from augspec_conformance.distances.calls import albumentations, kornia, opencv, pillow, tensorflow, torchvision
from augspec_conformance.distances.libraries import (
    ALBUMENTATIONS,
    KORNIA,
    OPENCV,
    PILLOW,
    SKIMAGE,
    TENSORFLOW,
    TORCHVISION,
)
from augspec_conformance.distances.pair import Array, Call, Library, Pair, channels

__all__ = ["pairs"]

_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")
_TURNS = (0.1, -0.3)
_SATURATIONS = (0.4, 1.8)
_GAMMAS = (0.6, 1.7)
_BITS = (3, 5)
_SHARES = (0.05, 0.02)
_SHIFT: dict[str, Any] = {"op": "rgb_shift", "red": 0.2, "green": -0.2, "blue": 0.4}
_CURVE = {"op": "tone_curve", "shadows": 0.2, "highlights": 0.9}
_CUT = "converted back as 255.999·x, cut off"
_CUT_HALF = "converted back as 255.5·x, cut off"
_TINY = 255 * 1e-6 / 0.88
"""What 1e-6 beside a span changes, for the narrower of the images."""


def _hues() -> Iterator[Pair]:
    for turns in _TURNS:
        op = {"op": "hue", "turns": turns}
        for dtype in _DTYPES:
            whole = dtype == "uint8"
            bound = HUE32 + (TRUNCATED if whole else 0.0)
            call = torchvision(lambda F, x, turns=turns: F.adjust_hue(x, turns))  # type: ignore[misc]
            yield Pair(TORCHVISION, "functional.adjust_hue", op, dtype, call, bound, _CUT if whole else "float32")
            call = tensorflow(lambda tf, x, turns=turns: tf.image.adjust_hue(x, turns))  # type: ignore[misc]
            yield Pair(TENSORFLOW, "adjust_hue", op, dtype, call, bound, _CUT_HALF if whole else "float32")
        call = kornia(lambda K, x, turns=turns: K.enhance.adjust_hue(x, 2 * math.pi * turns))  # type: ignore[misc]
        yield Pair(KORNIA, "enhance.adjust_hue", op, "float32", call, HUE32, "float32")
        call = albumentations(
            lambda A, turns=turns: A.ColorJitter((1, 1), (1, 1), (1, 1), (turns, turns), p=1)  # type: ignore[misc]
        )
        yield Pair(ALBUMENTATIONS, "ColorJitter(hue)", op, "float32", call, HUE32, "float32")


def _saturations() -> Iterator[Pair]:
    for factor in _SATURATIONS:
        op = {"op": "saturation", "factor": factor, "space": "hsv"}
        for dtype in _DTYPES:
            whole = dtype == "uint8"
            call = tensorflow(lambda tf, x, f=factor: tf.image.adjust_saturation(x, f))  # type: ignore[misc]
            bound = HUE32 + (TRUNCATED if whole else 0.0)
            yield Pair(TENSORFLOW, "adjust_saturation", op, dtype, call, bound, _CUT_HALF if whole else "float32")
        call = kornia(lambda K, x, f=factor: K.enhance.adjust_saturation(x, f))  # type: ignore[misc]
        yield Pair(KORNIA, "enhance.adjust_saturation", op, "float32", call, HUE32, "float32")


def _gammas() -> Iterator[Pair]:
    def skimage(image: Array, gamma: float) -> Any:
        from skimage import exposure

        return exposure.adjust_gamma(image.astype(np.float64), gamma)

    for gamma in _GAMMAS:
        op = {"op": "gamma", "gamma": gamma}
        for dtype in _DTYPES:
            whole = dtype == "uint8"
            bound = POWER32 + (TRUNCATED if whole else 0.0)
            call = torchvision(lambda F, x, gamma=gamma: F.adjust_gamma(x, gamma))  # type: ignore[misc]
            yield Pair(TORCHVISION, "functional.adjust_gamma", op, dtype, call, bound, _CUT if whole else "float32")
            call = tensorflow(lambda tf, x, gamma=gamma: tf.image.adjust_gamma(x, gamma))  # type: ignore[misc]
            yield Pair(TENSORFLOW, "adjust_gamma", op, dtype, call, bound, _CUT_HALF if whole else "float32")
            call = albumentations(lambda A, gamma=gamma: A.RandomGamma((100 * gamma, 100 * gamma), p=1))  # type: ignore[misc]
            why = "table cut off to levels" if whole else "float32"
            yield Pair(ALBUMENTATIONS, "RandomGamma()", op, dtype, call, bound, why)
        call = kornia(lambda K, x, gamma=gamma: K.enhance.adjust_gamma(x, gamma))  # type: ignore[misc]
        yield Pair(KORNIA, "enhance.adjust_gamma", op, "float32", call, POWER32, "float32")
        yield Pair(
            SKIMAGE,
            "exposure.adjust_gamma",
            op,
            "float32",
            lambda image, gamma=gamma: skimage(image, gamma),  # type: ignore[misc]
            POWER32,
            "they are given float32",
        )


def _integers() -> Iterator[Pair]:
    """Yield what is exact on levels: all these give integers, and none may be off."""
    exact: list[tuple[Library, str, dict[str, Any], Call]] = [
        (PILLOW, "ImageOps.invert", {"op": "invert"}, pillow(lambda im: _ops().invert(im))),
        (OPENCV, "bitwise_not", {"op": "invert"}, opencv(lambda cv2, x: cv2.bitwise_not(x))),
        (TORCHVISION, "functional.invert", {"op": "invert"}, torchvision(lambda F, x: F.invert(x))),
        (ALBUMENTATIONS, "InvertImg()", {"op": "invert"}, albumentations(lambda A: A.InvertImg(p=1))),
    ]
    for bits in _BITS:
        op = {"op": "posterize", "bits": bits}
        exact += [
            (PILLOW, "ImageOps.posterize", op, pillow(lambda im, bits=bits: _ops().posterize(im, bits))),  # type: ignore[misc]
            (TORCHVISION, "functional.posterize", op, torchvision(lambda F, x, bits=bits: F.posterize(x, bits))),  # type: ignore[misc]
            (ALBUMENTATIONS, "Posterize()", op, albumentations(lambda A, bits=bits: A.Posterize((bits, bits), p=1))),  # type: ignore[misc]
        ]
    op = {"op": "solarize", "threshold": 0.6}
    exact += [
        (PILLOW, "ImageOps.solarize", op, pillow(lambda im: _ops().solarize(im, 153))),
        (TORCHVISION, "functional.solarize", op, torchvision(lambda F, x: F.solarize(x, 153))),
        (ALBUMENTATIONS, "Solarize()", op, albumentations(lambda A: A.Solarize((0.6, 0.6), p=1))),
    ]
    op = {"op": "equalize"}
    exact += [
        (PILLOW, "ImageOps.equalize", op, pillow(lambda im: _ops().equalize(im))),
        (TORCHVISION, "functional.equalize", op, torchvision(lambda F, x: F.equalize(x))),
    ]
    op = {"op": "equalize", "method": "opencv"}
    exact += [
        (OPENCV, "equalizeHist by channel", op, channels(opencv(lambda cv2, x: cv2.equalizeHist(x)))),
        (ALBUMENTATIONS, 'Equalize(mode="cv")', op, albumentations(lambda A: A.Equalize(mode="cv", p=1))),
    ]
    for library, text, op, call in exact:
        yield Pair(library, text, op, "uint8", call, 0.0, "none")
    floats: dict[str, tuple[dict[str, Any], Call]] = {
        "enhance.invert": ({"op": "invert"}, kornia(lambda K, x: K.enhance.invert(x))),
        "enhance.equalize": ({"op": "equalize"}, kornia(lambda K, x: K.enhance.equalize(x))),
        "enhance.solarize": (
            {"op": "solarize", "threshold": 0.5},
            kornia(lambda K, x: K.enhance.solarize(x, 0.5)),
        ),
    }
    for text, (op, call) in floats.items():
        yield Pair(KORNIA, text, op, "float32", call, FLOAT32, "they are given float32")


def _ops() -> Any:
    from PIL import ImageOps

    return ImageOps


def _stretches() -> Iterator[Pair]:
    for cutoff in (0.0, *_SHARES):
        op = {"op": "autocontrast", **({"cutoff": cutoff} if cutoff else {})}
        call = pillow(lambda im, cutoff=cutoff: _ops().autocontrast(im, 100 * cutoff))  # type: ignore[misc]
        yield Pair(PILLOW, "ImageOps.autocontrast", op, "uint8", call, TRUNCATED, "table cut off to levels")
    op = {"op": "autocontrast"}
    for dtype in _DTYPES:
        call = torchvision(lambda F, x: F.autocontrast(x))
        whole = dtype == "uint8"
        bound, why = (TRUNCATED + FLOAT32, "cut off to levels") if whole else (2 * FLOAT32, "float32")
        yield Pair(TORCHVISION, "functional.autocontrast", op, dtype, call, bound, why)
    call = kornia(lambda K, x: K.enhance.normalize_min_max(x))
    yield Pair(
        KORNIA, "enhance.normalize_min_max", op, "float32", call, 2 * FLOAT32 + _TINY, "1e-6 is added to the span"
    )
    for tiles in ([8, 8], [7, 9]):
        clahe = {"op": "clahe", "clip": 2.5, "tiles": tiles}
        call = channels(
            opencv(lambda cv2, x, tiles=tiles: cv2.createCLAHE(2.5, tuple(tiles[::-1])).apply(x))  # type: ignore[misc]
        )
        why = "halves in a table rounded to even: a level; blended in float32, result rounded"
        yield Pair(OPENCV, "createCLAHE by channel", clahe, "uint8", call, 1.0 + ROUNDED + FLOAT32, why)


def _tints() -> Iterator[Pair]:
    levels = tuple(round(255 * float(_SHIFT[name])) for name in ("red", "green", "blue"))
    call = albumentations(lambda A: A.RGBShift(*((level, level) for level in levels), p=1))
    yield Pair(ALBUMENTATIONS, "RGBShift()", _SHIFT, "uint8", call, 0.0, "none")

    def shifted(K: Any, image: Any) -> Any:
        import torch

        return K.enhance.shift_rgb(image, *(torch.tensor([_SHIFT[name]]) for name in ("red", "green", "blue")))

    yield Pair(KORNIA, "enhance.shift_rgb", _SHIFT, "float32", kornia(shifted), FLOAT32, "float32")
    for dtype in _DTYPES:
        whole = dtype == "uint8"
        call = albumentations(lambda A: A.ToSepia(p=1))
        bound, why = (ROUNDED + WEIGHTS10, "weights of 10 bits, result rounded") if whole else (FLOAT32, "float32")
        yield Pair(ALBUMENTATIONS, "ToSepia()", {"op": "sepia"}, dtype, call, bound, why)
    call = kornia(lambda K, x: K.color.sepia_from_rgb(x, rescale=False).clamp(0, 1))
    yield Pair(KORNIA, "color.sepia_from_rgb, clamped", {"op": "sepia"}, "float32", call, FLOAT32, "float32")

    def curved(image: Array) -> Any:
        from albumentations.augmentations.pixel import functional

        return functional.move_tone_curve(image, _CURVE["shadows"], _CURVE["highlights"])

    text = "functional.move_tone_curve"
    yield Pair(ALBUMENTATIONS, text, _CURVE, "uint8", curved, ROUNDED + FLOAT32, "table rounded to levels")


def pairs() -> Iterator[Pair]:
    """Yield hue, saturation, powers, levels, histograms and tints."""
    yield from _hues()
    yield from _saturations()
    yield from _gammas()
    yield from _integers()
    yield from _stretches()
    yield from _tints()
