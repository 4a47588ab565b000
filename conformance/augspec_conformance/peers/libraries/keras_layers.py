"""Keras's image preprocessing layers, with what their docstrings say of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from augspec_conformance.peers.peer import Transform

__all__ = ["layers"]

_ALL = ("mask", "boxes")
_BOTH = ("float32", "uint8")
_CLAHE = "ContrastLimitedAdaptiveHistogramEqualization"


def _harder(before: Any, after: Any) -> float:
    """Tell whether contrast was raised."""
    return float(np.sign(np.std(after) - np.std(before)))


def _contrast(before: Any, after: Any) -> float:
    """Measure the factor of contrast."""
    return float(np.std(after) / np.std(before))


def _slimness(before: Any, after: Any) -> float:
    """Measure width / height of the rectangle that was changed."""
    rows, columns = np.nonzero(np.abs(after - before).max(-1) > 1e-3)
    return float((np.ptp(columns) + 1) / (np.ptp(rows) + 1))


def _brighter(before: Any, after: Any) -> float:
    return float(np.sign(np.mean(after) - np.mean(before)))


def _make(name: str, **given: Any) -> Callable[..., Any]:
    def build(**options: Any) -> Any:
        from keras import layers as all_layers

        return getattr(all_layers, name)(**given, **options)

    return build


def _one(name: str, claims: str = "", *, written: str = "", **more: Any) -> Transform:
    """Describe a layer; `given` are its arguments, all else describes it."""
    given = more.pop("given", {})
    text = written or ", ".join(f"{key}={value!r}" for key, value in given.items())
    options: dict[str, Any] = {
        key: more.pop(key)
        for key in (
            "twin",
            "format",
            "size",
            "seedless",
            "shape",
            "mask",
            "bounds",
            "measure",
            "sigma",
            "twin_range",
            "level",
            "example",
        )
        if key in more
    }
    words = frozenset(claims.split())
    return Transform(
        name=f"{name}({text})",
        build=_make(name, **given),
        claims=words,
        options=options,
        **{"dtypes": ("float32",), **more},
    )


def _ranged(name: str, claims: str = "", *, given: dict[str, Any] | None = None, **more: Any) -> Transform:
    """Describe a layer with a `value_range`; its twin has [0, 1]."""
    given = given or {}
    twin = _one(name, given={**given, "value_range": (0, 1)}, **{k: v for k, v in more.items() if k == "seedless"})
    return _one(name, f"range {claims}", given=given, twin=twin, **more)


def layers() -> tuple[Transform, ...]:
    """Return the layers that are asked."""
    return (*_geometric(), *_photometric(), *_mixing())


def _geometric() -> tuple[Transform, ...]:
    constant = {"fill_mode": "constant"}
    turn = {"factor": (0.1, 0.1)}
    return (
        _one("RandomFlip", "moves random idle", given={"mode": "horizontal"}, probability=0.5, targets=_ALL),
        _one("RandomFlip", "moves random idle", given={"mode": "vertical"}, probability=0.5, targets=_ALL),
        _one(
            "RandomFlip",
            "moves",
            given={"mode": "vertical"},
            format="rel_xyxy",
            targets=_ALL,
            written="mode='vertical', rel_xyxy",
        ),
        _one("RandomRotation", "fixed compiled", given={**turn, **constant}, targets=_ALL),
        _one("RandomRotation", "fixed neutral dtypes", given={"factor": 0.0}, targets=("mask",), dtypes=_BOTH),
        _one(
            "RandomRotation",
            "fixed",
            given={**turn, **constant},
            format="rel_xyxy",
            targets=_ALL,
            written="factor=(0.1, 0.1), rel_xyxy",
        ),
        _one("RandomRotation", "constant random idle range", given={"factor": 0.2}, targets=("mask",)),
        _one(
            "RandomTranslation",
            "fixed compiled dtypes",
            given={"height_factor": (0.2, 0.2), "width_factor": (-0.1, -0.1), **constant},
            targets=_ALL,
            dtypes=_BOTH,
        ),
        _one(
            "RandomTranslation",
            "constant random idle range",
            given={"height_factor": 0.3, "width_factor": 0.2},
            targets=("mask",),
        ),
        _one(
            "RandomZoom",
            "fixed compiled dtypes",
            given={"height_factor": (0.3, 0.3), **constant},
            targets=_ALL,
            dtypes=_BOTH,
        ),
        _one(
            "RandomZoom",
            "fixed",
            given={"height_factor": (0.3, 0.3), **constant},
            format="center_xywh",
            written="height_factor=(0.3, 0.3), center_xywh",
            targets=("boxes",),
        ),
        _one("RandomZoom", "constant random idle range", given={"height_factor": 0.3}, targets=("mask",)),
        _one(
            "RandomTranslation",
            "fixed",
            given={"height_factor": (0.2, 0.2), "width_factor": (-0.1, -0.1), **constant},
            format="rel_yxyx",
            written="(0.2, 0.2), (-0.1, -0.1), rel_yxyx",
            targets=("boxes",),
        ),
        _one("RandomShear", "random", given={"x_factor": 0.3, **constant}, targets=_ALL),
        _one("RandomShear", "random", given={"x_factor": (0.3, 0.3), "y_factor": (0.2, 0.2), **constant}, targets=_ALL),
        _one("RandomShear", "fixed compiled", given={"x_factor": (0.3, 0.3), **constant}),
        _one("RandomPerspective", "random", given={"factor": 1.0, "scale": 0.3}, probability=1.0, targets=_ALL),
        _one(
            "RandomPerspective",
            "random",
            given={"factor": (1.0, 1.0), "scale": 0.3},
            format="rel_xyxy",
            targets=_ALL,
            written="factor=(1.0, 1.0), scale=0.3, rel_xyxy",
        ),
        _ranged(
            "RandomElasticTransform", "random", given={"factor": 1.0, "scale": 0.7}, probability=1.0, targets=("mask",)
        ),
        _one(
            "RandomElasticTransform",
            "random",
            given={"factor": (1.0, 1.0), "scale": 0.7, "fill_mode": "constant"},
            written="factor=(1.0, 1.0), scale=0.7, float masks",
            mask="float32",
            targets=("mask",),
        ),
        _one("RandomRotation", "fixed constant compiled", given={**turn, **constant, "fill_value": 255.0}, level=1.0),
        _one("RandomShear", "random constant", given={"x_factor": 0.3, **constant, "fill_value": 255.0}, level=1.0),
        _one("RandomPerspective", "random constant", given={"factor": (1.0, 1.0), "fill_value": 255.0}, level=1.0),
        _one(
            "RandomElasticTransform",
            "random",
            given={"factor": (1.0, 1.0), "scale": 0.7},
            written="factor=(1.0, 1.0), scale=0.7, with boxes",
            targets=("boxes",),
        ),
        _one(
            "RandomFlip", written="as in its example: NumPy arrays, and a tensor of labels", example=True, targets=_ALL
        ),
        _one(
            "RandomCrop",
            given={"height": 14, "width": 11},
            written="14, 11, as in its example: NumPy arrays, and a tensor of labels",
            example=True,
            targets=_ALL,
        ),
        _one("RandomCrop", "moves random", given={"height": 14, "width": 11}, size=(14, 11), targets=_ALL),
        _one("RandomCrop", "moves random", given={"height": 24, "width": 11}, size=(24, 11), targets=("mask",)),
        _one("RandomCrop", "idle", given={"height": 9, "width": 11}, size=(9, 11), targets=()),
        _one(
            "CenterCrop",
            "moves fixed compiled active",
            given={"height": 14, "width": 11},
            size=(14, 11),
            targets=_ALL,
            seedless=True,
        ),
        _one(
            "Resizing",
            "fixed compiled active constant range",
            given={"height": 30, "width": 17},
            size=(30, 17),
            targets=_ALL,
            seedless=True,
        ),
    )


def _photometric() -> tuple[Transform, ...]:
    sure = {"factor": (1.0, 1.0)}
    return (
        _ranged("RandomBrightness", "random idle", given={"factor": 0.3}, side=_brighter),
        _ranged("RandomBrightness", "fixed compiled", given={"factor": (0.2, 0.2)}),
        _one(
            "RandomBrightness",
            "fixed dtypes",
            given={"factor": (0.2, 0.2)},
            written="factor=(0.2, 0.2), uint8 as well",
            dtypes=_BOTH,
        ),
        _ranged("RandomBrightness", "fixed neutral", given={"factor": 0.0}),
        _ranged("RandomContrast", "random idle constant", given={"factor": 0.5}, side=_harder),
        _ranged("RandomContrast", "random", given={"factor": (0.5, 0.01)}),
        _ranged("RandomContrast", "fixed neutral", given={"factor": 0.0}),
        _ranged("RandomContrast", "random", given={"factor": (0.9, 0.1)}, bounds=(0.1, 1.1), measure=_contrast),
        _ranged("RandomSaturation", "fixed neutral grey compiled", given={"factor": (0.5, 0.5)}),
        _ranged("RandomSaturation", "fixed grey compiled", given={"factor": (0.8, 0.8)}),
        _ranged("RandomSaturation", "random idle", given={"factor": 0.9}),
        _ranged("RandomHue", "fixed compiled grey", given={"factor": (0.5, 0.5)}),
        _ranged("RandomHue", "fixed neutral", given={"factor": 0.0}),
        _ranged("RandomHue", "random idle", given={"factor": 0.5}),
        _ranged("RandomSharpness", "fixed neutral compiled", given={"factor": (0.5, 0.5)}),
        _ranged("RandomSharpness", "fixed constant compiled", given={"factor": (0.9, 0.9)}),
        _ranged("RandomSharpness", "fixed constant", given={"factor": (0.0, 0.0)}),
        _ranged("RandomColorDegeneration", "fixed compiled", given={"factor": (0.5, 0.5)}),
        _ranged("RandomColorDegeneration", "fixed neutral", given={"factor": 0.0}),
        _ranged(
            "RandomColorJitter",
            "fixed compiled",
            given={"brightness_factor": (0.1, 0.1), "saturation_factor": (0.3, 0.3)},
        ),
        _ranged("RandomColorJitter", "random", given={"brightness_factor": 0.3, "contrast_factor": 0.3}),
        _one("RandomGrayscale", "range random grey", given={"factor": 0.5}, probability=0.5, shape=(4, 8, 6, 3)),
        _one("RandomGrayscale", "range fixed compiled", given={"factor": 1.0}, probability=1.0),
        _one(
            "RandomGrayscale",
            "range random",
            given={"factor": 0.5},
            written="factor=0.5, with masks",
            targets=("mask",),
        ),
        _ranged("RandomInvert", "random", given={"factor": (0.5, 0.5)}, probability=0.5),
        _ranged("RandomInvert", "fixed twice compiled", given=sure, probability=1.0),
        _one(
            "RandomInvert",
            "fixed",
            given=sure,
            written="factor=(1.0, 1.0), value_range=(-1, 1)",
            twin=_one("RandomInvert", given={**sure, "value_range": (-1, 1)}),
            twin_range=(-1.0, 1.0),
        ),
        _ranged("RandomPosterization", "fixed compiled", given={"factor": 4}),
        _ranged("Solarization", "fixed compiled", given={"threshold_factor": (0.5, 0.5)}),
        _ranged("Solarization", "fixed compiled twice", given={}),
        _ranged("RandomErasing", "random", given={"factor": 1.0}, probability=1.0),
        _ranged("RandomErasing", "random", given={"factor": (0.5, 0.5)}, probability=0.5),
        _one(
            "RandomErasing",
            "random",
            given={"factor": (1.0, 1.0), "scale": (0.5, 0.5), "fill_value": 255.0},
            bounds=(0.4, 0.6),
            measure=_slimness,
        ),
        _ranged("RandomGaussianBlur", "fixed constant compiled", given={"factor": (1.0, 1.0), "sigma": (0.9, 0.9)}),
        _one(
            "RandomGaussianBlur",
            "fixed",
            given={"factor": (1.0, 1.0), "kernel_size": 7, "sigma": (1.0, 1.0)},
            sigma=1,
        ),
        _ranged("RandomGaussianBlur", "random per-sample", given={"factor": (1.0, 1.0), "sigma": (0.1, 1.0)}),
        _ranged("AutoContrast", "fixed active compiled constant", given={}, seedless=True),
        _ranged("Equalization", "fixed active compiled constant", given={}, seedless=True),
        _ranged(_CLAHE, "fixed", given={"tile_grid_size": (2, 2)}, seedless=True),
        _ranged("RandAugment", "random idle recolours", given={"factor": 0.3}, targets=_ALL, mask="float32"),
        _ranged("AugMix", "random", given={"factor": 0.3}),
        _one(
            "AugMix",
            "random recolours",
            given={"factor": 0.3},
            written="factor=0.3, with masks",
            mask="float32",
            targets=("mask",),
        ),
        _one("AugMix", "recolours", given={"factor": 0.3}, written="factor=0.3, with integer masks", targets=("mask",)),
    )


def _mixing() -> tuple[Transform, ...]:
    return (
        _one("MixUp", "range mixes", targets=("mask",), mask="float32"),
        _one("MixUp", "range mixes", written="with boxes", targets=("boxes", "box_labels")),
        _one("CutMix", "range mixes", given={"factor": 1.0}, targets=("mask",), mask="float32"),
    )
