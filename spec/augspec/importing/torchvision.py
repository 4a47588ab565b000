"""torchvision.transforms.v2 (and v1), read from live objects."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from augspec.importing.chains import augmix
from augspec.importing.colours import jitter
from augspec.importing.elastic import elastic
from augspec.importing.fields import Fields, Json, NotImported, span
from augspec.importing.mixtures import mixture
from augspec.importing.result import Imported
from augspec.importing.table import Library, Node, imported, nothing
from augspec.importing.torchvision_types import CHANGES, change, typed

__all__ = ["torchvision"]

_BORDERS = {"constant": "constant", "edge": "edge", "reflect": "mirror", "symmetric": "symmetric"}
_TYPES = nothing("layout and dtype are declared when a policy is compiled")


def torchvision(transform: Any, *, white: float = 255.0) -> Imported:
    """Return the policy of a `Compose`, or of a single transform; only its attributes are read.

    Args:
        transform: the object.
        white: what its fills and thresholds call white where it begins: 255 for uint8 images, 1 for floats.

    Raises:
        TypeError: it is not one of torchvision's.
    """
    node = _node(transform, "", white)
    top = node.members if node.name == "Compose" else (node,)
    return imported(typed(top, white), TORCHVISION)


def _node(transform: Any, path: str, white: float) -> Node:
    kind = type(transform)
    name = kind.__name__ if kind.__module__.startswith("torchvision.") else f"{kind.__module__}.{kind.__qualname__}"
    if not path and not kind.__module__.startswith("torchvision."):
        raise TypeError(f"a transform of torchvision was expected, got {name}")
    values = (
        {key: value for key, value in vars(transform).items() if not key.startswith("_")} if name[0].isupper() else {}
    )
    inner = values.pop("transforms", None)
    if inner is None and "transforms" in getattr(transform, "_modules", {}):
        inner = transform.transforms
    members = tuple(
        _node(one, f"{path}.transforms[{n}]".lstrip("."), white) for n, one in enumerate(() if inner is None else inner)
    )
    return Node(path or "transform", name, Fields(values, white), members)


def _word(value: Any) -> str:
    return str(getattr(value, "value", value))


def _with_p(fields: Fields, *ops: Json) -> list[Json]:
    p = float(fields.get("p", 1.0))
    return [{**op, "p": p} for op in ops]


def _augmix(fields: Fields) -> list[Json]:
    faded = list(fields.differs)
    warp = _interpolation(fields)
    if fields.get("fill") is None:  # then zeros are read from outside, as here
        fields.differs[:] = faded
    return augmix(fields, warp)


def _interpolation(fields: Fields, *, resize: bool = False) -> Json:
    word = _word(fields.get("interpolation", "bilinear"))
    if word not in ("nearest", "nearest-exact", "bilinear", "bicubic"):
        raise NotImported(f"interpolation {word} has no counterpart")
    found: Json = {"interpolation": word.removesuffix("-exact")}
    if resize:
        found["antialias"] = fields.get("antialias", True) is not False and found["interpolation"] != "nearest"
        if word == "nearest":
            fields.differ("nearest takes the pixel before the centre, ours the one at it")
    if not resize and word != "nearest":
        fields.differ("fades into the fill twice at the image's border")
    if word == "bicubic" and not found.get("antialias"):
        fields.differ("bicubic with a = −0.75, ours has −0.5")
    return found


def _flip(op: str) -> Callable[[Fields], list[Json]]:
    return lambda fields: _with_p(fields, {"op": op})


def _mixture(op: str) -> Callable[[Fields], list[Json]]:
    def read(fields: Fields) -> list[Json]:
        count = fields.get("num_classes")
        fields.classes = None if count is None else int(count)
        return mixture(fields, op, alpha=float(fields["alpha"]), by_batch=True)

    return read


def _rotation(fields: Fields) -> list[Json]:
    fields.must("expand", False)
    fields.must("center", None)
    low, high = fields["degrees"]
    return [{"op": "rotate", "degrees": span(low, high), **_interpolation(fields), "fill": fields.fill()}]


def _affine(fields: Fields) -> list[Json]:
    fields.must("center", None)
    low, high = fields["degrees"]
    found: Json = {"op": "affine", "degrees": span(-high, -low)}
    translate = fields.get("translate")
    if translate is not None:
        fields.differ("shifts whole pixels, ours any part of one")
        for name, most in zip(("translate_x", "translate_y"), translate, strict=True):
            found[name] = span(-most, most)
    scale = fields.get("scale")
    if scale is not None:
        found["scale"] = span(*scale)
    shear = fields.get("shear")
    if shear is not None:
        ends = [*shear, 0.0, 0.0][:4]
        found["shear_x"] = span(*(-math.tan(math.radians(end)) for end in ends[:2]))
        if any(ends[2:]):
            fields.differ("shears along both axes in another order")
            found["shear_y"] = span(*(-math.tan(math.radians(end)) for end in ends[2:]))
        if ends[0] != ends[1] or ends[2] != ends[3]:
            fields.differ("shears uniformly in degrees, ours in tangents")
    return [{**found, **_interpolation(fields), "fill": fields.fill()}]


def _jitter(fields: Fields) -> list[Json]:
    names = ("brightness", "contrast", "saturation", "hue")
    return jitter({name: fields.get(name) for name in names})


def _distort(fields: Fields) -> list[Json]:
    p = float(fields["p"])
    fields.differ("contrast comes before or after saturation and hue by chance, ours before")
    parts: list[Json] = [
        {"op": "brightness_scale", "factor": span(*fields["brightness"])},
        {"op": "contrast", "factor": span(*fields["contrast"])},
        {"op": "saturation", "factor": span(*fields["saturation"])},
        {"op": "hue", "turns": span(*fields["hue"])},
        {"op": "channel_shuffle"},
    ]
    return [{**part, "p": p} for part in parts]


def _grayscale(fields: Fields) -> list[Json]:
    if fields.get("num_output_channels", 3) != 3:
        raise NotImported("the number of channels stays as it is here")
    return _with_p(fields, {"op": "grayscale"})


def _resized_crop(fields: Fields) -> list[Json]:
    scale, ratio = fields["scale"], fields["ratio"]
    area, aspect = span(*scale), span(*ratio, kind="log_uniform")
    op = {"op": "random_resized_crop", "size": list(fields["size"]), "area": area, "ratio": aspect}
    return [op | _interpolation(fields, resize=True)]


def _resize(fields: Fields) -> list[Json]:
    size, longest = fields["size"], fields.get("max_size")
    sides = [size] if isinstance(size, int) else list(size or ())
    if len(sides) == 2:
        return [{"op": "resize", "size": sides, **_interpolation(fields, resize=True)}]
    if sides and longest is not None:
        raise NotImported("max_size has no counterpart")
    fields.differ("cuts the other side's length off, ours rounds it")
    side: Json = {"short_side": sides[0]} if sides else {"long_side": longest}
    return [{"op": "resize", **side, **_interpolation(fields, resize=True)}]


def _center_crop(fields: Fields) -> list[Json]:
    fields.differ("rounds odd margins to even and pads small images, ours takes the floor and refuses them")
    return [{"op": "center_crop", "size": list(fields["size"])}]


def _sides(padding: Any) -> list[int]:
    """Return [top, right, bottom, left] of theirs: all, or left and top, or all four from the left."""
    values = [padding] if isinstance(padding, int) else list(padding)
    left, top, right, bottom = (values * 4)[:4]
    return [top, right, bottom, left]


def _border(fields: Fields) -> Json:
    return {"border": _BORDERS[_word(fields.get("padding_mode", "constant"))], "fill": fields.fill()}


def _random_crop(fields: Fields) -> list[Json]:
    if fields.get("pad_if_needed", False):
        fields.differ("pads small images, ours refuses them")
    padding = fields.get("padding")
    op = {"op": "random_crop", "size": list(fields["size"])}
    return [op | ({} if padding is None else {"pad": _sides(padding)}) | _border(fields)]


def _pad(fields: Fields) -> list[Json]:
    top, right, bottom, left = _sides(fields["padding"])
    return [{"op": "pad", "top": top, "right": right, "bottom": bottom, "left": left, **_border(fields)}]


def _blur(fields: Fields) -> list[Json]:
    low, high = fields["sigma"]
    taps = list(fields["kernel_size"])
    if taps != [2 * math.ceil(3 * high) + 1] * 2:
        size = "×".join(map(str, taps))
        fields.differ(f"a kernel of {size} pixels, ours reaches 3σ to each side")
    return [{"op": "gaussian_blur", "sigma": span(low, high)}]


def _noise(fields: Fields) -> list[Json]:
    fields.must("mean", 0, 0.0)
    fields.must("clip", True)
    fields.differ("cuts the noise of uint8 images off to whole levels")
    return [{"op": "gaussian_noise", "std": float(fields["sigma"])}]


def _zoom_out(fields: Fields) -> list[Json]:
    fields.differ("enlarges the canvas, ours keeps it and shrinks the image")
    return _with_p(fields, {"op": "zoom_out", "factor": span(*fields["side_range"]), "fill": fields.fill()})


def _perspective(fields: Fields) -> list[Json]:
    fields.differ("moves corners by whole pixels, ours by any part of one")
    op = {"op": "perspective", "distortion": float(fields["distortion_scale"])}
    return _with_p(fields, {**op, **_interpolation(fields), "fill": fields.fill()})


def _elastic(fields: Fields) -> list[Json]:
    pairs = {name: [float(one) for one in fields[name]] for name in ("alpha", "sigma")}
    for name, pair in pairs.items():
        if pair[0] != pair[1]:
            raise NotImported(f"{name} for each axis has no counterpart")
    fields.differ("one field for a whole batch, ours one for every sample; its smoothing reaches 4σ, ours 3σ")
    fields.differ("points move by the field turned round, ours by its inverse")
    op = elastic(pairs["alpha"][0] / 2, pairs["sigma"][0])  # in shares of half the side there
    return [{**op, **_interpolation(fields), "fill": fields.fill()}]


def _erasing(fields: Fields) -> list[Json]:
    fields.drop(("inplace",))
    fields.differ("a hole is smaller than the image on both sides, ours may be as large")
    given, (low, high) = fields["value"], fields["ratio"]
    if given in (None, "random"):
        fields.differ("noise is normal, ours uniform")
        fill: Any = "noise"
    else:
        levels = [float(one) / fields.white for one in (given if isinstance(given, Sequence) else [given])]
        fill = levels[0] if len(levels) == 1 else levels
    # Their ratio is height over width.
    ratio = span(1 / high, 1 / low, kind="log_uniform")
    return _with_p(fields, {"op": "random_erasing", "area": span(*fields["scale"]), "ratio": ratio, "fill": fill})


def _compression(fields: Fields) -> list[Json]:
    low, high = fields["quality"]
    return [{"op": "jpeg", "quality": int(low) if low == high else {"integers": [int(low), int(high)]}}]


def _recipe(name: str, **settings: Any) -> Callable[[Fields], list[Json]]:
    """Return a reader of a published recipe with its own settings: a preset."""

    def read(fields: Fields) -> list[Json]:
        for setting, value in settings.items():
            if fields.get(setting, value) != value:
                raise NotImported(f"{setting} {_word(fields[setting])} is not that of the preset {name}, {value}")
        if _word(fields.get("interpolation", "nearest")) != "nearest" or fields.get("fill") is not None:
            raise NotImported(f"interpolation and fill are not those of the preset {name}")
        fields.differ(f"what `augspec presets {name}` lists")
        return [{"op": "preset", "name": name}]

    return read


def _auto(fields: Fields) -> list[Json]:
    return _recipe(f"autoaugment/torchvision_{_word(fields['policy'])}")(fields)


def _normalize(fields: Fields) -> list[Json]:
    fields.drop(("inplace",))
    return [{"op": "normalize", "mean": list(fields["mean"]), "std": list(fields["std"])}]


def _compose(_: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    return [op for member in members for op in member]


def _apply(fields: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    return [{"op": "sequence", "p": float(fields["p"]), "ops": _compose(fields, members, ())}]


def _grouped(members: Sequence[list[Json]]) -> list[Json]:
    return [ops[0] if len(ops) == 1 else {"op": "sequence", "ops": ops} for ops in members]


def _choice(fields: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    weights = fields.get("p")
    given = {} if weights is None or len(set(weights)) == 1 else {"weights": [float(one) for one in weights]}
    return [{"op": "one_of", "ops": _grouped(members), **given}]


def _any_order(_: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    return [{"op": "random_order", "ops": _grouped(members)}]


TORCHVISION = Library(
    readers={
        "RandomHorizontalFlip": _flip("horizontal_flip"),
        "RandomVerticalFlip": _flip("vertical_flip"),
        "RandomRotation": _rotation,
        "RandomAffine": _affine,
        "ColorJitter": _jitter,
        "RandomPhotometricDistort": _distort,
        "RandomGrayscale": _grayscale,
        "Grayscale": _grayscale,
        "RandomResizedCrop": _resized_crop,
        "Resize": _resize,
        "CenterCrop": _center_crop,
        "RandomCrop": _random_crop,
        "Pad": _pad,
        "GaussianBlur": _blur,
        "GaussianNoise": _noise,
        "RandomZoomOut": _zoom_out,
        "RandomInvert": _flip("invert"),
        "RandomEqualize": _flip("equalize"),
        "RandomAutocontrast": _flip("autocontrast"),
        "RandomChannelPermutation": _flip("channel_shuffle"),
        "RandomSolarize": lambda f: _with_p(f, {"op": "solarize", "threshold": float(f["threshold"]) / f.white}),
        "RandomPosterize": lambda f: _with_p(f, {"op": "posterize", "bits": int(f["bits"])}),
        "RandomAdjustSharpness": lambda f: _with_p(f, {"op": "sharpness", "factor": float(f["sharpness_factor"])}),
        "AugMix": _augmix,
        "MixUp": _mixture("mixup"),
        "CutMix": _mixture("cutmix"),
        "RandomPerspective": _perspective,
        "ElasticTransform": _elastic,
        "RandomErasing": _erasing,
        "JPEG": _compression,
        "AutoAugment": _auto,
        "RandAugment": _recipe("randaugment/torchvision", num_ops=2, magnitude=9, num_magnitude_bins=31),
        "TrivialAugmentWide": _recipe("trivialaugment_wide/torchvision", num_magnitude_bins=31),
        "Normalize": _normalize,
        "Identity": nothing("it changes nothing"),
        "SanitizeBoundingBoxes": nothing("boxes have flags that tell which are valid"),
        "ClampBoundingBoxes": nothing("boxes are always clipped to the canvas"),
        **dict.fromkeys(("PILToTensor", "RGB", "ToImage", "ToPureTensor"), _TYPES),
        **dict.fromkeys(CHANGES, change),
    },
    containers={"Compose": _compose, "RandomApply": _apply, "RandomChoice": _choice, "RandomOrder": _any_order},
    unsupported={
        "ScaleJitter": "images of many sizes come out, and a policy gives one size",
        "RandomShortestSize": "images of many sizes come out, and a policy gives one size",
        "RandomResize": "images of many sizes come out, and a policy gives one size",
        "RandomIoUCrop": "images of many sizes come out; iou_crop resizes to one, which has to be declared",
        "FiveCrop": "one image becomes five",
        "TenCrop": "one image becomes ten",
        "Lambda": "it is code",
    },
    ignored=("training",),
)
"""The table."""
