"""Kornia's `AugmentationSequential` and its augmentations, read from live objects."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from augspec.importing.colours import jitter
from augspec.importing.fields import Fields, Json, NotImported, span
from augspec.importing.mixtures import mixture
from augspec.importing.result import Imported
from augspec.importing.table import Library, Node, imported

__all__ = ["kornia"]

_BORDERS = {"zeros": "constant", "border": "edge", "reflection": "mirror"}


def kornia(augmentation: Any) -> Imported:
    """Return the policy of an `AugmentationSequential`, or of a single augmentation; only its attributes are read.

    Args:
        augmentation: the object; its images are floats of the unit range.

    Raises:
        TypeError: it is not one of Kornia's.
    """
    if not type(augmentation).__module__.startswith("kornia."):
        raise TypeError(f"an augmentation of Kornia was expected, got {type(augmentation).__name__}")
    node = _node(augmentation, "")
    whole = node.name == "AugmentationSequential" and not node.fields.get("random_apply")
    top = node.members if whole else (node,)
    return imported(top, KORNIA)


def _node(one: Any, path: str) -> Node:
    kind = type(one)
    if not kind.__module__.startswith("kornia."):
        return Node(path, f"{kind.__module__}.{kind.__qualname__}", Fields({}))
    if kind.__name__.endswith("Sequential"):
        members = tuple(_node(child, f"{path}[{n}]") for n, child in enumerate(one.children()))
        wanted = {name: _plain(getattr(one, name, None)) for name in ("random_apply", "random_apply_weights")}
        return Node(path or "sequence", kind.__name__, Fields(wanted, 1.0), members)
    values = {name: value for name, value in vars(one).items() if not name.startswith("_")}
    values |= values.pop("flags", {})
    generator = getattr(one, "_param_generator", None)
    if generator is not None:
        values |= {name: value for name, value in vars(generator).items() if not name.startswith("_")}
        values = {name: value for name, value in values.items() if not name.endswith("sampler")}
        values |= dict(generator.named_buffers())
    return Node(path or "augmentation", kind.__name__, Fields({k: _plain(v) for k, v in values.items()}, 1.0))


def _plain(value: Any) -> Any:
    """Return a setting as plain values: tensors as lists, enumerations as their names."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return value.name.lower() if hasattr(value, "name") and hasattr(value, "value") else value


def _p(fields: Fields, *ops: Json) -> list[Json]:
    if fields.get("p_batch", 1.0) != 1:
        raise NotImported("p_batch decides for whole batches")
    p = float(fields.get("p", 1.0))
    drawn = p < 1 or any(isinstance(value, dict) for op in ops for value in op.values())
    if fields.get("same_on_batch", False) and drawn:
        fields.differ("draws once for a batch, ours for every sample")
    return [{**op, "p": p} for op in ops] if p < 1 or any("flip" in op["op"] for op in ops) else list(ops)


def _mixup(fields: Fields) -> list[Json]:
    if tuple(fields.get("lambda_val") or (0, 1)) != (0, 1):
        raise NotImported("a weight that is uniform from another number than 0, or to another one than 1")
    fields.differ("labels become soft, not triples")
    return mixture(fields, "mixup", alpha=1.0, by_batch=_mixes_alike(fields))


def _cutmix(fields: Fields) -> list[Json]:
    fields.must("num_mix", 1)
    if tuple(fields.get("cut_size") or (0, 1)) != (0, 1):
        raise NotImported("a clamp of the weight has no counterpart")
    fields.drop(("use_correct_lambda",))
    fields.differ("keeps rectangles inside of the image, ours are cut off at its border")
    fields.differ("labels become soft, not triples")
    beta = fields.get("beta")
    return mixture(fields, "cutmix", alpha=1.0 if beta is None else float(beta), by_batch=_mixes_alike(fields))


