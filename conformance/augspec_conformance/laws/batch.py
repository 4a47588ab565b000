"""B: batches. A sample's result depends on its id and its pixels, never on its neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import CLASSES, document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, LawViolation, Tier, require, require_equal
from augspec_conformance.laws.compare import require_match
from augspec_conformance.laws.shape import expected_shape
from augspec_conformance.subject import Sample, Subject

__all__ = ["LAWS"]

_NAMES = (
    "op:rotate",
    "op:gaussian_noise",
    "op:contrast",
    "op:random_resized_crop",
    "mix:train",
    "mix:some",
    "mix:steps",
    "mix:choice",
)


def _rows(sample: dict[str, Any], rows: Any) -> Sample:
    return {name: np.ascontiguousarray(value[rows]) for name, value in sample.items()}


def _sliced(subject: Subject, case: Case) -> None:
    sample, ids = sample_of(case), subject.ids(case)
    whole = subject.call(case, sample)
    for rows in ([len(ids) - 1], list(range(1, len(ids)))):
        part = subject.call(case, _rows(sample, rows), ids=[ids[row] for row in rows])
        require_match(subject, case, part, _rows(whole, rows), f"samples {rows} alone")


def _permuted(subject: Subject, case: Case) -> None:
    sample, ids = sample_of(case), subject.ids(case)
    order = [*range(1, len(ids)), 0]
    moved = subject.call(case, _rows(sample, order), ids=[ids[row] for row in order])
    require_match(subject, case, moved, _rows(subject.call(case, sample), order), "in another order")


def _single(subject: Subject, case: Case) -> None:
    sample, ids = sample_of(case), subject.ids(case)
    whole = subject.call(case, sample)
    alone = {name: np.ascontiguousarray(value[1]) for name, value in sample.items()}
    got = subject.call(case, alone, ids=[ids[1]])
    require_match(
        subject, case, got, {name: value[1] for name, value in whole.items()}, "one sample without a batch axis"
    )


def _chunked(subject: Subject, case: Case) -> None:
    sample, ids = sample_of(case), subject.ids(case)
    whole = subject.call(case, sample)
    for size in case.context["chunks"]:
        for start in range(0, len(ids), size):
            rows = list(range(start, min(start + size, len(ids))))
            part = subject.call(case, _rows(sample, rows), ids=[ids[row] for row in rows])
            require_match(subject, case, part, _rows(whole, rows), f"in chunks of {size}")


def _empty(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    native = subject.native(case, sample)
    out = subject.of(case)(subject.key(case), native, subject.ids(case))
    _, height, width, channels = SIGNATURES[case.signature].shape
    size = expected_shape(case.policy["ops"], height, width)
    whole = any(augspec.ops()[op["op"]].stage == "type" for op in case.policy["ops"])
    image = "float32" if whole and SIGNATURES[case.signature].integer else SIGNATURES[case.signature].dtype
    expected = {
        "image": ((0, *size, channels), image),
        "mask": ((0, *size), "int32"),
        "boxes": ((0, 4 * case.rows, 4), "float32"),
        "boxes_valid": ((0, 4 * case.rows), "bool"),
        "keypoints": ((0, 3 * case.rows, 2), "float32"),
        "keypoints_visible": ((0, 3 * case.rows), "bool"),
        "label": ((0, CLASSES), "float32"),
    }
    for name, value in out.items():
        got = tuple(value.shape), subject.adapter.dtype_name(value)
        require(got == expected[name], f"{name} of no samples", expected=expected[name], got=got)
    if subject.cost == "eager":  # draws are kept on the host: one mode is enough
        draws = subject.draw(case)
        back = augspec.Draws.from_json(draws.to_json())
        for path, steps in draws.items():
            require_equal(back[path], steps, f"draws of no samples through JSON, {path}")


def _no_rows(subject: Subject, case: Case) -> None:
    """No boxes or keypoints give none, and the image that it would be with some."""
    sample, names = sample_of(case), case.context["none"]
    given = {name: value[:, :0] if name in names else value for name, value in sample.items()}
    what, whole = " and ".join(names), subject.call(case, sample)["image"]
    try:
        out = subject.call(case, given)
    except Exception as error:
        raise LawViolation(f"no {what}: an error", expected="a result", got=repr(error)) from error
    for name in names:
        expected = given[name].shape
        require(out[name].shape == expected, f"no {name}", expected=expected, got=out[name].shape)
    require_equal(out["image"], whole, f"the image without {what}")


def _b5(subject: Subject, case: Case) -> None:
    (_no_rows if "none" in case.context else _empty)(subject, case)


def _no_cross_talk(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    whole = subject.call(case, sample)
    other = {name: np.array(value) for name, value in sample.items()}
    image = other["image"]
    image[0] = np.nan if image.dtype.kind == "f" else np.iinfo(image.dtype).max - image[0]
    for name, value in (("mask", 1), ("keypoints", 0)):
        if name in other:
            other[name][0] = value
    got = subject.call(case, other)
    rest = slice(1, None)
    for name, value in whole.items():
        require_equal(got[name][rest], value[rest], f"changing sample 0 changed another sample's {name}")


def _ids_decide(subject: Subject, case: Case) -> None:
    sample = {name: np.repeat(value[:1], len(value), 0) for name, value in sample_of(case).items()}
    ids = list(subject.ids(case))
    ids[-1] = ids[0]
    out = subject.call(case, sample, ids=ids)
    for name, value in out.items():
        require_equal(value[-1], value[0], f"equal samples of equal ids differ in {name}")
    if len(ids) > 4:
        distinct = len(np.unique(out["image"][:-1].reshape(len(ids) - 1, -1), axis=0))
        require(
            distinct > 1,
            "equal samples of different ids all get the same result",
            expected="several results",
            got=distinct,
        )


def _varied(subject: Subject, case: Case) -> None:
    sample = {name: np.repeat(value[:1], len(value), 0) for name, value in sample_of(case).items()}
    out = subject.call(case, sample)["image"]
    distinct = len(np.unique(out.reshape(len(out), -1), axis=0))
    require(
        distinct >= case.context["distinct"],
        f"{len(out)} equal samples give too few different results",
        expected=case.context["distinct"],
        got=distinct,
    )
    if case.context.get("both"):
        same = (out == sample["image"]).reshape(len(out), -1).all(1)
        require(
            same.any() and not same.all(),
            "the gate never differs between samples",
            expected="applied to some",
            got=int(same.sum()),
        )


def _several(subject: Subject, case: Case) -> str:
    del subject
    return "" if SIGNATURES[case.signature].shape[0] > 1 else "needs several samples"


def _alone(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Leave out what mixes samples on purpose: B9 says whom these may see, B2 that their order does not count."""
    return tuple(one for one in cases if not one.mixes)


