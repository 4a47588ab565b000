"""F10 and R17: what ops hide, by the fields that say so, and where they hide it, read from pixels."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance import statistic
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, case
from augspec_conformance.cases.policies import document, op_document, op_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.windows import cdf_of_sample
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, SIMULATED, TABLE

__all__ = ["LAWS"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

_MASK = 77
"""Fill of the mask: no row number of a sample that is asked about is one of these."""


def _hides(subject: Subject, case: Case) -> None:
    """A black image shows what is hidden in white; mask and keypoints follow as the fields say, boxes never."""
    sample, op = sample_of(case), case.policy["ops"][0]
    image = np.zeros_like(sample["image"])
    mask = np.where(sample["mask"] == _MASK, 0, sample["mask"])
    rng = np.random.Generator(np.random.Philox(key=[case.probe_seed, 10]))
    height, width = image.shape[1:3]
    points = rng.random((len(image), 40, 2)) * np.array([width, height])
    edges = np.floor(points[:, :20])  # a point on the edge of two pixels is in the later one
    points = np.concatenate([edges, np.floor(points[:, 20:] * 16) / 16], 1).astype(np.float32)
    out = subject.call(case, {**sample, "image": image, "mask": mask, "keypoints": points})
    top = image.dtype.type(SIGNATURES[case.signature].top)
    hidden = (out["image"] == top).all(-1)
    require(bool(hidden.any()), "some pixel is hidden", expected="white pixels", got="none")
    require_equal(out["image"], np.where(hidden[..., None], top, image), "pixels are hidden wholly or not at all")
    require_equal(out["mask"], np.where(hidden, _MASK, mask) if op.get("fill_mask") else mask, "the mask")
    column, row = np.floor(points).astype(int).transpose(2, 0, 1)
    there = hidden[np.arange(len(image))[:, None], row, column]
    visible = ~there if op.get("hide_keypoints") else np.ones_like(there)
    require_equal(out["keypoints_visible"], visible, "keypoints_visible")
    require_equal(out["keypoints"], points, "keypoints where something is hidden")
    require_equal(out["boxes"], sample["boxes"], "boxes where something is hidden")
    require(bool(out["boxes_valid"].all()), "boxes stay valid, hidden or not")


_FIELDS: tuple[Json, ...] = (
    {},
    {"fill_mask": True},
    {"hide_keypoints": True},
    {"fill_mask": True, "hide_keypoints": True},
)


def _f10_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for name in op_names():
        if augspec.ops()[name].stage != "occlude":
            continue
        for fields in _FIELDS:
            for signature in (CORE_INTEGER, CORE_FLOAT):
                base = case("F10", f"op:{name}", signature, tier=tier, targets=ALL_TARGETS)
                op = {**op_document(name, signature), **fields, "fill": 1.0}
                policy = document(op, targets={"mask": {"fill": _MASK}})
                found.append(base.with_(name=f"{' '.join((name, *fields, signature))}", policy=policy, reach="eager"))
    return tuple(found)


_SIZE = (12, 20)


def _squares(op: Json, rng: np.random.Generator) -> tuple[Array, ...]:
    """Return top, left, bottom, right of squares, as the sentences about `cutout` say."""
    height, width = _SIZE
    low, high = op["size"]["uniform"]
    side = np.floor(rng.uniform(low, high, SIMULATED) * min(_SIZE) + 0.5)
    if op.get("inside"):
        top, left = (np.floor(rng.random(SIMULATED) * (n - side + 1)) for n in _SIZE)
    else:
        top, left = (rng.integers(0, n, SIMULATED) - side // 2 for n in _SIZE)
    return (
        np.maximum(top, 0),
        np.maximum(left, 0),
        np.minimum(top + side, height),
        np.minimum(left + side, width),
    )


def _rectangles(op: Json, rng: np.random.Generator) -> tuple[Array, ...]:
    """Return top, left, bottom, right of rectangles, as the sentences about `random_erasing` say; none has no side."""
    height, width = _SIZE
    shape = (SIMULATED, 10)
    low, high = op["area"]["uniform"]
    area = rng.uniform(low, high, shape) * height * width
    low, high = op["ratio"]["log_uniform"]
    ratio = np.exp(rng.uniform(np.log(low), np.log(high), shape))
    w, h = np.floor(np.sqrt(area * ratio) + 0.5), np.floor(np.sqrt(area / ratio) + 0.5)
    fits = (w > 0) & (w <= width) & (h > 0) & (h <= height)
    first = fits.argmax(1)[:, None]
    w, h = (np.where(fits.any(1), np.take_along_axis(side, first, 1)[:, 0], 0) for side in (w, h))
    top, left = np.floor(rng.random(SIMULATED) * (height - h + 1)), np.floor(rng.random(SIMULATED) * (width - w + 1))
    top, left = np.where(h > 0, top, 0), np.where(w > 0, left, 0)
    return top, left, top + h, left + w


_SENTENCES: dict[str, tuple[Json, Callable[[Json, np.random.Generator], tuple[Array, ...]]]] = {
    "squares": ({"op": "cutout", "size": {"uniform": [0.2, 0.9]}}, _squares),
    "squares inside": ({"op": "cutout", "size": {"uniform": [0.2, 0.9]}, "inside": True}, _squares),
    "rectangles": (
        {"op": "random_erasing", "area": {"uniform": [0.2, 0.9]}, "ratio": {"log_uniform": [0.4, 4.0]}},
        _rectangles,
    ),
}
"""Ops by name of a case, each with a simulation of what is said about it."""


@cache
def _simulated(name: str) -> dict[str, Array]:
    """Return what the sentences say, drawn by NumPy's own generator."""
    op, sentence = _SENTENCES[name]
    rng = np.random.Generator(np.random.Philox(key=[17, len(name)]))
    return _quantities(*sentence(op, rng))


