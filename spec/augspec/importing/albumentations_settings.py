"""Settings that transforms of Albumentations share: probability, interpolation, border and fill."""

from __future__ import annotations

from collections.abc import Callable

from augspec.importing.fields import Fields, Json, NotImported

__all__ = ["BOXES", "around", "gated", "interpolation", "plain", "warp"]

_BORDERS = {0: "constant", 1: "edge", 2: "symmetric", 3: "wrap", 4: "mirror"}
_KERNELS = {0: "nearest", 1: "bilinear", 2: "bicubic"}
"""OpenCV's numbers of interpolations."""

BOXES = ("rotate_method", "mask_interpolation", "fill_mask", "fit_output", "pad_position")


def gated(fields: Fields, *ops: Json) -> list[Json]:
    """Return ops that are applied together, with the transform's probability."""
    p = float(fields.get("p", 1.0))
    if p == 1:
        return [{"p": 1.0, **op} if "flip" in op["op"] else op for op in ops]  # flips have a p of their own
    if len(ops) == 1:
        return [{**ops[0], "p": p}]
    return [{"op": "sequence", "p": p, "ops": list(ops)}] if ops else []


def plain(op: str) -> Callable[[Fields], list[Json]]:
    """Return a reader of a transform without settings."""
    return lambda fields: gated(fields, {"op": op})


def interpolation(fields: Fields, *, resize: bool = False) -> Json:
    """Return the interpolation, and antialias where sizes change."""
    number = fields.get("interpolation", 1)
    if number not in _KERNELS:
        raise NotImported(f"the interpolation number {number} of OpenCV has no counterpart")
    if number == 2:
        fields.differ("bicubic with a = −0.75, ours has −0.5")
    if number == 0 and resize:
        fields.differ("nearest takes the pixel before the centre, ours the one at it")
    if resize:
        fields.must("area_for_downscale", None)
        fields.drop(BOXES)
    return {"interpolation": _KERNELS[number]} | ({"antialias": False} if resize else {})


def around(fields: Fields) -> Json:
    """Return border and fill."""
    number = fields.get("border_mode", 0)
    if number not in _BORDERS:
        raise NotImported(f"the border number {number} of OpenCV has no counterpart")
    return {"border": _BORDERS[number], "fill": fields.fill()}


def warp(fields: Fields) -> Json:
    """Return interpolation, border and fill of a warp."""
    fields.must("fit_output", False)
    fields.must("crop_border", False)
    if fields.get("rotate_method", "largest_box") != "largest_box":
        fields.differ("boxes are those of an ellipse, ours of the corners")
    fields.drop(BOXES)
    return interpolation(fields) | around(fields)