def _relaxed(cases: tuple[Case, ...], tier: Tier) -> tuple[Case, ...]:
    """Every new batch size is a compilation: compiled modes get few of these, and one op of them at smoke."""
    names = ("mix:train", "op:gaussian_noise") if tier == "full" else ("op:gaussian_noise",)
    keep = tuple(f"{name} {CORE_INTEGER}" for name in names)
    return tuple(c if c.reach == "eager" else c.with_(reach="graph" if c.name in keep else "eager") for c in cases)


def _b4_cases(tier: Tier) -> tuple[Case, ...]:
    """Sizes that leave a rest, and a batch in eights, as accelerators and data loaders cut it."""
    return (
        *grid("B4", tier, signatures=("medium-u8",), names=_NAMES, context={"chunks": [1, 4, 5]}),
        *grid("B4", tier, signatures=("thirty-one-u8",), names=_NAMES, context={"chunks": [8]}),
    )


def _b8_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    shared: dict[str, Any] = {"signature": "many-u8", "reach": "graph", "targets": ("image",), "key": 99}
    flip = document({"op": "horizontal_flip", "p": 0.5})
    return (
        Case(name="gate", policy=flip, context={"distinct": 2, "both": True}, **shared),
        Case(
            name="factor",
            policy=document({"op": "brightness_scale", "factor": {"uniform": [0.3, 0.9]}}),
            context={"distinct": 30},
            **shared,
        ),
        Case(name="noise", policy=document({"op": "gaussian_noise", "std": 0.1}), context={"distinct": 64}, **shared),
    )