def _quantities(top: Array, left: Array, bottom: Array, right: Array) -> dict[str, Array]:
    high, wide = bottom - top, right - left
    return {
        "top": top,
        "left": left,
        "bottom": bottom,
        "right": right,
        "height": high,
        "width": wide,
        "area": high * wide,
        "width less height": wide - high,
        "middle": (top + bottom) * 64 + left + right,
    }


def _holes(subject: Subject, case: Case) -> None:
    """White images: what is black must be one rectangle, whose edges are what is compared."""
    n = DRAWS
    image = np.full((n, *_SIZE, 1), 255, np.uint8)
    hidden = subject.call(case, {"image": image}, ids=range(n))["image"][..., 0] == 0
    found = _rectangle(hidden)
    slack = statistic.cdf_envelope(SIMULATED) + TABLE
    most = statistic.cdf_envelope(n) + slack
    seen = _quantities(*found)
    for name, expected in _simulated(case.context["sentence"]).items():
        distance = statistic.cdf_distance(seen[name].astype(np.float64), cdf_of_sample(expected), 1e-9)
        require(
            statistic.cdf_holds(distance, n, slack=slack),
            f"the distribution of the holes' {name}",
            expected=f"a distance of at most {most:.4f} from the sentence's",
            got=distance,
        )


def _rectangle(hidden: Any) -> tuple[Any, ...]:
    """Return the edges of what is hidden, (B,) each, 0 where nothing is; it must be one rectangle."""
    rows, columns = hidden.any(2), hidden.any(1)
    some = rows.any(1)
    top, left = rows.argmax(1), columns.argmax(1)
    bottom = np.where(some, hidden.shape[1] - rows[:, ::-1].argmax(1), 0)
    right = np.where(some, hidden.shape[2] - columns[:, ::-1].argmax(1), 0)
    full = (bottom - top) * (right - left) == hidden.sum((1, 2))
    require(
        bool(full.all()),
        "what is hidden is a rectangle",
        where=None if full.all() else int(np.argmin(full)),
        expected="as many pixels as between its edges",
        got=None if full.all() else int(hidden[np.argmin(full)].sum()),
    )
    return top, left, bottom, right


def _r17_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    return tuple(
        Case(name=name, policy=document(op), key=17, signature="large-u8", context={"sentence": name})
        for name, (op, _) in _SENTENCES.items()
    )


LAWS = (
    Law(
        "F10",
        "what is hidden",
        ("T2", "T3", "T4"),
        "Where an op hides pixels, mask and keypoints follow exactly if its fields say so; boxes stay.",
        _hides,
        _f10_cases,
    ),
    Law(
        "R17",
        "holes in pixels",
        ("C12", "R11", "R13"),
        "Sides and places of the rectangles that ops hide, read from pixels, are distributed as is said about them.",
        _holes,
        _r17_cases,
        scope="backend",
    ),
)
