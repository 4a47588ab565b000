"""Albumentations' blurs, noise, holes, distortions and compression."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from augspec.importing.albumentations_settings import BOXES, around, gated, interpolation, plain
from augspec.importing.elastic import elastic
from augspec.importing.fields import Fields, Json, NotImported, span
from augspec.importing.table import Container, Node, Reader

__all__ = ["CONTAINERS", "EFFECTS", "UNSUPPORTED"]

_AREA, _NEAREST = 3, 0
"""OpenCV's numbers of interpolations."""


def _whole(low: Any, high: Any) -> int | Json:
    """Return a whole number, or the distribution of those from low to high."""
    return int(low) if low == high else {"integers": [int(low), int(high)]}


def _box(fields: Fields) -> list[Json]:
    low, high = fields["blur_limit"]
    return gated(fields, {"op": "box_blur", "radius": _whole(low // 2, high // 2)})


def _median(fields: Fields) -> list[Json]:
    low, high = fields["blur_limit"]
    if low > 3:
        raise NotImported("a median of more than 3 × 3 pixels has no counterpart")
    if high > 3:
        fields.differ(f"windows of up to {high} × {high} pixels, ours of 3 × 3")
    fields.differ("repeats the border pixel, ours mirrors at it")
    return gated(fields, {"op": "median_blur"})


def _motion(fields: Fields) -> list[Json]:
    low, high = fields["blur_limit"]
    fields.differ("a line of whole pixels, ours is read between them")
    if fields.get("allow_shifted", True):
        fields.differ("shifts the line")
    if any(fields.get("direction_range", (0, 0))):
        fields.differ("weighs one end of the line more")
    lengths = list(range(max(3, low | 1), high + 1, 2))
    length = lengths[0] if len(lengths) == 1 else {"choice": lengths}
    angle = span(*(-end for end in fields["angle_range"]))
    return gated(fields, {"op": "motion_blur", "length": length, "degrees": angle})


def _defocus(fields: Fields) -> list[Json]:
    fields.drop(("alias_blur",))
    fields.differ("smooths the disc by a Gaussian, ours has a rim of one pixel")
    low, high = fields["radius"]
    return gated(fields, {"op": "defocus", "radius": _whole(low, high)})


def _unsharp(fields: Fields) -> list[Json]:
    fields.differ("what is below a threshold stays, softly")
    low, high = fields["sigma_limit"]
    if not high:
        low, high = (0.3 * ((taps - 1) / 2 - 1) + 0.8 for taps in fields["blur_limit"])
    fields.drop(("blur_limit", "threshold"))
    return gated(fields, {"op": "unsharp_mask", "sigma": span(low, high), "amount": span(*fields["alpha"])})


def _emboss(fields: Fields) -> list[Json]:
    op = {"op": "emboss", "share": span(*fields["alpha"]), "strength": span(*fields["strength"])}
    return gated(fields, op)


def _clahe(fields: Fields) -> list[Json]:
    fields.differ("equalizes L of Lab, ours each channel")
    columns, rows = fields["tile_grid_size"]
    return gated(fields, {"op": "clahe", "clip": span(*fields["clip_limit"]), "tiles": [rows, columns]})


def _shifted(fields: Fields) -> list[Json]:
    fields.drop(("approximation", "noise_params", "noise_type", "spatial_mode"))
    op: Json = {"op": "rgb_shift"}
    for name in ("red", "green", "blue"):
        ends = fields[f"{name[0]}_shift_limit"]
        white = 255.0 if any(abs(end) > 1 for end in ends) else 1.0  # as it tells levels from shares itself
        op[name] = span(*(end / white for end in ends))
    return gated(fields, op)


def _curve(fields: Fields) -> list[Json]:
    fields.must("per_channel", False)
    deviation = float(fields["scale"])
    fields.differ("clips control points to the range, ours come from a normal cut off there")
    ends = {"shadows": 0.25, "highlights": 0.75}
    normals = {
        name: {"normal": {"mean": mean, "std": deviation, "low": 0.0, "high": 1.0}} if deviation else mean
        for name, mean in ends.items()
    }
    return gated(fields, {"op": "tone_curve", **normals})


def _light(fields: Fields) -> list[Json]:
    fields.must("mode", "blackbody")
    fields.must("sampling_method", "uniform")
    fields.differ("reads gains from a table, ours come from a formula")
    return gated(fields, {"op": "temperature", "kelvin": span(*fields["temperature_limit"])})


def _photons(fields: Fields) -> list[Json]:
    fields.differ("draws counts of photons in linear light, ours a normal on the values as they are")
    return gated(fields, {"op": "shot_noise", "scale": span(*(math.sqrt(end) for end in fields["scale_range"]))})


def _multiplied(fields: Fields) -> list[Json]:
    fields.must("elementwise", False)
    fields.must("per_channel", False)
    return gated(fields, {"op": "brightness_scale", "factor": span(*fields["multiplier"])})


def _dropped(fields: Fields) -> list[Json]:
    fields.must("per_channel", False)
    fields.must("drop_value", 0, 0.0)
    fields.must("mask_drop_value", None)
    return gated(fields, {"op": "pixel_dropout", "amount": float(fields["dropout_prob"])})


def _filling(fields: Fields) -> float | list[float] | str:
    fields.must("fill_mask", None)
    if fields.get("fill") == "random":
        return "noise"
    if isinstance(fields.get("fill"), str):
        raise NotImported(f"fill {fields['fill']} has no counterpart")
    return fields.fill()


def _holes(fields: Fields) -> list[Json]:
    height, width = fields["hole_height_range"], fields["hole_width_range"]
    if any(end >= 1 and isinstance(end, int) for end in (*height, *width)):
        raise NotImported("holes in pixels depend on the images' size; cutout takes shares of it")
    fields.differ("holes are shares of both sides, ours squares of the shorter one")
    low, high = fields["num_holes_range"]
    if low != high:
        fields.differ(f"up to {high} holes, ours always {low}")
    ends = [(one + other) / 2 for one, other in zip(height, width, strict=True)]
    op = {"op": "cutout", "size": span(*ends), "count": int(low), "inside": True, "fill": _filling(fields)}
    return gated(fields, op)


def _erased(fields: Fields) -> list[Json]:
    fields.differ("bounds area and ratio by what fits, ours takes the first of ten that fits")
    op = {"op": "random_erasing", "area": span(*fields["scale"]), "ratio": span(*fields["ratio"])}
    return gated(fields, {**op, "fill": _filling(fields)})


def _grid(fields: Fields) -> list[Json]:
    number = fields.get("holes_number_xy")
    fields.drop(("unit_size_range", "shift_xy"))
    if number is None:
        raise NotImported("cells in pixels depend on the images' size; grid_mask takes shares of it")
    fields.differ("cells are shares of both sides, ours squares of the shorter one, from a random offset")
    if fields.get("random_offset", True):
        fields.differ("each hole has an offset of its own")
    cell = 1 / min(number)
    return gated(fields, {"op": "grid_mask", "cell": cell, "ratio": float(fields["ratio"]), "fill": _filling(fields)})


def _bent(fields: Fields) -> Json:
    """Return interpolation and border of a distortion."""
    fields.drop((*BOXES, "keypoint_remapping_method"))
    return interpolation(fields) | around(fields)


def _cells(fields: Fields) -> list[Json]:
    low, high = fields["distort_limit"]
    if low != -high:
        raise NotImported("a distort_limit that is not the same both ways has no counterpart")
    fields.must("normalized", True)
    fields.differ("cells of whole pixels, one more than it is told, whose ends count twice")
    op = {"op": "grid_distortion", "steps": int(fields["num_steps"]), "limit": float(high)}
    return gated(fields, op | _bent(fields))


def _elastic(fields: Fields) -> list[Json]:
    if fields.get("noise_distribution", "gaussian") != "uniform":
        raise NotImported("gaussian noise is divided by the largest number of the field, which depends on its size")
    fields.must("same_dxdy", False)
    fields.must("approximate", False)
    fields.differ("smooths noise as far as 4σ, with its border pixel repeated; ours as far as 3σ, and mirrored")
    return gated(fields, elastic(float(fields["alpha"]), float(fields["sigma"])) | _bent(fields))


def _lens(fields: Fields) -> list[Json]:
    fields.must("mode", "camera")
    low, high = fields["distort_limit"]
    fields.differ(
        "radii are shares of each side, which is the same on squares alone, and its centre is half a pixel off"
    )
    if low != high:
        fields.differ("one draw for both coefficients")
    # Its k is of r² and of r⁴, r in sides; ours of half the diagonal, which is 1/√2 of a square's side.
    op = {"op": "lens", "k1": span(low / 2, high / 2), "k2": span(low / 4, high / 4)}
    return gated(fields, op | _bent(fields))


def _compressed(fields: Fields) -> list[Json]:
    fields.must("compression_type", "jpeg")
    fields.differ("codes red as blue, and blue as red")
    return gated(fields, {"op": "jpeg", "quality": _whole(*fields["quality_range"])})


def _downscale(fields: Fields) -> list[Json]:
    pair = fields["interpolation_pair"]
    if pair["upscale"] != _NEAREST or pair["downscale"] not in (_AREA, _NEAREST):
        raise NotImported("interpolations other than area or nearest down, and nearest up, have no counterpart")
    fields.differ("nearest takes the pixel before the centre, ours the one at it")
    method = "area" if pair["downscale"] == _AREA else "nearest"
    return gated(fields, {"op": "downscale", "factor": span(*fields["scale_range"]), "method": method})


def _any_order(fields: Fields, members: Sequence[list[Json]], _: Sequence[Node]) -> list[Json]:
    fields.must("replace", False)
    if int(fields["n"]) != len(members):
        raise NotImported("some members in a random order have no counterpart; all have one")
    grouped = [ops[0] if len(ops) == 1 else {"op": "sequence", "ops": ops} for ops in members]
    return gated(fields, {"op": "random_order", "ops": grouped})


EFFECTS: Mapping[str, Reader] = {
    "Blur": _box,
    "MedianBlur": _median,
    "MotionBlur": _motion,
    "Defocus": _defocus,
    "UnsharpMask": _unsharp,
    "Emboss": _emboss,
    "CLAHE": _clahe,
    "RGBShift": _shifted,
    "ToSepia": plain("sepia"),
    "RandomToneCurve": _curve,
    "PlanckianJitter": _light,
    "ShotNoise": _photons,
    "MultiplicativeNoise": _multiplied,
    "PixelDropout": _dropped,
    "CoarseDropout": _holes,
    "Erasing": _erased,
    "GridDropout": _grid,
    "GridDistortion": _cells,
    "OpticalDistortion": _lens,
    "ElasticTransform": _elastic,
    "ImageCompression": _compressed,
    "Downscale": _downscale,
}
"""Rows of the table."""

CONTAINERS: Mapping[str, Container] = {"RandomOrder": _any_order}
"""Rows for what holds others."""

UNSUPPORTED: Mapping[str, str] = {
    "Perspective": "it shows a part of the picture, ours all of it on a smaller plane",
    "Sharpen": "its kernel is not Pillow's; sharpness and unsharp_mask are near",
    "FancyPCA": "it takes the axes of each image, pca_lighting those of ImageNet",
    "TextImage": "it renders text",
    "RandomFog": "it draws white discs, most of them in the middle, and blurs all; fog is a fractal veil",
    "RandomRain": "it adds lines whose number and length are pixels, and darkens all; rain is streaks that blend",
    "RandomSnow": "it whitens pixels by their brightness, or lays a texture over all; snow is flakes that fall",
    "RandomShadow": "its polygons lie in one part of the image, with hard edges; shadow lies anywhere",
    "RandomSunFlare": "it draws discs of many colours, whose radius is in pixels; sun_flare is one glow in one grey",
    "Mosaic": "it takes partners from a list, into a canvas of its own size: write `mosaic` into the policy",
}
"""Reasons, for those that people will look for."""