def _b5_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    names = None if tier == "full" else _NAMES
    empty = grid("B5", tier, signatures=("empty-u8", "empty-f32"), names=names)
    asked = [f"{name} empty-u8" for name in (_NAMES if tier == "full" else ("op:contrast",))]
    return (
        *(c.with_(reach="graph") if c.name in asked else c for c in empty),
        case("B5", "op:rotate", tier=tier).with_(context={"none": ["boxes"]}, reach="eager"),
        *(_no_rows_cases() if tier == "full" else ()),
    )


def _no_rows_cases() -> tuple[Case, ...]:
    """Rows that have an angle, or come together with those of others."""
    angle, both = {"options": {"box_format": "cxcywhr"}}, ["boxes", "keypoints"]
    return tuple(
        case("B5", name, "medium-u8", reach="eager").with_(name=f"{name} {what}", context=context)
        for name, what, context in (
            ("op:rotate", "no boxes with an angle", {**angle, "none": ["boxes"]}),
            ("op:mosaic", "no boxes with an angle", {**angle, "none": ["boxes"]}),
            ("op:mosaic", "no boxes", {"none": ["boxes"]}),
            ("op:mosaic", "no keypoints", {"none": ["keypoints"]}),
            ("op:mosaic", "neither", {"none": both}),
        )
    )


LAWS = (
    Law(
        "B1",
        "slices",
        ("R4", "R8"),
        "A part of a batch gives the same part of the result.",
        _sliced,
        lambda tier: _relaxed(_alone(grid("B1", tier, signatures=(CORE_INTEGER, CORE_FLOAT))), tier),
        _several,
    ),
    Law(
        "B2",
        "order",
        ("R4", "R8"),
        "A permuted batch gives the permuted result: ids count, not positions.",
        _permuted,
        lambda tier: grid("B2", tier, signatures=(CORE_INTEGER, CORE_FLOAT)),
        _several,
        search=True,
    ),
    Law(
        "B3",
        "singles",
        ("T1",),
        "A single sample without a batch axis gives what it gives inside a batch.",
        _single,
        lambda tier: _relaxed(_alone(grid("B3", tier, signatures=(CORE_INTEGER, CORE_FLOAT))), tier),
        _several,
    ),
    Law(
        "B4",
        "chunks",
        ("R8",),
        "Any partition of a batch gives the same result.",
        _chunked,
        _b4_cases,
        _several,
    ),
    Law(
        "B5",
        "nothing",
        ("C12",),
        "A batch of no samples gives no results, of the right shapes and dtypes; no boxes give no boxes.",
        _b5,
        _b5_cases,
    ),
    Law(
        "B6",
        "no cross-talk",
        ("C13", "C14"),
        "What one sample holds changes no other sample.",
        _no_cross_talk,
        lambda tier: _alone(grid("B6", tier, signatures=(CORE_INTEGER, CORE_FLOAT))),
        _several,
    ),
    Law(
        "B7",
        "ids decide",
        ("R4",),
        "Equal samples of equal ids give equal results, those of different ids other ones.",
        _ids_decide,
        lambda tier: grid("B7", tier, signatures=("medium-u8", CORE_INTEGER), names=_NAMES),
        _several,
    ),
    Law(
        "B8",
        "variety",
        ("C9",),
        "Every sample has its own draws: gates differ and parameters spread within a batch.",
        _varied,
        _b8_cases,
    ),
)
