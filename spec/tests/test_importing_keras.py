"""Keras' layers as their configs are serialised, and the ops that they mean; the library is not needed.

Its pixels beside ours are compared in conformance/tests/test_importing.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from augspec.importing import keras

WARP = {"fill_mode": "constant", "fill_value": 0.0, "interpolation": "bilinear"}
LEVELS = {"value_range": [0, 255]}
RESIZE = {
    "height": 20, "width": 31, "interpolation": "bilinear", "crop_to_aspect_ratio": False,
    "pad_to_aspect_ratio": False, "fill_mode": "constant", "fill_value": 0.0, "antialias": False,
}  # fmt: skip
JITTER = {"brightness_factor": None, "contrast_factor": None, "saturation_factor": None, "hue_factor": None, **LEVELS}


def uniform(low: float, high: float) -> dict[str, list[float]]:
    return {"uniform": [low, high]}


def layer(name: str, **config: Any) -> dict[str, Any]:
    """Return a layer's config with what every layer writes."""
    every = {"name": name.lower(), "trainable": True, "dtype": "float32", "data_format": "channels_last", "seed": None}
    return {"module": "keras.layers", "class_name": name, "config": every | config, "registered_name": None}


EXACT: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (layer("RandomFlip", mode="horizontal"), [{"op": "horizontal_flip"}]),
    (layer("RandomFlip", mode="vertical"), [{"op": "vertical_flip"}]),
    (
        layer("RandomFlip", mode="horizontal_and_vertical"),  # one draw for both
        [{"op": "sequence", "p": 0.5, "ops": [{"op": "horizontal_flip", "p": 1.0}, {"op": "vertical_flip", "p": 1.0}]}],
    ),
    (
        layer("RandomRotation", **WARP, factor=[-0.05, 0.1]),  # in turns
        [{"op": "rotate", "degrees": uniform(-18, 36)}],
    ),
    (
        layer("RandomRotation", factor=0.25, fill_mode="nearest", fill_value=51.0, interpolation="nearest"),
        [{"op": "rotate", "degrees": uniform(-90, 90), "border": "edge", "fill": 0.2, "interpolation": "nearest"}],
    ),
    (
        layer("RandomTranslation", **{**WARP, "fill_mode": "wrap"}, height_factor=0.1, width_factor=[-0.2, 0.3]),
        [{"op": "translate", "y": uniform(-0.1, 0.1), "x": uniform(-0.2, 0.3), "border": "wrap"}],
    ),
    (
        layer("RandomZoom", **WARP, height_factor=[0.25, 0.25], width_factor=None),  # positive: outwards
        [{"op": "scale", "factor": 0.8}],
    ),
    (
        layer("RandomZoom", **WARP, height_factor=[-0.5, -0.5], width_factor=[0.6, 0.6]),
        [{"op": "scale", "y": 2.0, "x": 0.625}],
    ),
    (layer("RandomBrightness", **LEVELS, factor=[-0.2, 0]), [{"op": "brightness_shift", "delta": uniform(-0.2, 0)}]),
    (layer("RandomBrightness", **LEVELS, factor=0.2), [{"op": "brightness_shift", "delta": uniform(-0.2, 0.2)}]),
    (
        layer("RandomContrast", **LEVELS, factor=[0.25, 0.5]),
        [{"op": "contrast", "factor": uniform(0.75, 1.5), "pivot": "channel_mean"}],
    ),
    (layer("RandomHue", **LEVELS, factor=[0, 0.3]), [{"op": "hue", "turns": uniform(-0.15, 0.15)}]),
    (
        layer("RandomColorJitter", **{**JITTER, "contrast_factor": [0.25, 0.5]}),
        [{"op": "contrast", "factor": uniform(0.75, 1.5), "pivot": "channel_mean"}],
    ),
    (
        layer("RandomColorJitter", **{**JITTER, "contrast_factor": 0.5}),  # from 0 to so much
        [{"op": "contrast", "factor": uniform(1.0, 1.5), "pivot": "channel_mean"}],
    ),
    (layer("RandomColorJitter", **JITTER), []),
    (layer("RandomGrayscale", factor=0.3), [{"op": "grayscale", "p": 0.3}]),
    (layer("RandomInvert", **LEVELS, factor=[0.5, 0.5]), [{"op": "invert", "p": 0.5}]),
    (layer("Resizing", **RESIZE), [{"op": "resize", "size": [20, 31], "antialias": False}]),
    (layer("Resizing", **{**RESIZE, "antialias": True}), [{"op": "resize", "size": [20, 31]}]),
    (
        layer("Resizing", **{**RESIZE, "interpolation": "bicubic"}),
        [{"op": "resize", "size": [20, 31], "interpolation": "bicubic", "antialias": False}],
    ),
    (
        layer("Resizing", **{**RESIZE, "interpolation": "nearest", "antialias": True}),  # nearest has no antialiasing
        [{"op": "resize", "size": [20, 31], "interpolation": "nearest", "antialias": False}],
    ),
    (layer("Rescaling", scale=1 / 127.5, offset=-1.0), [{"op": "normalize", "mean": [0.5], "std": [0.5]}]),
    (
        layer("Normalization", axis=[-1], invert=False, mean=[0.4, 0.5, 0.6], variance=[[0.04, 0.09, 0.16]]),
        [{"op": "normalize", "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]}],
    ),
    (
        layer("Normalization", axis=None, invert=False, mean=0.5, variance=0.25),
        [{"op": "normalize", "mean": [0.5], "std": [0.5]}],
    ),
]  # fmt: skip

APPROXIMATE: list[tuple[dict[str, Any], list[dict[str, Any]], str]] = [
    (
        layer("MixUp", alpha=0.4),
        [{"op": "mixup", "alpha": 0.4}],
        "partners follow from the key and ids, not from the order of the batch",
    ),
    (
        layer("RandomRotation", **{**WARP, "fill_mode": "reflect"}, factor=[0.1, 0.1]),
        [{"op": "rotate", "degrees": 36.0, "border": "symmetric"}],
        "on the torch engine, reflect leaves the border pixel out",
    ),
    (
        layer("RandomZoom", **WARP, height_factor=[-0.2, 0.25], width_factor=None),
        [{"op": "scale", "factor": uniform(0.8, 1.25)}],
        "draws the reciprocal of the factor uniformly",
    ),
    (
        layer("RandomZoom", **WARP, height_factor=[0.25, 0.25], width_factor=[-0.2, 0.25]),
        [{"op": "scale", "x": uniform(0.8, 1.25), "y": 0.8}],
        "draws the reciprocal of the factor uniformly",
    ),
    (
        layer("RandomInvert", **LEVELS, factor=[0.2, 0.4]),
        [{"op": "invert", "p": 0.3}],
        "draws the probability itself first; ours is its mean",
    ),
    (
        layer("Equalization", **LEVELS, bins=256),
        [{"op": "equalize", "method": "opencv"}],
        "counts the histogram of the whole batch",
    ),
    (
        layer("AutoContrast", **LEVELS),
        [{"op": "autocontrast"}],
        "it is active in evaluation as well, ours in training alone",
    ),
    (
        layer("RandomGaussianBlur", **LEVELS, factor=[1.0, 1.0], kernel_size=[3, 5], sigma=[0.0, 1.0]),
        [{"op": "gaussian_blur", "sigma": uniform(0.1, 1.0)}],
        "one σ per batch and axis, and a kernel of 3×5 pixels",
    ),
    (
        layer("RandomGaussianBlur", **LEVELS, factor=1.0, kernel_size=[3, 3], sigma=[0.5, 1.0]),
        [{"op": "gaussian_blur", "sigma": uniform(0.5, 1.0)}],
        "one σ per batch and axis, and a kernel of 3×3 pixels",
    ),
    (
        layer("RandomCrop", height=3, width=4),
        [{"op": "random_crop", "size": [3, 4]}],
        "one window per batch, and a central one in evaluation; ours has one per sample",
    ),
    (
        layer("CenterCrop", height=3, width=4),
        [{"op": "center_crop", "size": [3, 4]}],
        "resizes images that are too small, ours refuses them",
    ),
    (
        layer("Normalization", axis=[-1], invert=False, mean=[51.0, 102.0], variance=[51.0**2, 25.5**2]),
        [{"op": "normalize", "mean": [0.2, 0.4], "std": [0.2, 0.1]}],
        "mean and variance are taken to be of levels 0 … 255",
    ),
    (layer("RandomFlip", mode="vertical", more=1), [{"op": "vertical_flip"}], "left out: more"),
]  # fmt: skip

UNSUPPORTED: list[tuple[dict[str, Any], str]] = [
    (layer("RandomRotation", **{**WARP, "fill_mode": "crop"}, factor=0.1), "fill_mode crop has no counterpart"),
    (layer("RandomRotation", **WARP), "the setting factor is missing"),
    (layer("RandomBrightness", value_range=[-1, 1], factor=0.1),
     "a value_range that does not begin at 0 has no counterpart"),
    (layer("RandomHue", **LEVELS, factor=[0.1, 0.3]),
     "a factor whose range begins above 0 leaves a gap between both directions"),
    (layer("Equalization", **LEVELS, bins=64), "bins 64 has no counterpart"),
    (layer("RandomGaussianBlur", **LEVELS, factor=[0, 1.0], kernel_size=[3, 3], sigma=[0.5, 1.0]),
     "factor [0, 1.0] has no counterpart"),
    (layer("RandomGaussianBlur", **LEVELS, factor=[1.0, 2.0], kernel_size=[3, 3], sigma=[0.5, 1.0]),
     "factor [1.0, 2.0] has no counterpart"),
    (layer("Resizing", **{**RESIZE, "crop_to_aspect_ratio": True}), "crop_to_aspect_ratio True has no counterpart"),
    (layer("Resizing", **{**RESIZE, "pad_to_aspect_ratio": True}), "pad_to_aspect_ratio True has no counterpart"),
    (layer("Resizing", **{**RESIZE, "interpolation": "lanczos3"}), "interpolation lanczos3 has no counterpart"),
    (layer("Normalization", axis=[-1], invert=True, mean=[0.5], variance=[0.2]), "invert True has no counterpart"),
    (layer("Normalization", axis=[-1], invert=False, mean=None, variance=None), "mean and variance were never given"),
    (layer("RandomColorJitter", **{**JITTER, "hue_factor": [0, 0.1]}), "hue_factor has a formula of its own"),
    (layer("RandomColorJitter", **{**JITTER, "brightness_factor": [0, 0.1]}),
     "brightness_factor has a formula of its own"),
    (layer("RandomShear"), "it shears about the corner, ours about the centre"),
    (layer("Lambda"), "it is code"),
    (layer("Own"), "no op is known to stand for it"),
]  # fmt: skip


def about(ops: list[dict[str, Any]]) -> Any:
    """Return ops whose numbers are compared up to the rounding of decimals."""
    return [{key: _about(value) for key, value in op.items()} for op in ops]


def _about(value: Any) -> Any:
    if isinstance(value, dict):
        return {kind: pytest.approx(ends) for kind, ends in value.items()}
    numbers = isinstance(value, float) or (isinstance(value, list) and isinstance(value[0], float))
    return pytest.approx(value) if numbers else value


@pytest.mark.parametrize(("given", "ops"), EXACT)
def test_what_has_the_same_meaning_is_exact(given: dict[str, Any], ops: list[dict[str, Any]]) -> None:
    found = keras(given)
    assert found.policy.to_dict()["ops"] == about(ops)
    assert [(row.path, row.status, row.reason) for row in found.rows] == [
        ("layer", "exact", "" if ops else "it changes nothing")
    ]


@pytest.mark.parametrize(("given", "ops", "reason"), APPROXIMATE)
def test_what_differs_is_said(given: dict[str, Any], ops: list[dict[str, Any]], reason: str) -> None:
    found = keras(given)
    assert found.policy.to_dict()["ops"] == about(ops)
    assert [(row.status, row.reason) for row in found.rows] == [("approximate", reason)]


@pytest.mark.parametrize(("given", "reason"), UNSUPPORTED)
def test_what_no_op_stands_for_is_left_out_with_the_reason(given: dict[str, Any], reason: str) -> None:
    found = keras([given, layer("RandomFlip", mode="vertical")])
    assert [row.path for row in found.rows] == ["layers[0]", "layers[1]"]
    assert (found.rows[0].status, found.rows[0].ops, found.rows[0].reason) == ("unsupported", (), reason)
    assert found.policy.to_dict()["ops"] == [{"op": "vertical_flip"}]


def test_models_and_pipelines_are_their_layers() -> None:
    flip, gray = layer("RandomFlip", mode="vertical"), layer("RandomGrayscale", factor=0.3)
    inner = {"class_name": "Pipeline", "config": {"name": "pipeline", "layers": [flip, gray]}}
    model = {
        "class_name": "Sequential",
        "config": {"layers": [layer("InputLayer", batch_shape=[None, 8, 8, 3]), inner]},
    }
    rows = keras(model).rows
    assert [(row.path, row.transform, row.ops) for row in rows] == [
        ("layers[0]", "InputLayer", ()),
        ("layers[1]", "Pipeline", ("vertical_flip", "grayscale")),
        ("layers[1].layers[0]", "RandomFlip", ("vertical_flip",)),
        ("layers[1].layers[1]", "RandomGrayscale", ("grayscale",)),
    ]
    assert keras(inner).policy == keras([flip, gray]).policy


def test_scaling_to_the_unit_range_is_nothing_to_do() -> None:
    (row,) = keras(layer("Rescaling", scale=1 / 255, offset=0.0)).rows
    assert (row.status, row.ops) == ("exact", ())
    assert "unit range" in row.reason


@pytest.mark.parametrize("document", [{}, [], None, [None], {"config": {}}, [{"class_name": "RandomFlip"}, {}]])
def test_what_is_no_config_is_refused(document: Any) -> None:
    with pytest.raises(TypeError, match="a layer's config of Keras was expected"):
        keras(document)