def _mixes_alike(fields: Fields) -> bool:
    """Return whether one weight is drawn for a batch; always mixing is all that ours can."""
    if fields.get("p_batch", 1.0) != 1 or fields.get("p", 1.0) != 1:
        raise NotImported("p_batch decides for whole batches")
    fields.drop(("data_keys",))
    return bool(fields.get("same_on_batch", False))


def _as(op: str) -> Callable[[Fields], list[Json]]:
    return lambda fields: _p(fields, {"op": op})


def _ranged(op: str, parameter: str, name: str, shift: float = 0.0, **rest: Any) -> Callable[[Fields], list[Json]]:
    def read(fields: Fields) -> list[Json]:
        fields.drop(("brightness", "contrast", "hue"))
        fields.must("clip_output", True)
        return _p(fields, {"op": op, parameter: span(*(end + shift for end in fields[name])), **rest})

    return read


def _warp(fields: Fields) -> Json:
    word = fields.get("padding_mode", "zeros")
    if word not in _BORDERS or fields.get("fill_value") is not None:
        raise NotImported(f"padding_mode {word} has no counterpart")
    if word == "reflection":
        fields.differ("reflects about other lines")
    if fields.get("align_corners") is False:
        fields.differ("align_corners false moves the centre")
    kernel = fields.get("resample", "bilinear")
    if kernel == "bicubic":
        fields.differ("bicubic with a = −0.75, ours has −0.5")
    return {"interpolation": kernel, "border": _BORDERS[word]}


def _rotation(fields: Fields) -> list[Json]:
    return _p(fields, {"op": "rotate", "degrees": span(*fields["degrees"]), **_warp(fields)})


def _affine(fields: Fields) -> list[Json]:
    rest = _warp(fields)
    low, high = _ends(fields["degrees"])
    found: Json = {"op": "affine", "degrees": span(-high, -low)}
    translate, scale, shear = (fields.get(name) for name in ("translate", "scale", "shear"))
    for name, most in zip(("translate_x", "translate_y"), translate or (), strict=False):
        found[name] = span(-most, most)
    if scale is not None:
        if len(scale) != 2:
            raise NotImported("a scale for each axis has no counterpart")
        found["scale"] = span(*scale)
    if shear is not None:
        fields.differ("shears in degrees, and about another point")
        ends = [-float(shear), float(shear)] if isinstance(shear, (int, float)) else [*shear]
        found["shear_x"] = span(*(-math.tan(math.radians(end)) for end in ends[:2]))
        if any(ends[2:]):
            raise NotImported("shear along y has no counterpart beside shear along x")
    return _p(fields, found | rest)


def _ends(value: Any) -> tuple[float, float]:
    if isinstance(value, (int, float)):
        return -float(value), float(value)
    return float(value[0]), float(value[1])


def _translate(fields: Fields) -> list[Json]:
    shifts = {axis: fields.get(f"translate_{axis}") for axis in "xy"}
    found = {axis: span(*ends) for axis, ends in shifts.items() if ends is not None}
    return _p(fields, {"op": "translate", **found, **_warp(fields)})


def _jitter(fields: Fields) -> list[Json]:
    ranges = {}
    for name in ("brightness", "contrast", "saturation", "hue"):
        value, rest = fields.get(name, 0.0), 0.0 if name == "hue" else 1.0
        low, high = _ends(value) if name == "hue" or not isinstance(value, (int, float)) else (1 - value, 1 + value)
        ranges[name] = (low, high) if (low, high) != (rest, rest) else None
    fields.differ("one order for a batch")
    (part, *more) = jitter(ranges) or [{"op": "sequence", "ops": []}]
    return _p(fields, part if not more else {"op": "sequence", "ops": [part, *more]})


def _gray(fields: Fields) -> list[Json]:
    fields.must("rgb_weights", None)
    return _p(fields, {"op": "grayscale"})


def _blur(fields: Fields) -> list[Json]:
    fields.must("border_type", "reflect")
    fields.drop(("separable",))
    low, high = fields["sigma"]
    taps = list(fields["kernel_size"])
    if taps != [2 * math.ceil(3 * high) + 1] * 2:
        fields.differ(f"a kernel of {'×'.join(map(str, taps))} pixels, ours reaches 3σ to each side")
    return _p(fields, {"op": "gaussian_blur", "sigma": span(low, high)})


