"""Keras preprocessing layers: serialised configs of layers and of `Sequential` models, as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from augspec.importing.colours import jitter
from augspec.importing.fields import Fields, Json, NotImported, span
from augspec.importing.mixtures import mixture
from augspec.importing.result import Imported
from augspec.importing.table import Library, Node, imported, nothing

__all__ = ["keras"]

_BORDERS = {"constant": "constant", "nearest": "edge", "reflect": "symmetric", "wrap": "wrap"}


def keras(document: Any) -> Imported:
    """Return the policy of a serialised layer, `Sequential` model, or list of layers; nothing of it is executed.

    Args:
        document: what `keras.saving.serialize_keras_object` returns, or the JSON of `model.to_json()` as a dict.

    Raises:
        TypeError: it is no such document.
    """
    layers = document if isinstance(document, list) else [document]
    if not layers or not all(isinstance(layer, Mapping) and "class_name" in layer for layer in layers):
        raise TypeError('a layer\'s config of Keras was expected, with "class_name" and "config"')
    nodes = tuple(_node(layer, "" if layer is document else f"layers[{n}]") for n, layer in enumerate(layers))
    if len(nodes) == 1 and nodes[0].name in ("Sequential", "Pipeline"):
        nodes = nodes[0].members
    return imported(nodes, KERAS)


def _node(layer: Mapping[str, Any], path: str) -> Node:
    config = layer.get("config")
    values = dict(config) if isinstance(config, Mapping) else {}
    inner = values.pop("layers", None) or ()
    members = tuple(
        _node(one if isinstance(one, Mapping) else {}, f"{path}.layers[{n}]".lstrip(".")) for n, one in enumerate(inner)
    )
    return Node(path or "layer", str(layer.get("class_name", "?")), Fields(values), members)


def _range(fields: Fields, name: str) -> tuple[float, float]:
    """Return a factor as it is written in a config: [low, high], or a number for both directions."""
    value = fields[name]
    if isinstance(value, (int, float)):
        return -float(value), float(value)
    return float(value[0]), float(value[1])


def _upward(value: Any) -> tuple[float, float]:
    """Return a factor that is never negative: [low, high], or a number for all from 0 to it."""
    low, high = (0.0, value) if isinstance(value, (int, float)) else value
    return float(low), float(high)


def _warp(fields: Fields) -> Json:
    word = fields.get("fill_mode", "reflect")
    if word not in _BORDERS:
        raise NotImported(f"fill_mode {word} has no counterpart")
    if word == "reflect":
        fields.differ("on the torch engine, reflect leaves the border pixel out")
    white = _white(fields)
    return {
        "interpolation": fields.get("interpolation", "bilinear"),
        "border": _BORDERS[word],
        "fill": float(fields.get("fill_value", 0.0)) / white,
    }


def _white(fields: Fields) -> float:
    low, high = fields.get("value_range", (0, 255))
    if low != 0:
        raise NotImported("a value_range that does not begin at 0 has no counterpart")
    return float(high)


def _flip(fields: Fields) -> list[Json]:
    mode = fields.get("mode", "horizontal_and_vertical")
    if mode != "horizontal_and_vertical":
        return [{"op": f"{mode}_flip", "p": 0.5}]
    # One draw decides for both axes.
    both = [{"op": f"{axis}_flip", "p": 1.0} for axis in ("horizontal", "vertical")]
    return [{"op": "sequence", "p": 0.5, "ops": both}]


def _rotation(fields: Fields) -> list[Json]:
    low, high = _range(fields, "factor")
    return [{"op": "rotate", "degrees": span(360 * low, 360 * high), **_warp(fields)}]


def _translation(fields: Fields) -> list[Json]:
    y, x = (span(*_range(fields, f"{name}_factor")) for name in ("height", "width"))
    return [{"op": "translate", "x": x, "y": y, **_warp(fields)}]


def _zoom(fields: Fields) -> list[Json]:
    height = _range(fields, "height_factor")
    width = None if fields.get("width_factor") is None else _range(fields, "width_factor")
    if any(ends is not None and ends[0] != ends[1] for ends in (height, width)):
        fields.differ("draws the reciprocal of the factor uniformly")
    y, x = (None if ends is None else span(*(1 / (1 + end) for end in ends)) for ends in (height, width))
    return [{"op": "scale", **({"factor": y} if x is None else {"x": x, "y": y}), **_warp(fields)}]


def _brightness(fields: Fields) -> list[Json]:
    _white(fields)
    return [{"op": "brightness_shift", "delta": span(*_range(fields, "factor"))}]


def _contrast(fields: Fields) -> list[Json]:
    _white(fields)
    down, up = _upward(fields["factor"])
    return [{"op": "contrast", "pivot": "channel_mean", "factor": span(1 - down, 1 + up)}]


def _hue(fields: Fields) -> list[Json]:
    _white(fields)
    low, high = _upward(fields["factor"])
    if low:
        raise NotImported("a factor whose range begins above 0 leaves a gap between both directions")
    return [{"op": "hue", "turns": span(-high / 2, high / 2)}]


def _chance(op: str) -> Callable[[Fields], list[Json]]:
    def read(fields: Fields) -> list[Json]:
        _white(fields)
        factor = fields["factor"]
        if isinstance(factor, (int, float)):
            return [{"op": op, "p": float(factor)}]
        low, high = map(float, factor)
        if low != high:
            fields.differ("draws the probability itself first; ours is its mean")
        return [{"op": op, "p": (low + high) / 2}]

    return read


def _equalization(fields: Fields) -> list[Json]:
    _white(fields)
    fields.must("bins", 256)
    fields.differ("counts the histogram of the whole batch")
    return [{"op": "equalize", "method": "opencv"}]


def _autocontrast(fields: Fields) -> list[Json]:
    _white(fields)
    fields.differ("it is active in evaluation as well, ours in training alone")
    return [{"op": "autocontrast"}]


def _blur(fields: Fields) -> list[Json]:
    _white(fields)
    fields.must("factor", [1.0, 1.0], [1, 1], 1.0)
    low, high = fields["sigma"]
    fields.differ(f"one σ per batch and axis, and a kernel of {'×'.join(map(str, fields['kernel_size']))} pixels")
    return [{"op": "gaussian_blur", "sigma": span(max(0.1, float(low)), high)}]


def _crop(fields: Fields) -> list[Json]:
    fields.differ("one window per batch, and a central one in evaluation; ours has one per sample")
    return [{"op": "random_crop", "size": [fields["height"], fields["width"]]}]


def _center_crop(fields: Fields) -> list[Json]:
    fields.differ("resizes images that are too small, ours refuses them")
    return [{"op": "center_crop", "size": [fields["height"], fields["width"]]}]


def _resizing(fields: Fields) -> list[Json]:
    fields.must("crop_to_aspect_ratio", False)
    fields.must("pad_to_aspect_ratio", False)
    fields.must("interpolation", "bilinear", "nearest", "bicubic")
    fields.drop(("fill_mode", "fill_value"))
    word, smooth = fields.get("interpolation", "bilinear"), bool(fields.get("antialias", False))
    size = [fields["height"], fields["width"]]
    return [{"op": "resize", "size": size, "interpolation": word, "antialias": smooth and word != "nearest"}]


def _rescaling(fields: Fields) -> list[Json]:
    scale, offset = float(fields["scale"]), float(fields["offset"])
    if offset == 0 and math.isclose(scale, 1 / 255, rel_tol=1e-6):
        return nothing("numbers of the unit range are what normalize and the backends start from")(fields)
    # scale · 255 · x + offset = (x − mean) / std, with x of the unit range.
    std = 1 / (255 * scale)
    return [{"op": "normalize", "mean": [-offset * std], "std": [std]}]


def _normalization(fields: Fields) -> list[Json]:
    fields.must("invert", False)
    mean, variance = (_flat(fields[name]) for name in ("mean", "variance"))
    if not mean or not variance:
        raise NotImported("mean and variance were never given")
    if max(mean) > 1:
        fields.differ("mean and variance are taken to be of levels 0 … 255")
        mean, variance = [one / 255 for one in mean], [one / 255**2 for one in variance]
    return [{"op": "normalize", "mean": mean, "std": [math.sqrt(one) for one in variance]}]


def _flat(value: Any) -> list[float]:
    if isinstance(value, (int, float)):
        return [float(value)]
    return [one for part in value or () for one in _flat(part)]


def _jitter(fields: Fields) -> list[Json]:
    _white(fields)
    for name in ("brightness_factor", "saturation_factor", "hue_factor"):
        if fields.get(name) is not None:
            raise NotImported(f"{name} has a formula of its own")
    if fields.get("contrast_factor") is None:
        return []
    down, up = _upward(fields["contrast_factor"])
    return jitter({"contrast": (1 - down, 1 + up)}, pivot="channel_mean")


def _degeneration(fields: Fields) -> list[Json]:
    _white(fields)
    low, high = map(float, fields["factor"])
    return [{"op": "saturation", "factor": span(1 - high, 1 - low)}]


def _saturation(fields: Fields) -> list[Json]:
    _white(fields)
    ends = [max(0.0, end / (1 - end + 1e-7)) for end in map(float, fields["factor"])]
    fields.differ("does not stop at full saturation")
    if ends[0] != ends[1]:
        fields.differ("draws u uniformly and multiplies by u / (1 − u)")
    return [{"op": "saturation", "space": "hsv", "factor": span(*ends)}]


def _posterization(fields: Fields) -> list[Json]:
    _white(fields)
    low, high = map(int, fields["factor"])
    last = max(low, high - 1)  # the upper end is left out where there are two
    return [{"op": "posterize", "bits": low if low == last else {"integers": [low, last]}}]


def _solarization(fields: Fields) -> list[Json]:
    _white(fields)
    if any(fields["addition_factor"]):
        raise NotImported("it adds before it inverts, and that has no counterpart")
    low, high = map(float, fields["threshold_factor"])
    if low:
        raise NotImported("its threshold has two units: levels at the lower end, shares at the upper one")
    return [{"op": "solarize", "threshold": span(0.0, high)}]


def _erasing(fields: Fields) -> list[Json]:
    white = _white(fields)
    fields.differ("draws both sides by themselves; ours is a square of the same area, the first of ten that fits")
    low, high = map(float, fields["factor"])
    if low != high:
        fields.differ("draws the probability itself first; ours is its mean")
    value = fields.get("fill_value")
    if value is None:
        fields.differ("noise is normal, ours uniform")
    fill: Any = "noise" if value is None else float(value) / white
    op: Json = {"op": "random_erasing", "area": span(*fields["scale"]), "ratio": 1.0, "fill": fill}
    return [{**op, "p": (low + high) / 2}]


def _clahe(fields: Fields) -> list[Json]:
    _white(fields)
    fields.differ("clips and blends in a way of its own, ours as OpenCV does")
    rows, columns = fields["tile_grid_size"]
    return [{"op": "clahe", "clip": float(fields["clip_limit"]), "tiles": [int(rows), int(columns)]}]


def _all(_: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    return [op for member in members for op in member]


KERAS = Library(
    readers={
        "RandomFlip": _flip,
        "RandomRotation": _rotation,
        "RandomTranslation": _translation,
        "RandomZoom": _zoom,
        "RandomBrightness": _brightness,
        "RandomContrast": _contrast,
        "RandomHue": _hue,
        "RandomColorJitter": _jitter,
        "RandomGrayscale": _chance("grayscale"),
        "RandomInvert": _chance("invert"),
        "Equalization": _equalization,
        "AutoContrast": _autocontrast,
        "RandomGaussianBlur": _blur,
        "RandomCrop": _crop,
        "RandomColorDegeneration": _degeneration,
        "RandomSaturation": _saturation,
        "RandomPosterization": _posterization,
        "Solarization": _solarization,
        "RandomErasing": _erasing,
        "ContrastLimitedAdaptiveHistogramEqualization": _clahe,
        "CenterCrop": _center_crop,
        "Resizing": _resizing,
        "Rescaling": _rescaling,
        "Normalization": _normalization,
        "MixUp": lambda f: mixture(f, "mixup", alpha=float(f.get("alpha", 0.2))),
        "InputLayer": nothing("shapes are declared by the samples"),
    },
    containers={"Sequential": _all, "Pipeline": _all},
    unsupported={
        "RandomElasticTransform": "it smooths and moves by shares of the side, elastic by pixels",
        "RandomShear": "it shears about the corner, ours about the centre",
        "RandomSharpness": "its smoothing reaches beyond the border",
        "RandomPerspective": "it moves three corners, outwards as well; ours moves four inwards",
        "CutMix": "it draws the parameter of the weight's distribution as well, and keeps rectangles inside",
        "AugMix": "it blends chains of ops that it chooses itself",
        "RandAugment": "it chooses ops for a whole batch, with ranges of its own",
        "Lambda": "it is code",
    },
    ignored=("name", "trainable", "dtype", "data_format", "seed", "build_input_shape", "axis"),
)
"""The table."""
