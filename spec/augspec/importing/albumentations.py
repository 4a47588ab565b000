"""Albumentations 2: what `Compose.to_dict()` returns, as a dict or a file of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from augspec.importing.albumentations_effects import CONTAINERS, EFFECTS, UNSUPPORTED
from augspec.importing.albumentations_settings import BOXES, around, gated, interpolation, plain, warp
from augspec.importing.colours import jitter
from augspec.importing.fields import Fields, Json, NotImported, span
from augspec.importing.result import Imported
from augspec.importing.table import Library, Node, imported, nothing

__all__ = ["albumentations"]

_LAST = "last"
"""Mark of a transform that nothing follows."""


def albumentations(document: Any, *, white: float = 255.0) -> Imported:
    """Return the policy of a serialised pipeline; it is data, and nothing of it is executed.

    Args:
        document: what `to_dict()` returns: `{"__version__": …, "transform": {…}}`.
        white: what its fills call white: 255 for uint8 images, 1 for floats.

    Raises:
        TypeError: it is no such document.
    """
    top = document.get("transform") if isinstance(document, Mapping) else None
    if not isinstance(top, Mapping) or "__class_fullname__" not in top:
        raise TypeError('a dict of Albumentations was expected, with "transform" and "__class_fullname__"')
    node = _node(top, "", white)
    if node.name in ("Compose", "ReplayCompose") and float(node.fields.get("p", 1.0)) == 1.0:
        return imported(_ended(node.members), ALBUMENTATIONS)
    return imported((node,), ALBUMENTATIONS)


def _node(document: Mapping[str, Any], path: str, white: float) -> Node:
    name = str(document.get("__class_fullname__", "?")).rpartition(".")[2]
    values = {key: value for key, value in document.items() if key not in ("__class_fullname__", "transforms")}
    inner = document.get("transforms") or ()
    members = tuple(
        _node(one if isinstance(one, Mapping) else {}, f"{path}.transforms[{n}]".lstrip("."), white)
        for n, one in enumerate(inner)
    )
    return Node(path or "transform", name, Fields(values, white), members)


def _ended(nodes: Sequence[Node]) -> Sequence[Node]:
    """Mark a `ToFloat` that nothing follows but a change of layout: only there is it an op."""
    acting = [node for node in nodes if node.name not in ("NoOp", "ToTensorV2")]
    if acting and acting[-1].name == "ToFloat":
        acting[-1].fields.mark(_LAST)
    return nodes


def _float(fields: Fields) -> list[Json]:
    largest = fields.get("max_value")
    if not fields.get(_LAST, False):
        return nothing("dtype is declared elsewhere; `to_float` would have to come last")(fields)
    if largest not in (None, 1.0, 255.0, 65535.0):
        raise NotImported(f"max_value {largest} is the largest number of no dtype, which to_float divides by")
    return gated(fields, {"op": "to_float"})


def _rotate(fields: Fields) -> list[Json]:
    return gated(fields, {"op": "rotate", "degrees": span(*fields["limit"]), **warp(fields)})


def _affine(fields: Fields) -> list[Json]:
    fields.must("balanced_scale", False)
    rest, scale, shear = warp(fields), fields["scale"], fields["shear"]
    pixels = fields.get("translate_px")
    if pixels is not None and any(any(ends) for ends in pixels.values()):
        raise NotImported("translate_px depends on the images' size")
    parts: list[Json] = []
    if fields.get("keep_ratio", False) or (scale["x"] == scale["y"] and scale["x"][0] == scale["x"][1]):
        parts.append({"op": "scale", "factor": span(*scale["x"])})
    else:
        parts.append({"op": "scale", "x": span(*scale["x"]), "y": span(*scale["y"])})
    if any((*shear["x"], *shear["y"])):
        if any(shear["y"]) or shear["x"][0] != shear["x"][1]:
            fields.differ("shears uniformly in degrees and along y in another order")
        x, y = (span(*(-math.tan(math.radians(end)) for end in shear[axis])) for axis in "xy")
        parts.append({"op": "shear", "x": x, "y": y})
    if any(fields["rotate"]):
        parts.append({"op": "rotate", "degrees": span(*fields["rotate"])})
    shift = fields.get("translate_percent")
    if shift is not None and any((*shift["x"], *shift["y"])):
        fields.differ("cuts shifts off to whole pixels")
        parts.append({"op": "translate", "x": span(*shift["x"]), "y": span(*shift["y"])})
    return gated(fields, *({**part, **rest} for part in parts))


def _shift_scale_rotate(fields: Fields) -> list[Json]:
    low, high = fields["scale_limit"]
    if any((*fields["shift_limit_x"], *fields["shift_limit_y"])):
        fields.differ("cuts shifts off to whole pixels")
    op = {
        "op": "affine",
        "degrees": span(*fields["rotate_limit"]),
        "scale": span(1 + low, 1 + high),
        "translate_x": span(*fields["shift_limit_x"]),
        "translate_y": span(*fields["shift_limit_y"]),
    }
    return gated(fields, op | warp(fields))


def _brightness_contrast(fields: Fields) -> list[Json]:
    fields.must("ensure_safe_range", False)
    bright, contrast = fields["brightness_limit"], fields["contrast_limit"]
    if not fields.get("brightness_by_max", True) and any(bright):
        raise NotImported("brightness_by_max false adds shares of the image's mean")
    parts: list[Json] = []
    if any(contrast):
        parts.append({"op": "contrast", "pivot": "zero", "factor": span(*(1 + end for end in contrast))})
    if any(bright):
        parts.append({"op": "brightness_shift", "delta": span(*bright)})
    if len(parts) == 2:
        fields.differ("clips once, ours after the contrast and after the brightness")
    return gated(fields, *parts)


def _jitter(fields: Fields) -> list[Json]:
    names = ("brightness", "contrast", "saturation", "hue")
    return jitter({name: fields[name] for name in names}, float(fields.get("p", 1.0)))


def _gray(fields: Fields) -> list[Json]:
    if fields.get("num_output_channels", 3) != 3:
        raise NotImported("the number of channels stays as it is here")
    fields.must("method", "weighted_average")
    return gated(fields, {"op": "grayscale"})


def _bits(fields: Fields) -> list[Json]:
    ends = fields["num_bits"]
    if any(isinstance(end, Sequence) for end in ends):
        raise NotImported("num_bits for single channels has no counterpart")
    low, high = map(int, ends)
    return gated(fields, {"op": "posterize", "bits": low if low == high else {"integers": [low, high]}})


def _equalize(fields: Fields) -> list[Json]:
    fields.must("by_channels", True)
    fields.must("mask", None)
    fields.drop(("mask_params",))
    pillow = fields.get("mode", "cv") == "pil"
    if pillow:
        fields.differ("counts a pixel more than Pillow does")
    return gated(fields, {"op": "equalize", "method": "pil" if pillow else "opencv"})


def _autocontrast(fields: Fields) -> list[Json]:
    fields.must("ignore", None)
    if fields.get("method", "cdf") != "pil":
        fields.differ("stretches what the histogram's sums say, ours from the darkest to the lightest")
    return gated(fields, {"op": "autocontrast", "cutoff": float(fields.get("cutoff", 0)) / 100})


def _drop(fields: Fields) -> list[Json]:
    low, high = fields["channel_drop_range"]
    if low != high:
        fields.differ(f"drops up to {high} channels, ours always {low}")
    return gated(fields, {"op": "channel_drop", "count": int(low), "fill": fields.fill()})


def _resized_crop(fields: Fields) -> list[Json]:
    area, ratio = span(*fields["scale"]), span(*fields["ratio"], kind="log_uniform")
    op = {"op": "random_resized_crop", "size": list(fields["size"]), "area": area, "ratio": ratio}
    return gated(fields, op | interpolation(fields, resize=True))


def _resize(fields: Fields) -> list[Json]:
    size = [fields["height"], fields["width"]]
    return gated(fields, {"op": "resize", "size": size, **interpolation(fields, resize=True)})


def _side(name: str) -> Callable[[Fields], list[Json]]:
    def read(fields: Fields) -> list[Json]:
        fields.must("max_size_hw", None)
        side = fields["max_size"]
        if isinstance(side, Sequence):
            raise NotImported("images of many sizes come out, and a policy gives one size")
        fields.differ("rounds halves of the other side to even, ours up")
        return gated(fields, {"op": "resize", name: side, **interpolation(fields, resize=True)})

    return read


def _crop(op: str) -> Callable[[Fields], list[Json]]:
    def read(fields: Fields) -> list[Json]:
        if fields.get("pad_if_needed", False):
            fields.differ("pads small images, ours refuses them")
        fields.drop(("border_mode", "fill", *BOXES))
        return gated(fields, {"op": op, "size": [fields["height"], fields["width"]]})

    return read


def _window(fields: Fields) -> list[Json]:
    fields.must("pad_if_needed", False)
    fields.drop(("border_mode", "fill", *BOXES))
    left, top = fields["x_min"], fields["y_min"]
    size = {"height": fields["y_max"] - top, "width": fields["x_max"] - left}
    return gated(fields, {"op": "crop", "top": top, "left": left, **size})


def _pad(fields: Fields) -> list[Json]:
    given = fields["padding"]
    values = [given] if isinstance(given, int) else list(given)
    left, top, right, bottom = values * 4 if len(values) == 1 else (values * 2)[:4]
    fields.drop(BOXES)
    return gated(fields, {"op": "pad", "top": top, "right": right, "bottom": bottom, "left": left, **around(fields)})


def _blur(fields: Fields) -> list[Json]:
    low, high = fields["sigma_limit"]
    if list(fields["blur_limit"]) != [2 * math.ceil(3 * high) + 1] * 2:
        fields.differ("a kernel of another size, ours reaches 3σ to each side")
    return gated(fields, {"op": "gaussian_blur", "sigma": span(low, high)})


def _noise(fields: Fields) -> list[Json]:
    if any(fields["mean_range"]):
        raise NotImported("noise with a mean has no counterpart")
    fields.must("noise_scale_factor", 1, 1.0)
    op = {"op": "gaussian_noise", "std": span(*fields["std_range"]), "per_channel": bool(fields["per_channel"])}
    return gated(fields, op)


def _salt(fields: Fields) -> list[Json]:
    fields.differ("changes a fixed count of pixels, ours each by chance")
    op = {"op": "salt_pepper", "amount": span(*fields["amount"]), "ratio": span(*fields["salt_vs_pepper"])}
    return gated(fields, op)


def _normalize(fields: Fields) -> list[Json]:
    fields.must("normalization", "standard")
    fields.must("max_pixel_value", 1, 1.0, 255, 255.0)
    values = ([one] if isinstance(one, (int, float)) else list(one) for one in (fields["mean"], fields["std"]))
    return gated(fields, dict(zip(("mean", "std"), values, strict=True)) | {"op": "normalize"})


def _symmetries(fields: Fields) -> list[Json]:
    return gated(fields, {"op": "rot90"}, {"op": "horizontal_flip", "p": 0.5})


def _grouped(members: Sequence[list[Json]]) -> list[Json]:
    return [ops[0] if len(ops) == 1 else {"op": "sequence", "ops": ops} for ops in members]


def _all(fields: Fields, members: Sequence[list[Json]], _: Sequence[Node]) -> list[Json]:
    inner = [op for member in members for op in member]
    p = float(fields.get("p", 1.0))
    return inner if p == 1 else [{"op": "sequence", "p": p, "ops": inner}]


def _sure(members: Sequence[list[Json]], nodes: Sequence[Node]) -> tuple[list[Json], list[float]]:
    """Return members that are always applied once they are chosen, and the probabilities they had."""
    shares = [float(node.fields.get("p", 1.0)) for node in nodes]
    return [{**op, "p": 1.0} for op in _grouped(members)], shares


def _one_of(fields: Fields, members: Sequence[list[Json]], nodes: Sequence[Node]) -> list[Json]:
    sure, shares = _sure(members, nodes)
    weights = {} if len(set(shares)) == 1 else {"weights": shares}
    return gated(fields, {"op": "one_of", "ops": sure, **weights})


def _one_or_other(fields: Fields, members: Sequence[list[Json]], nodes: Sequence[Node]) -> list[Json]:
    p = float(fields["p"])
    return [{"op": "one_of", "ops": _sure(members, nodes)[0], "weights": [p, 1 - p]}]


def _some_of(fields: Fields, members: Sequence[list[Json]], _: Sequence[Node]) -> list[Json]:
    again = bool(fields.get("replace", False))
    if again:
        fields.differ("the steps follow in the order of the list, ours in the order of choice")
    return gated(fields, {"op": "some_of", "n": int(fields["n"]), "replace": again, "ops": _grouped(members)})


ALBUMENTATIONS = Library(
    readers={
        "HorizontalFlip": plain("horizontal_flip"),
        "VerticalFlip": plain("vertical_flip"),
        "Transpose": plain("transpose"),
        "RandomRotate90": plain("rot90"),
        "D4": _symmetries,
        "SquareSymmetry": _symmetries,
        "Rotate": _rotate,
        "Affine": _affine,
        "ShiftScaleRotate": _shift_scale_rotate,
        "RandomBrightnessContrast": _brightness_contrast,
        "ColorJitter": _jitter,
        "ToGray": _gray,
        "InvertImg": plain("invert"),
        "Posterize": _bits,
        "Solarize": lambda f: gated(f, {"op": "solarize", "threshold": span(*f["threshold_range"])}),
        "Equalize": _equalize,
        "AutoContrast": _autocontrast,
        "RandomGamma": lambda f: gated(f, {"op": "gamma", "gamma": span(*(end / 100 for end in f["gamma_limit"]))}),
        "ChannelShuffle": plain("channel_shuffle"),
        "ChannelDropout": _drop,
        "RandomResizedCrop": _resized_crop,
        "Resize": _resize,
        "SmallestMaxSize": _side("short_side"),
        "LongestMaxSize": _side("long_side"),
        "CenterCrop": _crop("center_crop"),
        "RandomCrop": _crop("random_crop"),
        "Crop": _window,
        "Pad": _pad,
        "GaussianBlur": _blur,
        "GaussNoise": _noise,
        "SaltAndPepper": _salt,
        "Normalize": _normalize,
        **EFFECTS,
        "NoOp": nothing("it changes nothing"),
        "ToFloat": _float,
        **dict.fromkeys(("FromFloat", "ToTensorV2"), nothing("dtype and layout are declared elsewhere")),
    },
    containers={
        "Compose": _all,
        "ReplayCompose": _all,
        "Sequential": _all,
        "OneOf": _one_of,
        "OneOrOther": _one_or_other,
        "SomeOf": _some_of,
        **CONTAINERS,
    },
    unsupported={
        "RandomScale": "images of many sizes come out, and a policy gives one size",
        "PadIfNeeded": "it depends on the images' size; pad takes fixed widths",
        "HueSaturationValue": "it shifts hue, saturation and value as 8-bit numbers of OpenCV",
        "SafeRotate": "it enlarges the canvas and shrinks it again by the angle",
        "Lambda": "it is code",
        **UNSUPPORTED,
    },
    ignored=("p", "bbox_params", "keypoint_params", "additional_targets", "is_check_shapes", "save_key", "seed"),
)
"""The table."""
