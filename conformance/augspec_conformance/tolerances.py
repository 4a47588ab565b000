"""Every tolerance of the suite, by numeric class and dtype; laws name a class and hold no numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec.ops.augmix import AugMix
from augspec_conformance.cases.policies import op_of, spelled_out
from augspec_conformance.headroom import spend

__all__ = [
    "AGREEMENT",
    "ANCHOR",
    "ANCHOR_MEAN",
    "ANGLE",
    "BICUBIC",
    "BOUNDARY",
    "CHAIN",
    "COORDINATE",
    "COORDINATE_BETWEEN",
    "CUBIC_WEIGHTS",
    "DOUBLE",
    "EPSILON",
    "GREY",
    "GRID",
    "LABEL",
    "LARGER",
    "LEAST_REST",
    "LEVELS",
    "MEAN_LEVELS",
    "NEAREST_EDGE",
    "NEARLY_NORMAL",
    "NORMAL",
    "POINTWISE",
    "RAMP",
    "SMALLEST",
    "STAGES",
    "TAP",
    "WARP",
    "between_backends",
    "class_of",
    "close",
    "coordinate",
    "white",
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

SMALLEST = {"float16": 2.0**-25, "bfloat16": 0.0}
"""Half of the distance of the smallest numbers of a narrow dtype, where rounding is no longer relative."""

_UNITS = {"move": 0.0, "point-f": 8.0, "interp-f": 24.0, "normalize": 64.0}
"""Between two backends: how many units in the last place of float32, times the range (E4: positions are equal)."""

LARGER = {"float16": 1.0, "bfloat16": 1.0, "uint16": 1.0}
"""Narrow dtypes are computed in float32 and rounded once: one unit of their own, where the rounding tips over."""

LEVELS = 1.0
"""E8: farthest that uint8 pixels may be from the float64 ideal, in 8-bit levels, whatever the policy."""

MEAN_LEVELS = 0.3
"""E8: largest mean distance over samples whose draws differ, in levels."""

COORDINATE = 1e-4
"""Boxes and keypoints against float64, in pixels, for small images: a translation is a multiple of 2⁻¹³ pixel (E4), so
it is off by up to 6.1e-5; the matrix's part (Q24) grows with the side."""

COORDINATE_SIDE = 1024.0
"""Side at which `COORDINATE` has doubled, in pixels: 2⁻²⁵ of a half side for each of two entries, and float32 (2⁻²⁴ of
the side) in products and sums."""

COORDINATE_BETWEEN = 1e-4
"""Boxes and keypoints between two backends, in pixels: a few units in the last place of float32 at 128 pixels."""

RECTANGLE = 4.0
"""Times that for the corners of a rectangle about four points: its direction is as uncertain as they are together."""

ANGLE = 5e-3
"""Degrees of a box of four pixels or more, whose corners are within `COORDINATE`."""

POINTWISE = 1e-6
"""Pointwise float ops: some eight roundings of float32, of numbers up to 1 (2⁻²⁴ each)."""

LABEL = 2.0**-16 + 2.0**-23
"""Soft labels against the ideal: a weight is a multiple of 2⁻¹⁵ (E3), a label float32."""


def white(dtype: str) -> float:
    """Return how far the mean of a mixture of white and black may be from the weight in its label.

    The label's is a multiple of 2⁻¹⁵ (E3), the levels of integer images are whole (E1), a mean is a sum of roundings.
    """
    return LABEL + (0.5 / 255 if dtype == "uint8" else 4 * EPSILON[dtype])


NORMAL = {"float": 2.0**-14, "exact": 2.0**-13 + 2.0**-14}
"""Noise: the normal that is multiplied by the deviation. Its table is in multiples of 2⁻¹⁴ and interpolated (R14); the
exact domain rounds it to multiples of 2⁻¹²."""

WEIGHTS = 6e-5
"""Resampling: each weight is a multiple of 2⁻¹⁵ (E7), the remainder is in the middle tap, on two axes. Computed for
every pair of sides up to 50, no image is further off where at most three pixels become two. Where more become one, some
image is, by up to 2.2e-4 at 30 pixels to 7, as in `mix:crop`; errors of the probes have both signs and stay below."""

CUBIC_WEIGHTS = 5e-4
"""Resampling with Keys' kernel: each weight is off by up to half of 2⁻¹⁵ before and after its division (E7), the
remainder is in the middle tap, on two axes, the other of which adds up to 1.27 in magnitude. It is not derived but
computed, for every pair of sides up to 64: no image is further off than 4.2e-4 where at most seven pixels become one,
nor than 1.8e-4 in the sides that the suite asks, at most three to one. Beyond that it does not hold: 7.9e-4 where 55
pixels become 3."""

TAP = 2.0**-14
"""Filters, per pixel of their radius r: 2r weights are off by up to half of 2⁻¹⁵ (E7), and the middle tap takes the
sum, so that a line of the unit range is off by up to 2r · 2⁻¹⁶; on two axes."""