def _noise(fields: Fields) -> list[Json]:
    fields.must("mean", 0, 0.0)
    fields.differ("does not clip")
    return _p(fields, {"op": "gaussian_noise", "std": float(fields["std"])})


def _solarize(fields: Fields) -> list[Json]:
    if any(fields["additions"]):
        raise NotImported("additions has no counterpart")
    return _p(fields, {"op": "solarize", "threshold": span(*fields["thresholds"])})


def _gamma(fields: Fields) -> list[Json]:
    gamma, gain = (span(*fields[f"{name}_factor"]) for name in ("gamma", "gain"))
    return _p(fields, {"op": "gamma", "gamma": gamma, "gain": gain})


def _turns(fields: Fields) -> list[Json]:
    fields.drop(("resample", "align_corners"))
    low, high = (int(end) for end in fields["times"])
    if not 0 <= low <= high <= 3:
        raise NotImported("turns below 0 have no counterpart; write them as 1 to 3")
    values = list(range(low, high + 1))
    if len(values) <= 2:
        return _p(fields, {"op": "rot90", "turns": low if low == high else {"choice": values}})
    # A number of the whole range is drawn and rounded: half as many are rounded to an end.
    weights = [1.0, *[2.0] * (len(values) - 2), 1.0]
    return _p(fields, {"op": "rot90", "turns": {"choice": {"values": values, "weights": weights}}})


def _crop(fields: Fields) -> list[Json]:
    fields.must("padding_mode", "constant")
    fields.must("pad_if_needed", False)
    fields.must("resize_to", None)
    fields.drop(("resample", "align_corners", "cropping_mode", "fill"))
    if fields.get("padding") is not None:
        raise NotImported("padding has no row yet")
    return _p(fields, {"op": "random_crop", "size": list(fields["size"])})


def _center_crop(fields: Fields) -> list[Json]:
    fields.drop(("resample", "align_corners", "cropping_mode", "padding_mode"))
    fields.differ("odd margins fall to another side")
    return _p(fields, {"op": "center_crop", "size": list(fields["size"])})


def _resized_crop(fields: Fields) -> list[Json]:
    fields.drop(("resize_to", "output_size", "cropping_mode", "padding_mode", "align_corners"))
    fields.differ("stretches the corners' centres onto each other, without antialiasing")
    area, ratio = span(*fields["scale"]), span(*fields["ratio"], kind="log_uniform")
    kernel = {"interpolation": fields.get("resample", "bilinear"), "antialias": False}
    return _p(
        fields, {"op": "random_resized_crop", "size": list(fields["size"]), "area": area, "ratio": ratio, **kernel}
    )


def _resize(fields: Fields) -> list[Json]:
    fields.drop(("output_size", "side"))
    if fields.get("align_corners"):
        fields.differ("stretches the corners' centres onto each other")
    size = fields["size"]
    if isinstance(size, int):
        raise NotImported("a single side has no row yet")
    smooth, kernel = bool(fields.get("antialias", False)), fields.get("resample", "bilinear")
    return _p(fields, {"op": "resize", "size": list(size), "interpolation": kernel, "antialias": smooth})


def _jpeg(fields: Fields) -> list[Json]:
    fields.differ("a differentiable JPEG, ours is libjpeg's")
    low, high = (math.floor(end) for end in fields["jpeg_quality"])
    return _p(fields, {"op": "jpeg", "quality": low if low == high else {"integers": [low, high]}})


