"""How a sample's arrays may be written: what people declare and nothing guesses from values."""

from __future__ import annotations

__all__ = ["CHOICES", "FLOATS", "MASKS", "RESERVED", "ROTATED", "TARGETS"]

CHOICES = {
    "box_format": ("xyxy", "xywh", "cxcywh", "yxyx", "cxcywhr"),
    "box_units": ("pixels", "normalized"),
    "keypoint_format": ("xy", "index"),
    "layout": ("NHWC", "NCHW"),
}
"""Words of the options of `augspec.compile`."""

ROTATED = ("cxcywhr",)
"""Formats of boxes that have an angle (T9): they know no normalized units."""

TARGETS = ("image", "mask", "instance_masks", "boxes", "keypoints")
"""Entries of a sample that move with the image; every other entry passes through (T6)."""

RESERVED = (*TARGETS, "label", "labels", "boxes_valid", "keypoints_visible")
"""Entries that mean something else than a mask of that name could (T2)."""

FLOATS = ("float32", "float16", "bfloat16", "float64")
"""Dtypes of floating images, boxes and keypoints."""

MASKS = ("uint8", "int8", "uint16", "int16", "int32", "int64", "bool", *FLOATS)
"""Dtypes of masks (T2)."""
