"""N14: any two. What is right alone may be wrong together: a range in evaluation, boxes of another unit in stacks, ….

Every two values of what a caller can choose meet in some case: the way in which the function is called, layout, dtype,
range of floats, formats and units, stacks, what a policy says of its targets, and its ops (a covering array of strength
two, as D. M. Cohen et al., "The AETG system", IEEE Trans. Softw. Eng. 23 (1997), build theirs).
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_alike
from augspec_conformance.laws.contexts import pickled
from augspec_conformance.subject import Subject, reference
from augspec_conformance.tolerances import BOUNDARY, COORDINATE_BETWEEN, close

__all__ = ["LAWS"]

_Row = tuple[int, ...]

_EVAL: list[dict[str, Any]] = [
    {"op": "horizontal_flip", "p": 1.0},
    {"op": "brightness_shift", "delta": 0.125},
    {"op": "translate", "x": 0.25, "y": -0.125, "fill": 0.75},
]
"""Deterministic, so that `evaluation` can be asked of every policy."""

_POLICIES: dict[str, list[dict[str, Any]]] = {
    "warps": [
        {"op": "rotate", "degrees": {"uniform": [-30, 30]}, "fill": 0.5},
        {"op": "horizontal_flip", "p": 0.5},
        {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}},
    ],
    "crop": [
        {"op": "random_resized_crop", "size": [9, 11], "area": {"uniform": [0.3, 1.0]}},
        {"op": "vertical_flip", "p": 0.5},
        {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}},
    ],
    "holes": [
        {"op": "random_erasing", "p": 0.9, "fill": 0.25, "fill_mask": True, "hide_keypoints": True},
        {"op": "gaussian_noise", "std": {"uniform": [0.0, 0.2]}},
        {"op": "shear", "x": {"uniform": [-0.4, 0.4]}},
    ],
    "choices": [
        {
            "op": "one_of",
            "ops": [
                {"op": "invert"},
                {
                    "op": "sequence",
                    "ops": [{"op": "translate", "x": {"uniform": [-0.3, 0.3]}}, {"op": "solarize", "threshold": 0.5}],
                },
                {"op": "gaussian_blur", "sigma": 0.8},
            ],
        },
        {"op": "perspective", "distortion": 0.2},
    ],
    "canvas": [
        {"op": "pad", "top": 1, "right": 2, "bottom": 3, "left": 0, "fill": 0.5},
        {"op": "random_crop", "size": [12, 9]},
        {"op": "color_jitter", "brightness": 0.4, "saturation": 0.4},
    ],
    "preset": [{"op": "preset", "name": "trivialaugment_wide/torchvision"}],
    "mixture": [
        {"op": "scale", "factor": {"uniform": [0.8, 1.2]}},
        {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}},
        {"op": "cutmix", "alpha": 1.0},
    ],
    "mosaic": [{"op": "mosaic"}],
}

_MIXING = ("mixture", "mosaic")

_TARGETS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "area": {"boxes": {"min_area": 12.0}},
    "visibility": {"boxes": {"min_visibility": 0.6}},
    "masks": {"masks": {"depth": {"fill": 7}, "parts": {}}, "mask": {"fill": 3}},
    "compact": {"boxes": {"compact": True, "min_area": 6.0}},
    "instances": {"instance_masks": {"tight_boxes": True}},
    "swaps": {"keypoints": {"swap_pairs": [[0, 1]]}},
}

_CHOICES: dict[str, tuple[Any, ...]] = {
    "way": (
        "called",
        "applied",
        "evaluation",
        "pickled",
        "alone",
        "evaluation alone",
        "in a thread",
        "pickled for evaluation",
    ),
    "policy": tuple(_POLICIES),
    "told": tuple(_TARGETS),
    "layout": ("NHWC", "NCHW"),
    "signature": ("small-u8", "small-f32", "small-u16", "small-f64", "small-f16"),
    "value_range": (None, [-1.0, 2.0], [0.0, 255.0]),
    "box_format": ("xyxy", "xywh", "cxcywh", "yxyx", "cxcywhr"),
    "box_units": ("pixels", "normalized"),
    "keypoint_format": ("xy", "index"),
    "frames": (False, True),
}


def _chosen(row: _Row) -> dict[str, Any]:
    """Return which value each choice has in a row."""
    return {name: values[place] for (name, values), place in zip(_CHOICES.items(), row, strict=True)}


def _case(row: _Row) -> Case:
    """Return the case of a row."""
    chosen = _chosen(row)
    told = _TARGETS[chosen["told"]]
    options = {name: chosen[name] for name in ("box_format", "box_units", "keypoint_format")}
    if chosen["value_range"] is not None:
        options["value_range"] = chosen["value_range"]
    if chosen["frames"]:
        options["frames"] = True
    instances = ("instance_masks",) if "instance_masks" in told else ()
    labels = ("label",) if chosen["policy"] in _MIXING else ()
    moved = () if chosen["policy"] == "mixture" else ("boxes", "keypoints")  # cutmix has no meaning for them
    number = sum(place * 7**i for i, place in enumerate(row))
    return Case(
        name=" ".join(str(one) for name, one in chosen.items() if name != "frames") + " stack" * chosen["frames"],
        policy=document(*_POLICIES[chosen["policy"]], targets={"label": {"classes": 8}, **told}, eval=_EVAL),
        key=number,
        signature=chosen["signature"],
        probe_seed=number % 2**32,
        layout=chosen["layout"],
        targets=("image", "mask", *told.get("masks", {}), *instances, *moved, *labels),
        context={"options": options, "way": chosen["way"]},
    )


def _possible(row: _Row) -> bool:
    """Return whether the choices of a row go together; the language says which ones exclude each other."""
    chosen = _chosen(row)
    alone, mixes = chosen["way"].endswith("alone"), chosen["policy"] in _MIXING
    told, form = chosen["told"], chosen["box_format"]
    return not (
        (told == "compact" and (not alone or chosen["frames"]))  # the samples of a batch, or of a stack, keep one shape
        or (mixes and chosen["way"] == "alone")
        or (told == "instances" and (form == "cxcywhr" or chosen["policy"] == "mixture"))
        or (form == "cxcywhr" and chosen["box_units"] == "normalized")
    )


@cache
def _rows() -> tuple[_Row, ...]:
    """Return rows in which every two values meet that can: each row is the best of some random ones, by new pairs."""
    sides = [len(values) for values in _CHOICES.values()]
    places = [(axis, value) for axis, side in enumerate(sides) for value in range(side)]
    open_pairs = {(a, b) for a, b in itertools.combinations(places, 2) if a[0] != b[0]}
    rng, rows = random.Random(14), list[_Row]()
    while open_pairs:
        pair = min(open_pairs)
        best: _Row | None = None
        gain = 0
        for row in _tries(pair, sides, rng):
            new = len(open_pairs & _pairs_of(row))
            if new > gain and _possible(row):
                best, gain = row, new
        if best is None:
            open_pairs.discard(pair)  # these two exclude each other
            continue
        rows.append(best)
        open_pairs -= _pairs_of(best)
    return tuple(rows)


_TRIES = 24


def _tries(pair: tuple[tuple[int, int], tuple[int, int]], sides: Sequence[int], rng: random.Random) -> Iterator[_Row]:
    for _ in range(_TRIES):
        row = [rng.randrange(side) for side in sides]
        for axis, value in pair:
            row[axis] = value
        yield tuple(row)


def _pairs_of(row: _Row) -> set[tuple[tuple[int, int], tuple[int, int]]]:
    return set(itertools.combinations(enumerate(row), 2))


def _by(subject: Subject, case: Case) -> list[dict[str, Any]]:
    """Return what comes out of a case in its way, as NumPy arrays: of the batch, or of each sample alone."""
    sample, augment = sample_of(case), subject.of(case)
    native, key, ids = subject.native(case, sample), subject.key(case), subject.ids(case)
    way = case.context["way"]
    if way.endswith("alone"):
        samples = ({name: array[i, ...] for name, array in sample.items()} for i in range(len(ids)))
        given = [subject.native(case, one) for one in samples]
        training = way == "alone"
        return [subject.numpy(case, augment(key, one, i, training=training)) for one, i in zip(given, ids, strict=True)]
    if way in ("evaluation", "pickled for evaluation"):
        evaluates = augment if way == "evaluation" else pickled(subject, augment)
        out = evaluates(None, native, training=False)
    elif way == "applied":
        out = augment.apply(augment.draw(key, ids), native)
    elif way == "pickled":
        out = pickled(subject, augment)(key, native, ids)
    elif way == "in a thread":
        with ThreadPoolExecutor(max_workers=1) as pool:
            out = pool.submit(augment, key, native, ids).result()
    else:
        out = augment(key, native, ids)
    return [subject.numpy(case, out)]


def _together(subject: Subject, case: Case) -> None:
    got, expected = _by(subject, case), _by(reference(), case)
    for one, other in zip(got, expected, strict=True):
        _require_alike(case, one, other)


def _require_alike(case: Case, got: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    require(set(got) == set(expected), "the entries", expected=sorted(expected), got=sorted(got))
    for name, value in expected.items():
        what = f"{name} against the NumPy reference"
        if name == "image":
            require_alike(case, got[name], value, what)
        elif name in ("boxes", "keypoints"):
            require(got[name].shape == value.shape, f"{what}: shapes", expected=value.shape, got=got[name].shape)
            ok = close(np.asarray(got[name], np.float64), np.asarray(value, np.float64), COORDINATE_BETWEEN)
            where = None if ok.all() else tuple(int(i) for i in np.argwhere(~ok)[0])
            require(where is None, what, where=where, expected=value[where].item() if where else None,
                    got=got[name][where].item() if where else None)  # fmt: skip
        elif name == "keypoints_visible":
            image = expected["image"]
            sides = np.array([image.shape[-2], image.shape[-3]])
            points = expected["keypoints"] + (0.5 if case.context["options"]["keypoint_format"] == "index" else 0)
            clear = np.minimum(np.abs(points), np.abs(points - sides)).min(-1) > BOUNDARY
            require_equal(got[name] & clear, value & clear, what)
        else:
            require_equal(got[name], value, what)


_EACH = 6
"""One case of so many is asked at the tier smoke, and of modes where a compilation takes a second."""


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = [_case(row) for row in _rows()]
    few = [one.with_(reach="graph") for one in found[::_EACH]]
    if tier != "full":
        return tuple(few)
    return (*few, *(one for place, one in enumerate(found) if place % _EACH))


LAWS = (
    Law(
        "N14",
        "any two",
        ("C1", "C2", "C14", "C16", "T3", "T4", "T7"),
        "What is right alone is right together: any two of call, layout, dtype, range, formats, targets and ops.",
        _together,
        _cases,
    ),
)
