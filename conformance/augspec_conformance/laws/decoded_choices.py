"""R14: gates and choices read from pixels: the right share of samples changes, and each by itself."""

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
from augspec_conformance import statistic
from augspec_conformance.cases.policies import CLASSES, COMBINATORS, document, op_document, op_names, op_of
from augspec_conformance.declared import atoms, ends
from augspec_conformance.decoding import SMALL, channels_of, ideal, samples_for
from augspec_conformance.law import Case, Law, Tier, require, stable_seed
from augspec_conformance.laws.stats import fixed_gate
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import LEVELS

__all__ = ["LAWS", "outcomes"]

ENOUGH = (18, 18)
"""A size at which every statistic of noise says something: a histogram of less than 255 pixels is left alone."""

Array = npt.NDArray[Any]
Json = dict[str, Any]


def _images(seed: int, count: int, channels: int, size: tuple[int, int] = SMALL) -> Array:
    """Return a batch of dull noise, (count, h, w, channels) uint8; its ends are not the range's."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 14]))
    return rng.integers(20, 230, (count, *size, channels), dtype=np.uint8)


def _visible(op: str) -> Json:
    """Return a document of an op that changes every image of noise when it is applied."""
    if "ops" in _model_fields(op):
        members = [{"op": "brightness_scale", "factor": 0.5}, {"op": "rotate", "degrees": 20}]
        fields = _model_fields(op)
        most = {name: mark.quantity.high for name, mark in augspec.ops()[op].parameters() if mark.quantity.neutral == 0}
        return {"op": op, "ops": members, **most, **({"n": 1} if "n" in fields else {})}
    base = op_document(op)
    if "tiles" in _model_fields(op):
        base["tiles"] = [2, 2]  # a histogram for each of 64 tiles of thousands of samples takes half a minute
    for name, mark in augspec.ops()[op].parameters():
        if isinstance(base.get(name), dict) and mark.quantity.neutral is not None:
            low, high = ends(base[name])
            neutral = float(mark.quantity.neutral)
            if "choice" in base[name] or "integers" in base[name]:
                base[name] = {"choice": [value for value in atoms(base[name])[0] if value != neutral]}
            elif low <= neutral < high:
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
    every = list(outcomes(op))
    count, image = samples_for(subject), _images(1, 1, 3)[0]
    results = np.stack([ideal(op, image / 255.0, values) * 255.0 for values, _ in every])
    kinds: list[int] = []  # outcomes that look alike count as one
    for i, result in enumerate(results):
        alike = [j for j in kinds if np.abs(results[j] - result).max() <= 2 * LEVELS]
        kinds += [] if alike else [i]
    near = [min(kinds, key=lambda j: float(np.abs(results[j] - result).max())) for result in results]
    shares = [sum(share for (_, share), kind in zip(every, near, strict=True) if kind == k) for k in kinds]
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
            f"{op['op']}: share of the samples that look like {every[kinds[wrong]][0]}",
            expected=shares[wrong],
            got=float(counts[wrong] / count),
        )


def outcomes(op: Json) -> Iterator[tuple[Json, float]]:
    """Yield every outcome of a choice as draws, and its probability."""
    count = len(op["ops"])
    if op["op"] == "one_of":
        weights = np.array(op.get("weights") or [1.0] * count)
        yield from (({"branch": i}, float(w)) for i, w in enumerate(weights / weights.sum()))
    elif op["op"] == "random_order":
        for order in itertools.permutations(range(count)):
            yield {"order": list(order)}, 1 / math.factorial(count)
    elif op.get("replace"):
        for steps in itertools.product(range(count), repeat=op["n"]):
            yield {"branch": list(steps)}, count ** -op["n"]
    else:
        for members in itertools.combinations(range(count), op["n"]):
            yield {"member": [int(i in members) for i in range(count)]}, 1 / math.comb(count, op["n"])


def _gate(subject: Subject, case: Case, op: Json) -> None:
    samples = samples_for(subject)
    size = ENOUGH if getattr(op_of(op), "statistic", False) else SMALL
    channels = channels_of(op["op"]) if op["op"] not in COMBINATORS else 3
    images = _images(case.key % 2**32, samples, channels, size)
    labels = {"label": np.arange(samples, dtype=np.int32) % CLASSES} if case.mixes else {}
    out = subject.call(case, {"image": images, **labels}, ids=range(samples))["image"]
    count = int((out != images).any((1, 2, 3)).sum())
    low, high = statistic.share_interval(samples, op["p"])
    require(
        statistic.share_holds(count, samples, op["p"]),
        f"{op['op']}: share of samples whose pixels changed",
        expected=f"{op['p']} (accepted {low:.4f} to {high:.4f})",
        got=count / samples,
    )


def _gated() -> Iterator[str]:
    """Yield the ops whose gate shows in every sample."""
    for op in op_names():
        cls = augspec.ops()[op]
        if op in COMBINATORS or (
            not fixed_gate(op) and cls.changes == "always" and op_of(_visible(op)).accepts_size(*SMALL)
        ):
            yield op


def _chosen_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for number, name in enumerate(_gated()):
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
        (
            "order",
            {"op": "random_order", "ops": [members[2], {"op": "brightness_shift", "delta": 0.2}, members[3]]},
            {},
        ),
    ]
    return tuple(
        Case(name=name, policy=document(op), key=stable_seed("R14", name), context=context)
        for name, op, context in found
    )


LAWS = (
    Law(
        "R14",
        "gates and choices in pixels",
        ("C9", "R10", "R12"),
        "The share of samples whose pixels change is p, and members act on as many samples as their weights say.",
        _chosen,
        _chosen_cases,
        scope="backend",
    ),
)
