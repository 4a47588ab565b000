"""R13–R15: distributions read from pixels, not from draws: right draws may be applied wrongly, or to other samples.

Batches here are large, so that they also take the roads that only large batches take.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec.registry import any_op
from augspec_conformance import accuracy, statistic
from augspec_conformance.cases.policies import COMBINATORS, document, op_document, op_names, range_of
from augspec_conformance.declared import atoms, cdf_of, ends, step_of
from augspec_conformance.decoding import PROBES, SIZE, Decoder, decoder, ideal
from augspec_conformance.law import Case, Law, Tier, require, stable_seed
from augspec_conformance.laws.independence import (
    elsewhere,
    lagged,
    require_apart,
    require_independent,
    require_unrelated,
)
from augspec_conformance.laws.stats import fixed_gate, require_both_ends
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, FEWER, LEVELS, TABLE

__all__ = ["ELSEWHERE", "LAWS", "undecoded"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

ELSEWHERE = {"random_resized_crop": "R11 reads its windows from a ramp"}
"""Ops whose parameters another law reads from pixels."""


def _count(subject: Subject) -> int:
    """Return how many samples are read."""
    return DRAWS if subject.adapter.FRAMEWORK == "numpy" else FEWER


_SMALL = (5, 6)
"""Height and width of images of which only the whole matters."""


# R13: parameters.


def _constant(op: str, field: str) -> Json:
    """Return a document of an op in which one field is drawn and all others do as little as they can."""
    cls = augspec.ops()[op]
    marks = dict(cls.parameters())
    base = {key: value for key, value in op_document(op).items() if key != "p" and key not in marks}
    for name, mark in marks.items():
        if name != field and cls.model_fields[name].is_required():
            base[name] = mark.quantity.neutral
    return {**base, field: range_of(marks[field])}


def _channels(op: str) -> int:
    accepted = augspec.ops()[op].channels
    return 1 if accepted is None else accepted[0]


def undecoded(case: Case) -> str:
    """Return why a case's parameter cannot be read from pixels; empty if it can."""
    op, field = case.policy["ops"][0], case.context["field"]
    if op["op"] == "gaussian_noise":
        return ""  # _spread
    how = decoder(op, field, _channels(op["op"]))
    return how if isinstance(how, str) else ""


def _parameter(subject: Subject, case: Case) -> None:
    op, field = case.policy["ops"][0], case.context["field"]
    name, distribution, channels = f"{op['op']}.{field}, read from pixels,", op[field], _channels(op["op"])
    if op["op"] == "gaussian_noise":
        _spread(subject, case)
        return
    how = decoder(op, field, channels)
    assert isinstance(how, Decoder)
    count = _count(subject)
    image = np.repeat(how.image(channels)[None].astype(np.float32), count, 0)
    values = how.decode(subject.call(case, {"image": image}, ids=range(count))["image"])
    mark = dict(augspec.ops()[op["op"]].parameters())[field]
    width = step_of(mark.quantity.name, distribution) + how.error
    pixels = accuracy.against_oracle(case.policy, "float32")  # of a picture with a slope of 1 per pixel
    width += pixels * how.worst * (how.slope if augspec.ops()[op["op"]].stage == "warp" else 1.0)
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
    samples = _count(subject)
    image = np.full((samples, *_SMALL, 2), 0.5, np.float32)
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
            if op not in ELSEWHERE:
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


# R14: gates and choices.