WARP = 2 * (2.0**-12 + 2.0**-14)
"""Bilinear warps: a position is rounded to 1/2048 pixel, off by up to 2⁻¹², after a shift that is off by up to 2⁻¹⁴
(E4), on two axes, times the steepest slope of the unit range: 1 per pixel."""

BICUBIC = 1.5 * 1.25 * WARP + 8 * 2.0**-15
"""Bicubic warps: Keys' kernel has slopes up to 1.5 and, on the other axis, weights that add up to 1.25 in magnitude;
and eight weights in multiples of 2⁻¹⁴ (E4)."""

CHAIN = {"float": 2.0**-15 + 2.0**-22, "exact": 2.0**-15}
"""A mixture of chains, per chain: its weight, the product of two multiples of 2⁻¹⁵, is rounded to one, and so what is
left for the image is off as well; floats add four roundings of float32."""

TYPE = 2.0**-22
"""`normalize`: four roundings of float32, of numbers up to 1 / std."""

GRID = 2.0**-8 / 255
"""Exact domain: an op rounds twice to the grid of 2⁻⁸ level, half a step each (E1), in the unit range."""

GREY = 2.6e-5
"""Exact domain: the weights of grey are multiples of 2⁻¹⁴, the worst of them is off by this much (C4)."""

STAGES = {
    "move": 0.0,
    "pointwise": POINTWISE,
    "noise": POINTWISE,
    "filter": TAP,
    "degrade": TAP,
    "occlude": POINTWISE,
    "mix": POINTWISE,
    "remap": WARP,
    "resample": WEIGHTS,
    "tile": WEIGHTS,
    "warp": WARP,
    "type": TYPE,
    "veil": POINTWISE,
}
"""Float64 ideal, unit range: what one op of a stage may add; a filter, per pixel of its radius."""

NEAREST_EDGE = 2.0**-12
"""`nearest` may take the cell next door where the ideal place is this near to the edge between the two, in pixels: a
shift is off by up to 2⁻¹⁴ (E4), and each further member of a run of warps adds as much, scaled by its neighbours."""

ANCHOR = 8.0
"""N2: the largest error may be so many times the reference's own in the same dtype, and one unit in the last place."""

ANCHOR_MEAN = 1.5
"""N2: and the mean error so many times: truncating instead of rounding would double it."""

DOUBLE = 1e-13
"""N2: one unit for those who claim float64 (C2): some hundred roundings of it, and far below one of float32."""

BOUNDARY = COORDINATE_BETWEEN
"""Points this near to a border, in pixels, may count as visible or not."""

_SEVERITY = ("move", "point-f", "interp-f", "normalize")


def class_of(policy: dict[str, Any]) -> str:
    """Return the loosest numeric class of a policy's ops, as their models declare it."""
    found = ["move"]
    for op in map(spelled_out, policy["ops"]):
        inner = op.get("ops")
        if inner is not None:
            found.append(class_of({"ops": inner}))
        else:
            cls = augspec.ops()[op["op"]]
            found.append("normalize" if cls.stage == "type" else cls.tolerance)
    return max(found, key=_SEVERITY.index)


def _units(ops: list[Any]) -> float:
    """Return the units of ops that act one after the other: where all act, errors add."""
    return sum(map(_units_of, map(spelled_out, ops)))


def _units_of(op: dict[str, Any]) -> float:
    """Return the units of one op; of a combinator, those of the loosest members that act on one sample."""
    if "ops" not in op:
        return _UNITS[class_of({"ops": [op]})]
    model = op_of(op)
    each = sorted((_units([member]) for member in op["ops"]), reverse=True)
    if op["op"] == "one_of":
        return each[0]
    if op["op"] == "some_of":
        return op["n"] * each[0] if op.get("replace") else sum(each[: op["n"]])
    if isinstance(model, AugMix):
        # A chain adds its steps up; a mean of chains is as far off as the farthest, and by its own sums.
        return each[0] * model.steps + _UNITS["point-f"] * model.chains
    return sum(each)


def between_backends(policy: dict[str, Any], dtype: str, span: float) -> float:
    """Return how far float pixels of two backends may be apart; `span` is the range's width."""
    kind = class_of(policy)
    if kind == "move":
        return 0.0
    return span * (
        _units(policy["ops"]) * EPSILON["float32"]
        + LARGER.get(dtype, 0.0) * EPSILON[dtype] * (8.0 if kind == "normalize" else 1.0)
    )


def coordinate(height: int, width: int) -> float:
    """Return how far points may be from the ideal, in pixels."""
    return COORDINATE * (1.0 + max(height, width) / COORDINATE_SIDE)


def close(got: Any, expected: Any, bound: float) -> Any:
    """Return where two arrays are as close as `bound`; NaN is close to NaN, infinity to itself."""
    a, b = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        distance = np.where(same, 0.0, np.abs(a - b))
    spend(distance, bound)
    return same | (distance <= bound)


