"""N5 and N6: numbers that are none, and numbers far outside the range."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance.cases.catalogue import CORE_FLOAT, case, grid
from augspec_conformance.cases.policies import document, op_of, spelled_out
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.subject import Subject

__all__ = ["LAWS", "grown"]

Array = npt.NDArray[Any]

_TRIED = (0.1, 0.3, 0.5, 0.7, -1e3, 1e3, 0.9)
"""What the pixel is set to instead: where results differ, it is part of the footprint. The two outside of the range are
seen where a clamp gives the end of the range for all the others."""


def _finite(x: Any) -> Array:
    return np.isfinite(np.asarray(x, np.float64))


def _where(wrong: Array) -> tuple[int, ...] | None:
    return tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else None


def grown(area: Any, steps: int, *, beyond: bool = False) -> Any:
    """Return an area (H, W) and all within some steps of it; `beyond` says whether what lies beyond belongs to it."""
    for _ in range(steps):
        padded = np.pad(area, 1, constant_values=beyond)
        rows = padded[:-2] | padded[1:-1] | padded[2:]
        area = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return area


def _local(subject: Subject, case: Case) -> None:
    """Find the footprint with finite numbers, and demand that the number that is none reaches just this."""
    sample = sample_of(case)
    image = sample["image"]
    at = tuple(np.argwhere(~_finite(image))[0])
    low, *others, high = (subject.call(case, {**sample, "image": _with(image, at, v)})["image"] for v in _TRIED)
    footprint = high != low
    for other in others:
        footprint |= other != low
    allowed = footprint | _unseen(case, footprint, low)
    for value in (image[at], -image[at]) if np.isinf(image[at]) else (image[at],):
        out = subject.call(case, {**sample, "image": _with(image, at, value)})["image"]
        finite = _finite(out)
        reached = ~(finite | allowed) if case.mixes else ~finite  # B9 says whom a sample may reach
        require(not reached[1:].any(), f"{value} in the first sample reached another sample", where=_where(reached[1:]))
        lost = footprint & finite
        if np.isinf(value):  # the clamp of a first op may have ended it, as it ends any large number (C3)
            lost &= out != subject.call(case, {**sample, "image": _with(image, at, np.copysign(1e30, value))})["image"]
        require(
            not lost.any(),
            f"a pixel whose footprint holds {value} shows nothing of it",
            where=_where(lost),
            expected=str(value),
            got=float(out[lost][0]) if lost.any() else None,
        )
        other = ~allowed & (out != low)
        require(
            not other.any(),
            f"{value} changed a pixel outside its footprint",
            where=_where(other),
            expected=float(low[other][0]) if other.any() else None,
            got=float(out[other][0]) if other.any() else None,
        )


def _with(image: Array, at: tuple[Any, ...], value: float) -> Array:
    changed = np.array(image)
    changed[at] = value
    return changed


def _unseen(case: Case, footprint: Array, low: Array) -> Array:
    """Return where the footprint may not show in finite numbers: weights below a unit, and ends of the range."""
    reach = case.context["reach"]
    if reach is None:  # a statistic of the image
        return np.broadcast_to(footprint.any((1, 2, 3), keepdims=True), footprint.shape)
    area = np.stack([grown(one.any(-1), reach["weights"]) for one in footprint])[..., None]
    clamped = np.stack([grown(one.any(-1), reach["clamp"]) for one in footprint])[..., None]
    unseen: Array = area & footprint.any((1, 2), keepdims=True) | clamped & ((low == 0) | (low == 1))
    return unseen


def _reach(ops: list[Any]) -> dict[str, int] | None:
    """Return how many pixels farther than it shows the footprint of some ops may reach; None if everywhere."""
    weights = clamp = 0
    for op in map(spelled_out, ops):
        stage = augspec.ops()[op["op"]].stage
        inner = _reach(op["ops"]) if "ops" in op else {"weights": 0, "clamp": 0}
        if inner is None or getattr(op_of(op), "statistic", False):
            return None
        weights, clamp = weights + inner["weights"], clamp + inner["clamp"]
        if hasattr(op_of(op), "taps"):  # one weight of 2⁻¹⁵ for each pixel: all but those of 0 show
            continue
        if stage in ("filter", "degrade"):  # the product of two weights of 2⁻¹⁵ is no unit of float32
            weights += op_of(op).reach()
        elif stage == "resample":
            weights += 1
        elif stage in ("warp", "remap") and op.get("interpolation") == "bicubic":  # it overshoots, and is clamped
            clamp += 3
    return {"weights": weights, "clamp": clamp}


_SHORTER: tuple[dict[str, Any], ...] = (
    {"op": "motion_blur", "length": {"integers": [3, 9]}, "degrees": {"uniform": [-90, 90]}},
    {"op": "defocus", "radius": {"uniform": [1.0, 4.0]}},
)
"""Filters whose draws mostly reach less far than the taps that the policy reads: the rest have weight 0."""


def _n5_cases(tier: Tier) -> tuple[Case, ...]:
    found = []
    for probe in ("nan_at", "inf_at"):
        for one in grid("N5", tier, names=None, signatures=(CORE_FLOAT,), probe=probe):
            kept = one.with_(name=f"{one.name} {probe}", context={"reach": _reach(one.policy["ops"])})
            found.append(kept if probe == "nan_at" else kept.with_(reach="eager"))
        for op in _SHORTER:
            policy = document(op)
            one = case("N5", f"op:{op['op']}", CORE_FLOAT, tier=tier, probe=probe, targets=("image",))
            shorter = {"policy": policy, "context": {"reach": _reach(policy["ops"])}, "reach": "eager"}
            found += [one.with_(name=f"shorter {op['op']} {probe}", **shorter)] if tier != "kat" else []
    return tuple(found)


def _large(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    image = sample["image"]
    kind = case.context["kind"]
    if kind == "small":
        image.flat[::7], image.flat[1::7], image.flat[2::7] = 1e-40, -0.0, 1.0
        out = subject.call(case, sample)["image"]
        require(_finite(out).all(), "pixels of the range became infinite or NaN", where=_where(~_finite(out)))
        return
    plain = subject.call(case, sample)["image"]
    image[0] = 1e30 if kind == "large" else np.finfo(np.float32).max
    image[0, ::2] *= -1
    out = subject.call(case, sample)["image"]
    require(
        case.mixes or bool((out[1:] == plain[1:]).all()),
        "pixels outside the range reached another sample",
        where=_where(out != plain),
    )
    if kind == "large":
        require(_finite(out).all(), "finite pixels became infinite or NaN", where=_where(~_finite(out)))


def _n6_cases(tier: Tier) -> tuple[Case, ...]:
    small = (c.with_(context={"kind": "small"}) for c in grid("N6", tier, signatures=(CORE_FLOAT,)))
    rest = (
        c.with_(name=f"{c.name} {kind}", context={"kind": kind}, reach="eager")
        for kind in ("large", "largest")
        for c in grid("N6", tier, signatures=(CORE_FLOAT,))
    )
    return (*small, *rest)


LAWS = (
    Law(
        "N5",
        "NaN stays local",
        ("C13", "C3"),
        "NaN and infinity reach exactly the pixels whose footprint holds them, not those whose tap has the weight 0; a "
        "clamp may end an infinity.",
        _local,
        _n5_cases,
    ),
    Law(
        "N6",
        "finite stays finite",
        ("C1", "C3", "C13"),
        "Pixels of the range, denormals and negative zero included, stay finite, and so do those up to 1e30, which is "
        "no colour; above that a sample may overflow, but it disturbs no other.",
        _large,
        _n6_cases,
    ),
)