def _images(seed: int, count: int, channels: int) -> Array:
    """Return a batch of noise, (count, h, w, channels) uint8, every image another."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 14]))
    return rng.integers(0, 256, (count, *_SMALL, channels), dtype=np.uint8)


def _visible(op: str) -> Json:
    """Return a document of an op that changes every image of noise when it is applied."""
    if op in COMBINATORS:
        members = [{"op": "brightness_scale", "factor": 0.5}, {"op": "rotate", "degrees": 20}]
        fields = _model_fields(op)
        return {"op": op, "ops": members, **({"n": 1} if "n" in fields else {})}
    base = op_document(op)
    for name, mark in augspec.ops()[op].parameters():
        if isinstance(base.get(name), dict) and mark.quantity.neutral is not None:
            low, high = ends(base[name])
            neutral = float(mark.quantity.neutral)
            if low <= neutral < high:
                base[name] = {"uniform": [neutral + 0.3 * (high - neutral), high]}
    return base


@cache
def _model_fields(op: str) -> tuple[str, ...]:
    any_op()  # completes the models of combinators
    return tuple(augspec.ops()[op].model_fields)


def _chosen(subject: Subject, case: Case) -> None:
    op = case.policy["ops"][0]
    if case.context.get("gate"):
        _gate(subject, case, op)
        return
    outcomes = list(_outcomes(op))
    count, image = _count(subject), _images(1, 1, 3)[0]
    results = np.stack([ideal(op, image / 255.0, values) * 255.0 for values, _ in outcomes])
    kinds: list[int] = []  # outcomes that look alike count as one
    for i, result in enumerate(results):
        alike = [j for j in kinds if np.abs(results[j] - result).max() <= 2 * LEVELS]
        kinds += [] if alike else [i]
    near = [min(kinds, key=lambda j: float(np.abs(results[j] - result).max())) for result in results]
    shares = [sum(share for (_, share), kind in zip(outcomes, near, strict=True) if kind == k) for k in kinds]
    batch = np.repeat(image[None], count, 0)
    out = subject.call(case, {"image": batch}, ids=range(count))["image"].astype(np.float64)
    apart = np.stack([np.abs(out - results[k]).max((1, 2, 3)) for k in kinds])
    which, far = apart.argmin(0), apart.min(0)
    if far.max() > LEVELS:
        where = int(far.argmax())
        require(False, f"{op['op']}: pixels of no possible choice", where=where, got=float(far[where]))
    counts = np.bincount(which, minlength=len(kinds))
    wrong = statistic.cells_hold(counts, shares)
    if wrong is not None:
        require(
            False,
            f"{op['op']}: share of the samples that look like {outcomes[kinds[wrong]][0]}",
            expected=shares[wrong],
            got=float(counts[wrong] / count),
        )


def _outcomes(op: Json) -> Iterator[tuple[Json, float]]:
    """Yield every outcome of a choice as draws, and its probability."""
    count = len(op["ops"])
    if op["op"] == "one_of":
        weights = np.array(op.get("weights") or [1.0] * count)
        yield from (({"branch": i}, float(w)) for i, w in enumerate(weights / weights.sum()))
    elif op.get("replace"):
        for steps in itertools.product(range(count), repeat=op["n"]):
            yield {"branch": list(steps)}, count ** -op["n"]
    else:
        for members in itertools.combinations(range(count), op["n"]):
            yield {"member": [int(i in members) for i in range(count)]}, 1 / math.comb(count, op["n"])


def _gate(subject: Subject, case: Case, op: Json) -> None:
    samples = _count(subject)
    images = _images(case.key % 2**32, samples, _channels(op["op"]) if op["op"] not in COMBINATORS else 3)
    out = subject.call(case, {"image": images}, ids=range(samples))["image"]
    count = int((out != images).any((1, 2, 3)).sum())
    low, high = statistic.share_interval(samples, op["p"])
    require(
        statistic.share_holds(count, samples, op["p"]),
        f"{op['op']}: share of samples whose pixels changed",
        expected=f"{op['p']} (accepted {low:.4f} to {high:.4f})",
        got=count / samples,
    )


def _chosen_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for number, name in enumerate(op for op in op_names() if op in COMBINATORS or not fixed_gate(op)):
        op = {**_visible(name), "p": (0.3, 0.85)[number % 2]}
        found.append((f"gate of {name}", op, {"gate": True}))
    members = [
        {"op": "grayscale"},
        {"op": "vertical_flip", "p": 1.0},
        {"op": "brightness_scale", "factor": 0.5},
        {"op": "rotate", "degrees": 9},
    ]
    found += [
        ("weights", {"op": "one_of", "weights": [4, 1, 2, 3], "ops": members}, {}),
        ("some", {"op": "some_of", "n": 2, "ops": members}, {}),
        ("steps", {"op": "some_of", "n": 2, "replace": True, "ops": members[:3]}, {}),
    ]
    return tuple(
        Case(name=name, policy=document(op), key=stable_seed("R14", name), context=context)
        for name, op, context in found
    )


# R15: independence.

_SHIFT = {"uniform": [-0.1, 0.12]}
_JOINT = document(
    {"op": "horizontal_flip", "p": 0.3},
    {"op": "translate", "x": _SHIFT, "y": _SHIFT, "border": "edge"},
    {"op": "brightness_shift", "delta": {"uniform": [-0.1, 0.2]}},
)


def _read(subject: Subject, case: Case, key: augspec.Key) -> dict[str, Array]:
    """Return what each sample's pixels say, mapped to (0, 1) by the declared CDF; the flip as 0 or 0.5.

    Red is a ramp to the right, green one downwards, blue is constant. In the middle of the image, where no border
    reaches, a shift moves a ramp's mean, a flip turns the slope of red, and a brightness moves all three.
    """
    probe = np.stack([PROBES["ramp_x"][..., 0], PROBES["ramp_y"][..., 0], np.full(SIZE, 0.5)], -1)
    slope = [probe[0, 1, 0] - probe[0, 0, 0], probe[1, 0, 1] - probe[0, 0, 1]]
    count = _count(subject)
    image = np.repeat(probe[None].astype(np.float32), count, 0)
    out = subject.call(case, {"image": image}, key=key, ids=range(count))["image"].astype(np.float64)
    inner = out[:, 3:-3, 3:-3]
    delta = inner[..., 2].mean((1, 2)) - 0.5
    flipped = inner[:, :, -1, 0].mean(1) < inner[:, :, 0, 0].mean(1)
    right = (0.5 + delta - inner[..., 0].mean((1, 2))) / slope[0] / SIZE[1]
    down = (0.5 + delta - inner[..., 1].mean((1, 2))) / slope[1] / SIZE[0]
    ops = case.policy["ops"]
    read = {
        "translate.x": cdf_of(ops[1]["x"])(np.where(flipped, -right, right)),
        "translate.y": cdf_of(ops[1]["y"])(down),
        "brightness_shift.delta": cdf_of(ops[2]["delta"])(delta),
        "horizontal_flip": np.where(flipped, 0.5, 0.0),
    }
    return {f"{name}, read from pixels": np.asarray(values) for name, values in read.items()}


def _independent(subject: Subject, case: Case) -> None:
    key = subject.key(case)
    here = _read(subject, case, key)
    gates = {"horizontal_flip, read from pixels": 0.3}
    require_independent(here, gates)
    for what, other in elsewhere(key).items():
        require_unrelated(here, _read(subject, case, other), gates, what)
    one = {name: values for name, values in here.items() if name not in gates}
    for lag in (2**i for i in range(20) if 2 ** (i + 1) <= _count(subject)):
        firsts, seconds = lagged(one, lag)
        for name in one:
            require_apart(firsts[name], seconds[name], f"{name} of samples {lag} places apart")


def _independent_cases(tier: Tier) -> tuple[Case, ...]:
    return () if tier == "kat" else (Case(name="pixels", policy=_JOINT, key=2025, signature="large-f32"),)


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
    Law(
        "R14",
        "gates and choices in pixels",
        ("C9", "R10", "R12"),
        "The share of samples whose pixels change is p, and members act on as many samples as their weights say.",
        _chosen,
        _chosen_cases,
        scope="backend",
    ),
    Law(
        "R15",
        "independence in pixels",
        ("R5", "R6", "R8", "C14"),
        "Parameters that are read back from pixels are independent of each other and of other ids, seeds and epochs.",
        _independent,
        _independent_cases,
        scope="backend",
    ),
)