DIRECTION = 0.02
"""How far the centre of a warped spot may lie from where it should be, in pixels: bilinear sampling of a spot some
pixels wide moves it by up to 0.01. Half a pixel, the usual fault, is 25 times as much."""

SPOT = 4.0
"""Deviation of a soft spot, in pixels."""

SMOOTHED = 2 / (4 * SPOT**2)
"""How far two bilinear warps of a soft spot may be from one or none: each lowers its peak by at most 1/(4·SPOT²), half
of the squared distance to two half-way neighbours times the curvature, on two axes."""

LIT = 0.45
"""Brightness from which a warped pixel of a white rectangle counts as inside."""

RENDERED = 1.6
"""How far a warped rectangle's pixels may end from its box, in pixels: a corner of a turned rectangle fades out."""


NEARLY_NORMAL = 1.5e-3
"""What the CDF of smoothed uniform noise may be off a normal one: for a Gaussian of 2 pixels its kurtosis lacks 0.05 of
a normal one's, which is a distance of 0.0011."""

AGREEMENT = 2e-3
"""What that, and the end of its Gaussian at three deviations, may add to the share of pairs of one sign."""

RAMP = 0.25
"""How far a point may end from the pixel that shows its place, in pixels: a ramp read between two pixels shows a bend
between them a quarter of the change of slope too flat, and slopes change by 0.8 at most."""

FALSE_ALARM = 4e-10
"""Budget of one statistical test; 2500 of them stay at 1e-6 per run."""

FALSE_PASS = 1e-6
"""Probability with which a discrepancy of the declared size may be missed."""

DRAWS = 16_384
"""Samples of a statistical test."""

DRAWS_STAT = 65_536
"""Samples of a statistical test at the tier stat: half of the discrepancy is seen."""

PAIRS = 32_768
"""Pairs of a test for independence."""

TABLE = 5e-4
"""What a quantile table of 4097 entries may add to a distance of CDFs (R14)."""

FEWER = DRAWS // 4
"""Samples whose pixels are read on other frameworks than NumPy: their draws are NumPy's, bit for bit (K6)."""

LEAST_SHARE = 0.05
"""Discrepancy of a probability that the tests must be able to see; the meta tests compute that they can."""

LEAST_CDF = 0.05
"""Kolmogorov distance that the tests must be able to see."""

FEWEST_GIVEN = 2300
"""Fewest samples that a condition leaves: 15 % of `DRAWS`, and six deviations fewer."""

LEAST_CDF_GIVEN = 0.13
"""Kolmogorov distance that the tests must be able to see under a condition."""

SIMULATED = 400_000
"""Windows of the simulation that random crops are compared with."""

LEAST_CDF_SIMULATED = 0.06
"""Kolmogorov distance that the tests must be able to see beside a simulation, whose own error is added."""

LEAST_CORRELATION = 0.085
"""Rank correlation that the tests must be able to see."""

LEAST_CELL = 0.01
"""Discrepancy of a cell's share, in a table of 8 × 8, that the tests must be able to see."""

WHOLE = 0.02
"""How far from whole pixels a window may be that is read from a resized ramp: weights are multiples of 2⁻¹⁵ (E7), which
moves a ramp over 20 pixels by up to 6e-4 pixel per tap, and reading a side multiplies that by four."""

LEAST_AMONG = {
    PAIRS: (LEAST_CELL, LEAST_CORRELATION),
    DRAWS: (0.015, 0.12),
    DRAWS // 2: (0.025, 0.17),
    DRAWS // 4: (0.04, 0.25),
    DRAWS // 8: (0.06, 0.38),
}
"""What the tests for independence must be able to see among fewer pairs: in a cell's share, and in a correlation."""

LEAST_FEWER = {"share": 0.1, "cdf": 0.1, "end": 0.006}
"""The same three among `FEWER` samples."""

LEAST_REST = 1 / 16
"""What must be left of a whole in steps of 2⁻¹⁵ so that a share of it is known to 2⁻¹¹."""

LEAST_END = 2e-3
"""Mass of a distribution at one end that, where it is never drawn, the tests must notice."""

BUDGET = 1e-6
"""False alarms of a whole run of one backend, at most: what the tests of `statistic.spending` add up to."""

EXAMPLES = {"kat": 1, "smoke": 10, "full": 40}
"""Examples of one law in one mode, when Hypothesis searches beyond the pinned cases."""

GROWTH = 0.25
"""No growth: which share of its own sample a call may leave behind in memory, on average over 300 of them; a result
that is kept leaves all of it."""

LEFT_OBJECTS = 60
"""No growth: objects that 300 calls may leave behind; one object in five calls is more."""

MEMORY = 40.0
"""Large images: memory that a call may take at most, in images of 32-bit values."""

SECOND_LEVEL = 0.02
"""Second level: what the rounding of draws to steps and the quantile tables may add to a distance of p-values."""

SEEDS = 256
"""Second level: p-values of one property, one per seed."""

EACH = 1024
"""Second level: draws per seed."""
