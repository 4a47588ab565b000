"""Every tolerance of the suite, by numeric class and dtype; laws name a class and hold no numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec_conformance.headroom import spend

__all__ = [
    "BOUNDARY",
    "COORDINATE",
    "COORDINATE_BETWEEN",
    "EPSILON",
    "LEVELS",
    "MEAN_LEVELS",
    "NEAREST_SHARE",
    "against_oracle",
    "between_backends",
    "class_of",
    "close",
    "coordinate",
    "levels",
]

EPSILON = {
    "float64": 2.0**-23,
    "float32": 2.0**-23,
    "uint16": 2.0**-16,
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
    "uint8": 0.0,
}
"""One unit in the last place at 1. float64 images are computed by some backends in float32, so they get its epsilon."""

_UNITS = {"move": 0.0, "point-f": 8.0, "interp-f": 24.0, "normalize": 64.0}
"""Between two backends: how many units in the last place of float32, times the range (E4: positions are equal)."""

_LARGER = {"float16": 1.0, "bfloat16": 1.0, "uint16": 1.0}
"""Narrow dtypes are computed in float32 and rounded once: one unit of their own, where the rounding tips over."""

LEVELS = 1.0
"""E8: farthest a single op may be from the float64 ideal, in 8-bit levels."""

MEAN_LEVELS = 0.3
"""E8: largest mean distance of a single op."""

LEVELS_PER_OP = 1.0
"""Compositions: levels for each op that resamples or computes, one after the other."""

COORDINATE = 2e-3
"""Boxes and keypoints against float64, in pixels, per 64 pixels of side (matrices are Q24, translations Q12, E4)."""

COORDINATE_BETWEEN = 1e-4
"""Boxes and keypoints between two backends, in pixels."""

_POINTWISE = 1.5e-4
"""Float pixels against float64, unit range, for each op: constants are quantised to 2⁻¹², weights to 2⁻¹⁵ (E3)."""

_POSITION = 2.0**-10
"""Float warps against float64: positions are rounded to 1/2048 pixel (E4), and matrices are rounded too; in pixels."""

_HALF_LEVEL = 0.6 / 255
"""`normalize` of a uint8 image takes whole levels (E6)."""

NEAREST_SHARE = 0.01
"""Share of pixels that `nearest` may take from the neighbour, where the ideal place lies on the edge of two cells."""

BOUNDARY = 1e-3
"""Points this near to a border, in pixels, may count as visible or not."""

_SEVERITY = ("move", "point-f", "interp-f", "normalize")


def class_of(policy: dict[str, Any]) -> str:
    """Return the loosest numeric class of a policy's ops, as their models declare it."""
    found = ["move"]
    for op in policy["ops"]:
        inner = op.get("ops")
        if inner is not None:
            found.append(class_of({"ops": inner}))
        else:
            cls = augspec.ops()[op["op"]]
            found.append("normalize" if cls.stage == "type" else cls.tolerance)
    return max(found, key=_SEVERITY.index)


def between_backends(policy: dict[str, Any], dtype: str, span: float) -> float:
    """Return how far float pixels of two backends may be apart; `span` is the range's width."""
    kind = class_of(policy)
    if kind == "move":
        return 0.0
    return span * (
        _UNITS[kind] * EPSILON["float32"]
        + _LARGER.get(dtype, 0.0) * EPSILON[dtype] * (8.0 if kind == "normalize" else 1.0)
    )


def against_oracle(policy: dict[str, Any], dtype: str, height: int, width: int) -> float:
    """Return how far float pixels may be from the float64 ideal, for a range of width 1."""
    kind = class_of(policy)
    if kind == "move":
        return EPSILON["float32"]
    ops = max(1, _count(policy["ops"]))
    beside = _POSITION * (1.0 + max(height, width) / 64.0) if _warps(policy["ops"]) else 0.0
    gain = 8.0 if kind == "normalize" else 1.0 if ops == 1 else 2.0
    rounded = _HALF_LEVEL if dtype == "uint8" else _LARGER.get(dtype, 0.0) * EPSILON[dtype]
    return gain * (_POINTWISE * ops + beside + rounded)


def _warps(ops: list[Any]) -> bool:
    return any(_warps(op["ops"]) if "ops" in op else augspec.ops()[op["op"]].stage == "warp" for op in ops)


def coordinate(height: int, width: int) -> float:
    """Return how far points may be from the ideal, in pixels."""
    return COORDINATE * (1.0 + max(height, width) / 64.0)


def levels(policy: dict[str, Any]) -> tuple[float, float]:
    """Return the largest and the mean distance of uint8 pixels from the oracle, in levels (E8)."""
    count = _count(policy["ops"])
    if class_of(policy) == "move":
        return 0.0, 0.0
    return (LEVELS, MEAN_LEVELS) if count <= 1 else (LEVELS_PER_OP * count, MEAN_LEVELS * count)


def _count(ops: list[Any]) -> int:
    return sum(_count(op["ops"]) if "ops" in op else 1 for op in ops)


def close(got: Any, expected: Any, bound: float) -> Any:
    """Return where two arrays are as close as `bound`; NaN is close to NaN, infinity to itself."""
    a, b = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        distance = np.where(same, 0.0, np.abs(a - b))
    spend(distance, bound)
    return same | (distance <= bound)


DIRECTION = 0.35
"""How far the centre of a warped spot may lie from where it should be, in pixels: directions are off by several."""


def flip_resize(dtype: str) -> float:
    """Return how far flip∘resize and resize∘flip may be apart: only ties are rounded otherwise from the other side."""
    return 1.0 if dtype == "uint8" else 1e-4


LIT = 0.45
"""Brightness from which a warped pixel of a white rectangle counts as inside."""

RENDERED = 1.6
"""How far a warped rectangle's pixels may end from its box, in pixels: a corner of a turned rectangle fades out."""


FALSE_ALARM = 1e-9
"""Budget of one statistical test; a thousand of them stay below 1e-6 per run."""

FALSE_PASS = 1e-6
"""Probability with which a discrepancy of the declared size may be missed."""

DRAWS = 16_384
"""Samples of a statistical test."""

TABLE = 5e-4
"""What a quantile table of 4097 entries may add to a distance of CDFs (R14)."""

LEAST_SHARE = 0.05
"""Discrepancy of a probability that the tests must be able to see; the meta tests compute that they can."""

LEAST_CDF = 0.05
"""Kolmogorov distance that the tests must be able to see."""

EXAMPLES = {"kat": 1, "smoke": 10, "full": 40}
"""Examples of one law in one mode, when Hypothesis searches beyond the pinned cases."""
