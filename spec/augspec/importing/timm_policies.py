"""What timm's names stand for: sets of ops for `rand`, and pairs of (op, probability, magnitude) for the others.

The pairs of `original` are those of E. Cubuk et al., AutoAugment, 2018 (ImageNet); those of `v0` come from the TPU code
of EfficientNet; `3a` is H. Touvron et al., DeiT III, 2022. In `originalr` and `v0r` posterizing gets stronger.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MIXED", "POLICIES", "SETS", "WEIGHTED"]

Pair = tuple[tuple[str, float, float], ...]

_INCREASING = ("Posterize", "Solarize", "Color", "Contrast", "Brightness", "Sharpness")
_PLAIN = (
    "AutoContrast",
    "Equalize",
    "Invert",
    "Rotate",
    "Posterize",
    "Solarize",
    "SolarizeAdd",
    "Color",
    "Contrast",
    "Brightness",
    "Sharpness",
    "ShearX",
    "ShearY",
    "TranslateXRel",
    "TranslateYRel",
)

_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "weights": {
        "Rotate": 3,
        "ShearX": 2,
        "ShearY": 2,
        "TranslateXRel": 1,
        "TranslateYRel": 1,
        "ColorIncreasing": 0.25,
        "SharpnessIncreasing": 0.25,
        "AutoContrast": 0.25,
        "SolarizeIncreasing": 0.05,
        "SolarizeAdd": 0.05,
        "ContrastIncreasing": 0.05,
        "BrightnessIncreasing": 0.05,
        "Equalize": 0.05,
        "PosterizeIncreasing": 0.05,
        "Invert": 0.05,
    },
    "3aw": {
        "SolarizeIncreasing": 6,
        "Desaturate": 6,
        "GaussianBlur": 6,
        "Rotate": 3,
        "ShearX": 2,
        "ShearY": 2,
        "PosterizeIncreasing": 1,
        "AutoContrast": 1,
        "ColorIncreasing": 1,
        "SharpnessIncreasing": 1,
        "ContrastIncreasing": 1,
        "BrightnessIncreasing": 1,
        "Equalize": 1,
        "Invert": 1,
    },
}

SETS: Mapping[str, tuple[str, ...]] = {
    "plain": _PLAIN,
    "increasing": tuple(f"{name}Increasing" if name in _INCREASING else name for name in _PLAIN),
    "3a": ("SolarizeIncreasing", "Desaturate", "GaussianBlur"),
    **{name: tuple(weights) for name, weights in _WEIGHTS.items()},
}
"""Ops by the name of a set."""

MIXED: tuple[str, ...] = (
    "AutoContrast",
    *(f"{name}Increasing" for name in ("Color", "Contrast", "Brightness", "Sharpness")),
    "Equalize",
    "Rotate",
    "PosterizeIncreasing",
    "SolarizeIncreasing",
    "ShearX",
    "ShearY",
    "TranslateXRel",
    "TranslateYRel",
)
"""Ops of `augmix`; the first blends are timm's own."""

WEIGHTED: Mapping[str, tuple[float, ...]] = {name: tuple(weights.values()) for name, weights in _WEIGHTS.items()}
"""Weights of a set's ops, for those that have any."""


def _pairs(text: str) -> tuple[Pair, ...]:
    """Read lines of "op probability magnitude, op probability magnitude"."""
    return tuple(
        tuple((op, float(p), float(level)) for op, p, level in (part.split() for part in line.split(",")))
        for line in text.strip().splitlines()
    )


def _replaced(pairs: tuple[Pair, ...], old: str, new: str) -> tuple[Pair, ...]:
    return tuple(tuple((new if op == old else op, p, level) for op, p, level in pair) for pair in pairs)


_V0 = _pairs("""
Equalize 0.8 1, ShearY 0.8 4
Color 0.4 9, Equalize 0.6 3
Color 0.4 1, Rotate 0.6 8
Solarize 0.8 3, Equalize 0.4 7
Solarize 0.4 2, Solarize 0.6 2
Color 0.2 0, Equalize 0.8 8
Equalize 0.4 8, SolarizeAdd 0.8 3
ShearX 0.2 9, Rotate 0.6 8
Color 0.6 1, Equalize 1.0 2
Invert 0.4 9, Rotate 0.6 0
Equalize 1.0 9, ShearY 0.6 3
Color 0.4 7, Equalize 0.6 0
Posterize 0.4 6, AutoContrast 0.4 7
Solarize 0.6 8, Color 0.6 9
Solarize 0.2 4, Rotate 0.8 9
Rotate 1.0 7, TranslateYRel 0.8 9
ShearX 0.0 0, Solarize 0.8 4
ShearY 0.8 0, Color 0.6 4
Color 1.0 0, Rotate 0.6 2
Equalize 0.8 4, Equalize 0.0 8
Equalize 1.0 4, AutoContrast 0.6 2
ShearY 0.4 7, SolarizeAdd 0.6 7
Posterize 0.8 2, Solarize 0.6 10
Solarize 0.6 8, Equalize 0.6 1
Color 0.8 6, Rotate 0.4 5
""")

_ORIGINAL = _pairs("""
PosterizeOriginal 0.4 8, Rotate 0.6 9
Solarize 0.6 5, AutoContrast 0.6 5
Equalize 0.8 8, Equalize 0.6 3
PosterizeOriginal 0.6 7, PosterizeOriginal 0.6 6
Equalize 0.4 7, Solarize 0.2 4
Equalize 0.4 4, Rotate 0.8 8
Solarize 0.6 3, Equalize 0.6 7
PosterizeOriginal 0.8 5, Equalize 1.0 2
Rotate 0.2 3, Solarize 0.6 8
Equalize 0.6 8, PosterizeOriginal 0.4 6
Rotate 0.8 8, Color 0.4 0
Rotate 0.4 9, Equalize 0.6 2
Equalize 0.0 7, Equalize 0.8 8
Invert 0.6 4, Equalize 1.0 8
Color 0.6 4, Contrast 1.0 8
Rotate 0.8 8, Color 1.0 2
Color 0.8 8, Solarize 0.8 7
Sharpness 0.4 7, Invert 0.6 8
ShearX 0.6 5, Equalize 1.0 9
Color 0.4 0, Equalize 0.6 3
Equalize 0.4 7, Solarize 0.2 4
Solarize 0.6 5, AutoContrast 0.6 5
Invert 0.6 4, Equalize 1.0 8
Color 0.6 4, Contrast 1.0 8
Equalize 0.8 8, Equalize 0.6 3
""")

POLICIES: Mapping[str, tuple[Pair, ...]] = {
    "v0": _V0,
    "v0r": _replaced(_V0, "Posterize", "PosterizeIncreasing"),
    "original": _ORIGINAL,
    "originalr": _replaced(_ORIGINAL, "PosterizeOriginal", "PosterizeIncreasing"),
    "3a": _pairs("""
Solarize 1.0 5
Desaturate 1.0 10
GaussianBlurRand 1.0 10
"""),
}
"""Pairs by name."""
