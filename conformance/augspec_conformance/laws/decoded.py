"""R13: parameters read from pixels, not from draws: right draws may be applied wrongly.

Batches here and in R14 and R15 are large, so that they also take the roads that only large batches take.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance import accuracy, statistic
from augspec_conformance.cases.policies import COMBINATORS, document, op_document, op_names, op_of, range_of
from augspec_conformance.declared import atoms, cdf_of, ends, step_of
from augspec_conformance.decoding import SMALL, Decoder, channels_of, decoder, samples_for
from augspec_conformance.law import Case, Law, Tier, require, stable_seed
from augspec_conformance.laws.stats import require_both_ends
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import TABLE

__all__ = ["ELSEWHERE", "LAWS", "undecoded"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

ELSEWHERE = {
    "cutout": "R17 reads its squares from what is hidden",
    "grid_mask": "R17 reads its squares from what is hidden",
    "random_erasing": "R17 reads its rectangles from what is hidden",
    "random_resized_crop": "R11 reads its windows from a ramp",
}
"""Ops whose parameters another law reads from pixels."""


def _constant(op: str, field: str) -> Json:
    """Return a document of an op in which one field is drawn and all others do as little as lets the field be seen."""
    cls = augspec.ops()[op]
    marks = dict(cls.parameters())
    neutral = op_of(op_document(op)).neutral() or {}
    base = {key: value for key, value in op_document(op).items() if key != "p" and key not in marks}
    for name, mark in marks.items():
        if name != field and cls.model_fields[name].is_required():
            silent = name in neutral and field not in neutral  # the op would change nothing whatever the field is
            least = None if silent else mark.quantity.neutral
            base[name] = float(ends(range_of(mark))[1]) if least is None else least
    return {**base, field: range_of(marks[field])}


def undecoded(case: Case) -> str:
    """Return why a case's parameter cannot be read from pixels; empty if it can."""
    op, field = case.policy["ops"][0], case.context["field"]
    if op["op"] == "gaussian_noise":
        return ""  # _spread
    how = decoder(op, field, channels_of(op["op"]))
    return how if isinstance(how, str) else ""


def _parameter(subject: Subject, case: Case) -> None:
    op, field = case.policy["ops"][0], case.context["field"]
    name, distribution, channels = f"{op['op']}.{field}, read from pixels,", op[field], channels_of(op["op"])
    if op["op"] == "gaussian_noise":
        _spread(subject, case)
        return
    how = decoder(op, field, channels)
    assert isinstance(how, Decoder)
    count = samples_for(subject)
    image = np.repeat(how.image(channels)[None].astype(np.float32), count, 0)
    values = how.decode(subject.call(case, {"image": image}, ids=range(count))["image"])
    mark = dict(augspec.ops()[op["op"]].parameters())[field]
    width = step_of(mark.quantity.name, distribution) + how.error
    pixels = accuracy.against_oracle(case.policy, "float32")  # of a picture with a slope of 1 per pixel
    width += pixels * how.worst * (how.slope if augspec.ops()[op["op"]].stage in ("warp", "remap") else 1.0)
    _require_distributed(values, distribution, width, name)


def _require_distributed(values: Array, distribution: Json, width: float, name: str) -> None:
    """Demand that values known to `width` have a distribution."""
    low, high = ends(distribution)
    outside = (values < low - width) | (values > high + width)
    if outside.any():
        where = int(outside.argmax())
        require(False, f"{name} left its bounds", where=where, expected=f"{low} to {high}", got=float(values[where]))
    if next(iter(distribution)) in ("choice", "integers"):
        known, shares = atoms(distribution)
        nearest = np.abs(values[:, None] - np.array(known)).argmin(1)
        far = float(np.abs(values - np.array(known)[nearest]).max())
        require(far <= width, f"{name} took another value", expected=known, got=far)
        counts = np.bincount(nearest, minlength=len(known))
        wrong = statistic.cells_hold(counts, shares)
        require(wrong is None, f"{name} has other shares", where=wrong, expected=shares, got=counts.tolist())
        return
    distance = statistic.cdf_distance(values, cdf_of(distribution), width)
    require(
        statistic.cdf_holds(distance, len(values), slack=TABLE),
        f"{name} is not {distribution}",
        expected=f"a distance of at most {statistic.cdf_envelope(len(values)) + TABLE:.4f}",
        got=distance,
    )
    require_both_ends(values, distribution, width, name)


def _spread(subject: Subject, case: Case) -> None:
    """Noise: the mean square of a sample's pixels is that of normals times a drawn deviation."""
    op = case.policy["ops"][0]
    samples = samples_for(subject)
    image = np.full((samples, *SMALL, 2), 0.5, np.float32)
    out = subject.call(case, {"image": image}, ids=range(samples))["image"].astype(np.float64) - 0.5
    count = out[0].size
    found = np.sqrt((out**2).mean((1, 2, 3)))
    low, high = op["std"]["uniform"]
    middles = low + (np.arange(400) + 0.5) / 400 * (high - low)

    def cdf(x: Array) -> Array:
        return np.asarray(np.mean([_chi_square(x**2 * count / std**2, count) for std in middles], 0))

    grid = np.linspace(found.min(), found.max(), 500)
    known = cdf(grid)
    distance = statistic.cdf_distance(found, lambda x: np.interp(x, grid, known), 1e-4)
    require(
        statistic.cdf_holds(distance, samples, slack=TABLE),
        "gaussian_noise.std, read from pixels, is not what was declared",
        expected=f"a distance of at most {statistic.cdf_envelope(samples) + TABLE:.4f}",
        got=distance,
    )


def _chi_square(x: Array, degrees: int) -> Array:
    """Return P(X ≤ x) of a chi-square with an even number of degrees of freedom: 1 less a Poisson sum."""
    half = np.maximum(x / 2, 1e-300)
    orders = np.arange(degrees // 2)
    logs = orders[:, None] * np.log(half)[None] - half[None]
    logs -= np.array([math.lgamma(k + 1.0) for k in orders])[:, None]
    return np.asarray(1.0 - np.exp(logs).sum(0))


_SHAPES: tuple[Json, ...] = (
    {"op": "rotate", "degrees": {"normal": {"mean": 4.0, "std": 9.0, "low": -3.0, "high": 40.0}}},
    {"op": "scale", "factor": {"log_uniform": [0.75, 1.6]}},
    {"op": "saturation", "factor": {"beta": [2.0, 5.0]}},
    {"op": "translate", "x": {"choice": {"values": [-0.2, 0.0, 0.1], "weights": [5, 1, 2]}}},
    {"op": "rotate", "degrees": {"integers": [-12, 30]}},
)
"""Other distributions than uniform ones."""


def _parameter_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for op in op_names():
        for field, _ in augspec.ops()[op].parameters():
            if op not in ELSEWHERE and op not in COMBINATORS:
                found.append((f"{op}.{field}", field, _constant(op, field)))
    for one in _SHAPES:
        field = next(name for name, value in one.items() if isinstance(value, dict))
        found.append((f"{one['op']}.{field} {next(iter(one[field]))}", field, one))
    return tuple(
        Case(
            name=name,
            policy=document(op),
            key=stable_seed("R13", name),
            signature="large-f32",
            context={"field": field},
        )
        for name, field, op in found
    )


LAWS = (
    Law(
        "R13",
        "parameters in pixels",
        ("R13", "R14", "R11"),
        "A parameter that is read back from the pixels of many samples has the declared distribution.",
        _parameter,
        _parameter_cases,
        needs=lambda _, case: undecoded(case),
        scope="backend",
    ),
)