def _box(fields: Fields) -> list[Json]:
    fields.must("border_type", "reflect")
    fields.must("normalized", True)
    height, width = fields["kernel_size"]
    if height != width or height % 2 == 0:
        raise NotImported("a box that is no square of odd sides has no counterpart")
    return _p(fields, {"op": "box_blur", "radius": height // 2})


def _median(fields: Fields) -> list[Json]:
    fields.must("kernel_size", (3, 3), [3, 3], 3)
    return _p(fields, {"op": "median_blur"})


def _motion(fields: Fields) -> list[Json]:
    fields.drop(("resample",))
    fields.differ("turns a line of pixels, ours is read between them")
    if fields.get("border_type", "constant") != "reflect":
        fields.differ("another border than ours, which mirrors")
    ends = fields["direction"]
    if any(ends) if isinstance(ends, Sequence) else ends:
        fields.differ("weighs one end of the line more")
    size = fields["kernel_size"]
    low, high = size if isinstance(size, Sequence) else (size, size)
    lengths = list(range(low, high + 1, 2))
    length = lengths[0] if len(lengths) == 1 else {"choice": lengths}
    return _p(fields, {"op": "motion_blur", "length": length, "degrees": span(*_ends(fields["angle"]))})


def _erasing(fields: Fields) -> list[Json]:
    fields.drop(("ratio_sampler1", "ratio_sampler2", "ratio_sampler"))
    fields.differ("clips its one hole to the image, ours takes the first of ten that fits; draws ratios in two halves")
    area, (low, high) = span(*fields["scale"]), fields["ratio"]
    # Their ratio is height over width.
    ratio = span(1 / high, 1 / low, kind="log_uniform")
    return _p(fields, {"op": "random_erasing", "area": area, "ratio": ratio, "fill": float(fields["value"])})


def _perspective(fields: Fields) -> list[Json]:
    fields.must("sampling_method", "basic")
    fields.differ("corners are centres of pixels, ours the picture's")
    if not fields.get("align_corners", False):
        fields.differ("align_corners false moves the centre")
    op = {"op": "perspective", "distortion": float(fields["distortion_scale"])}
    return _p(fields, {**op, "interpolation": fields.get("resample", "bilinear")})


def _shifted(fields: Fields) -> list[Json]:
    return _p(
        fields, {"op": "rgb_shift", **{name: span(*fields[f"{name[0]}_shift"]) for name in ("red", "green", "blue")}}
    )


def _side(name: str) -> Callable[[Fields], list[Json]]:
    def read(fields: Fields) -> list[Json]:
        fields.drop(("output_size", "side"))
        if fields.get("align_corners"):
            fields.differ("stretches the corners' centres onto each other")
        if fields.get("antialias", False):
            fields.differ("blurs by a Gaussian first")
        fields.differ("cuts the other side's length off, ours rounds it")
        smooth, kernel = bool(fields.get("antialias", False)), fields.get("resample", "bilinear")
        return _p(fields, {"op": "resize", name: int(fields["size"]), "interpolation": kernel, "antialias": smooth})

    return read


def _clahe(fields: Fields) -> list[Json]:
    fields.drop(("clip_limit",))
    fields.must("slow_and_differentiable", False)
    fields.differ("blends its tables half a pixel earlier")
    clip = span(*fields["clip_limit_factor"])
    return _p(fields, {"op": "clahe", "clip": clip, "tiles": list(fields["grid_size"])})


def _saturation(fields: Fields) -> list[Json]:
    fields.drop(("saturation",))
    return _p(fields, {"op": "saturation", "space": "hsv", "factor": span(*fields["saturation_factor"])})


def _salt(fields: Fields) -> list[Json]:
    fields.differ("draws which pixels otherwise")
    op = {"op": "salt_pepper", "amount": span(*fields["amount"]), "ratio": span(*fields["salt_and_pepper"])}
    return _p(fields, op)


def _normalize(fields: Fields) -> list[Json]:
    return _p(fields, {"op": "normalize", "mean": list(fields["mean"]), "std": list(fields["std"])})


def _invert(fields: Fields) -> list[Json]:
    fields.must("max_val", 1, 1.0)
    return _p(fields, {"op": "invert"})


def _autocontrast(fields: Fields) -> list[Json]:
    fields.must("clip_output", True)
    return _p(fields, {"op": "autocontrast"})


def _all(fields: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    chosen, weights = fields.get("random_apply"), fields.get("random_apply_weights")
    if not chosen:
        return [op for member in members for op in member]
    least, most = chosen[0], chosen[1] - 1  # the upper end is kept as one that is never reached
    if least != most:
        raise NotImported(f"a number of members that is drawn, {least} to {most}, has no counterpart")
    if least > len(members):
        raise NotImported(f"{least} of {len(members)} members, some of them twice, have no counterpart")
    if weights is not None and set(weights) != {1.0}:  # those are no shares alone: their sum decides about repeats
        raise NotImported("weights of members have no counterpart")
    # A member that is left out keeps its place, so that the others are not chosen more often.
    ops = [member[0] if len(member) == 1 else {"op": "sequence", "ops": member} for member in members]
    if least == len(members):
        fields.differ("draws the order once for a batch, ours for every sample")
        return [{"op": "random_order", "ops": ops}]
    fields.differ(
        "chooses once for a batch, and puts what it chose in any order; ours for every sample, in the order listed"
    )
    return [{"op": "some_of", "n": least, "ops": ops}]


KORNIA = Library(
    readers={
        "RandomHorizontalFlip": _as("horizontal_flip"),
        "RandomVerticalFlip": _as("vertical_flip"),
        "RandomRotation": _rotation,
        "RandomRotation90": _turns,
        "RandomAffine": _affine,
        "RandomTranslate": _translate,
        "ColorJitter": _jitter,
        "RandomBrightness": _ranged("brightness_shift", "delta", "brightness_factor", -1.0),
        "RandomContrast": _ranged("contrast", "factor", "contrast_factor", pivot="zero"),
        "RandomHue": _ranged("hue", "turns", "hue_factor"),
        "RandomGamma": _gamma,
        "RandomGrayscale": _gray,
        "RandomGaussianBlur": _blur,
        "RandomGaussianNoise": _noise,
        "RandomInvert": _invert,
        "RandomSolarize": _solarize,
        "RandomEqualize": _as("equalize"),
        "RandomAutoContrast": _autocontrast,
        "RandomSharpness": _ranged("sharpness", "factor", "sharpness"),
        "RandomChannelShuffle": _as("channel_shuffle"),
        "RandomCrop": _crop,
        "CenterCrop": _center_crop,
        "RandomResizedCrop": _resized_crop,
        "Resize": _resize,
        "RandomJPEG": _jpeg,
        "RandomBoxBlur": _box,
        "RandomMedianBlur": _median,
        "RandomMotionBlur": _motion,
        "RandomErasing": _erasing,
        "RandomPerspective": _perspective,
        "RandomRGBShift": _shifted,
        "RandomSaturation": _saturation,
        "RandomSaltAndPepperNoise": _salt,
        "RandomClahe": _clahe,
        "LongestMaxSize": _side("long_side"),
        "SmallestMaxSize": _side("short_side"),
        "Normalize": _normalize,
        "RandomMixUpV2": _mixup,
        "RandomCutMixV2": _cutmix,
    },
    containers={"AugmentationSequential": _all, "ImageSequential": _all},
    unsupported={
        "ColorJiggle": "its saturation is that of HSV, its contrast is about black",
        "RandomElasticTransform": "it moves by shares of the side, elastic by pixels",
        "RandomMosaic": "it has neither labels nor masks: write `mosaic` and `targets` into the policy",
        "RandomRain": "it draws lines whose number and length are pixels; rain is streaks that blend",
        "RandomSnow": "it whitens pixels by their brightness; snow is flakes that fall",
        "RandomPosterize": "it draws fractions of bits",
        "RandomShear": "it shears in degrees, about another point",
        "RandomPlanckianJitter": "it draws lines of a table of gains; temperature takes kelvin",
    },
    ignored=("training", "device", "dtype", "keepdim", "samplers", "sampler_dict", "randperm"),
)
"""The table."""
