"""F: the targets of a sample agree with each other."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import augspec
from augspec.errors import SampleError
from augspec_conformance import tolerances
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import document, fitting, fitting_targets, op_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_match
from augspec_conformance.laws.plane import centroid
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS", "rows_of"]

_GEOMETRY = ("move", "warp", "remap", "resample")

_LEAST = 0.3
"""Share of a moved picture that stays on the canvas in the catalogue's policies, at least."""

_DTYPES = ("bool", "uint8", "int8", "uint16", "int16", "int32", "int64", "float16", "float32", "float64")
"""Masks hold anything (T2)."""


def _of_stage(*stages: str) -> tuple[str, ...]:
    return tuple(name for name in op_names() if augspec.ops()[name].stage in stages)


def _geometry() -> tuple[str, ...]:
    """Return the ops that move pixels, and not just channels."""
    return tuple(name for name in _of_stage(*_GEOMETRY) if not augspec.ops()[name].by_channel)


def _quiet() -> tuple[str, ...]:
    """Return the ops that move nothing."""
    every = _of_stage(*_GEOMETRY, "pointwise", "noise", "filter", "degrade", "occlude", "type")
    return tuple(name for name in every if name not in _geometry())


def _one_plan(subject: Subject, case: Case) -> None:
    """With nearest interpolation the mask says where each pixel came from, so it predicts the image."""
    sample = sample_of(case)
    image = sample["image"]
    out = subject.call(case, sample)
    source = out["mask"]
    for i in range(len(image)):
        # Masks number all pixels of the batch from 1, row by row; 0 is the mask's fill.
        index = source[i].astype(np.int64) - 1 - i * image[0, ..., 0].size
        inside = source[i] > 0
        share = float(inside.mean())
        require(
            share >= case.context["inside"],
            f"sample {i}: the mask is nearly all fill",
            expected=f"at least {case.context['inside']} of its pixels from the mask",
            got=round(share, 3),
        )
        require(
            bool((index[inside] >= 0).all() and (index[inside] < image[i, ..., 0].size).all()),
            "a mask value of another sample",
        )
        flat = image[i].reshape(-1, image.shape[-1])
        require_equal(out["image"][i][inside], flat[index[inside]], f"sample {i}: the image is not where its mask is")


def _f1_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for name in _geometry():
        base = case("F1", f"op:{name}", fitting(f"op:{name}", "medium-u8") or "medium-u8", tier=tier)
        op = dict(base.policy["ops"][0])
        if "interpolation" in augspec.ops()[name].model_fields:
            op["interpolation"] = "nearest"
        found.append(base.with_(policy=document(op), probe="coord", context={"inside": _LEAST}))
    both = document(
        {"op": "horizontal_flip", "p": 0.3},
        {"op": "rotate", "degrees": {"uniform": [5, 30]}, "interpolation": "nearest"},
        {"op": "vertical_flip", "p": 0.85},
    )
    return (
        *found,
        case("F1", "mix:warps", "medium-u8", tier=tier).with_(
            name="flips and a turn", policy=both, probe="coord", context={"inside": _LEAST}
        ),
    )


def _masks(subject: Subject, case: Case) -> None:
    """A mask of another dtype, or with channels, is the mask of row numbers with other names for its values."""
    sample = sample_of(case)
    dtype, channels = case.context["dtype"], case.context["channels"]
    fill = case.policy.get("targets", {}).get("mask", {}).get("fill", 0)
    if dtype == "bool" and fill:
        fill, case = 1, case.with_(policy=_filled(case.policy, 1))
    rows = rows_of(sample["mask"], dtype, channels)
    try:
        native = subject.adapter.to_native(subject.in_layout(case, "image", rows) if channels else rows, dtype)
    except (ImportError, TypeError) as error:  # a library without this dtype; nothing of the backend has run yet
        raise Unclaimed(f"{subject.name} has no {dtype} arrays here: {error}") from error
    if subject.adapter.dtype_name(native) != dtype:
        raise Unclaimed(f"{subject.name} has no {dtype} arrays here")
    seen = {name: sample[name] for name in fitting_targets(case.policy, ("image",))}
    entries = {**subject.native(case, seen), "mask": native}
    out = subject.of(case)(subject.key(case), entries, subject.ids(case))["mask"]
    require(subject.adapter.dtype_name(out) == dtype, "the mask's dtype", expected=dtype, got=str(out.dtype))
    got = np.asarray(subject.adapter.to_numpy(out))
    got = np.moveaxis(got, -3, -1) if channels and case.layout == "NCHW" else got
    moved = subject.call(case.with_(policy=_filled(case.policy, 0)), {**seen, "mask": sample["mask"]})
    named = rows_of(moved["mask"], dtype, channels)
    named[moved["mask"] == 0] = np.asarray(fill).astype(dtype)
    require_equal(got, named, f"a mask of {dtype}{f' with {channels} channels' if channels else ''}")


def _filled(policy: dict[str, Any], fill: int) -> dict[str, Any]:
    """Return a policy with another fill of masks; one without targets fills with 0."""
    targets = policy.get("targets", {})
    return {**policy, "targets": {**targets, "mask": {**targets.get("mask", {}), "fill": fill}}} if targets else policy


def rows_of(number: Any, dtype: str, channels: int) -> Any:
    """Return values of a dtype that follow from pixel numbers: large and odd ones, with other ones in each channel."""
    wide = number.astype(np.int64)
    if channels:
        wide = wide[..., None] * 3 + np.arange(channels) * 40_000
    if dtype == "bool":
        return wide % 3 == 1
    if dtype.startswith("float"):
        # Every odd number below 2¹¹ needs all bits of float16; the others hold far more.
        digits = {"float16": 11, "float32": 24, "float64": 53}[dtype]
        return ((wide * 2_654_435_761 % 2**digits) / 2.0 ** (digits - 4)).astype(dtype)
    info = np.iinfo(dtype)
    if info.bits == 64:  # all bits count
        return (wide.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)).view(np.int64)
    return (wide * 40_503 % 2**info.bits).astype(dtype)


def _photometric(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    out = subject.call(case, sample)
    for name in ("mask", "boxes", "keypoints"):
        require_equal(out[name], sample[name], f"{name} under an op that moves nothing")
    require(out["boxes_valid"].all() and out["keypoints_visible"].all(), "validity under an op that moves nothing")
    alone = subject.call(case, {"image": sample["image"]})
    if SIGNATURES[case.signature].integer:
        require_equal(alone["image"], out["image"], "the image without other targets (F8)")


def _f2(subject: Subject, case: Case) -> None:
    (_photometric if case.context.get("photometric") else _masks)(subject, case)


def _f2_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    quiet = tuple(f"op:{name}" for name in _quiet())
    geometry = (*(f"op:{name}" for name in _geometry()), "mix:train", "mix:targets")
    found = [c.with_(reach="eager") for c in grid("F2", tier, names=quiet, context={"photometric": True})]
    for number, one in enumerate(grid("F2", tier, names=geometry, signatures=("medium-u8",))):
        kinds = [(dtype, 0) for dtype in _DTYPES] if "mix" in one.name else [(_DTYPES[number % len(_DTYPES)], 0)]
        for dtype, channels in (*kinds, ("int32", 3), ("uint8", 1)):
            name = f"{one.name} {dtype} {channels or ''}".rstrip()
            found.append(one.with_(name=name, context={"dtype": dtype, "channels": channels}, reach="eager"))
    return (*found, found[-1].with_(name=f"{found[-1].name} NCHW", layout="NCHW"))


def _boxes_formed(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    out = subject.call(case, sample)
    boxes = out["boxes"]
    h, w = out["image"].shape[1:3]
    require(
        bool((boxes[..., 2] >= boxes[..., 0]).all() and (boxes[..., 3] >= boxes[..., 1]).all()), "x1 ≤ x2 and y1 ≤ y2"
    )
    require(
        bool((boxes >= 0).all() and (boxes <= np.array([w, h, w, h])).all()),
        "boxes lie on the canvas",
        got=boxes.tolist()[:1],
    )
    scale = np.array([w, h, w, h], np.float64)
    for options in (
        {"box_format": "xywh"},
        {"box_format": "cxcywh"},
        {"box_format": "yxyx"},
        {"box_units": "normalized"},
    ):
        other = case.with_(context={"options": options}, reach="eager")
        got = subject.call(other, sample_of(other))["boxes"].astype(np.float64)
        form = options.get("box_format", "xyxy")
        if options.get("box_units") == "normalized":
            got = got * scale
        a, b, c, d = np.moveaxis(got, -1, 0)
        back = {
            "xyxy": (a, b, c, d),
            "yxyx": (b, a, d, c),
            "xywh": (a, b, a + c, b + d),
            "cxcywh": (a - c / 2, b - d / 2, a + c / 2, b + d / 2),
        }[form]
        distance = np.abs(np.stack(back, -1) - boxes).max(initial=0.0)
        require(
            within(distance, tolerances.coordinate(h, w)),
            f"boxes as {options}",
            expected="the same boxes",
            got=float(distance),
        )


def _rendered(subject: Subject, case: Case) -> None:
    """A painted rectangle moves with its box, and a soft spot with its keypoint."""
    h, w = 64, 48
    image = np.zeros((2, h, w, 3), np.float32)
    boxes = np.array([[[14, 20, 30, 38]], [[18, 26, 34, 36]]], np.float32)
    points = np.array([[[22.0, 29.0]], [[27.5, 33.5]]], np.float32)
    rows, columns = np.indices((h, w)) + 0.5
    for i in range(2):
        x1, y1, x2, y2 = (int(v) for v in boxes[i, 0])
        image[i, y1:y2, x1:x2, 0] = 1.0
        x, y = points[i, 0]
        # Of deviation 3: bilinear sampling moves a smaller spot's centre by more than the tolerance where it scales.
        image[i, ..., 1] = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 18)
    out = subject.call(case.with_(ids=None), {"image": image, "boxes": boxes, "keypoints": points}, ids=[4, 9])
    size = np.array(out["image"].shape[2:0:-1])
    for i in range(2):
        lit = np.argwhere(out["image"][i, ..., 0] > tolerances.LIT)
        require(len(lit) > 0, f"sample {i}: the painted rectangle is gone", expected="a bright area", got="none")
        (y1, x1), (y2, x2) = lit.min(0), lit.max(0) + 1
        got, seen = out["boxes"][i, 0], np.array([x1, y1, x2, y2])
        require(
            within(np.abs(got - seen), case.context["within"]) and np.abs(got - seen).max() <= case.context["within"],
            f"sample {i}: the box against the painted one",
            expected=seen.tolist(),
            got=got.tolist(),
        )
        spot = centroid(out["image"][i : i + 1, ..., 1:2])[0] + size / 2
        require(
            within(np.abs(out["keypoints"][i, 0] - spot), case.context["spot"]),
            f"sample {i}: the keypoint against the painted spot",
            expected=spot.tolist(),
            got=out["keypoints"][i, 0].tolist(),
        )
        require(out["keypoints_visible"][i, 0], f"sample {i}: the keypoint is on the canvas but invisible")


def _f4_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    flips = [
        document({"op": "horizontal_flip", "p": 1.0}),
        document({"op": "vertical_flip", "p": 1.0}),
        document({"op": "center_crop", "size": [50, 40]}),
    ]
    warps = [
        document({"op": "rotate", "degrees": {"uniform": [3, 8]}}),
        document({"op": "translate", "x": {"uniform": [0.05, 0.2]}}),
        document({"op": "scale", "factor": {"uniform": [0.8, 1.3]}}),
        document({"op": "shear", "x": {"uniform": [0.02, 0.1]}}),
        document({"op": "resize", "size": [96, 40]}),
        document({"op": "horizontal_flip", "p": 0.5}, {"op": "rotate", "degrees": 5}, {"op": "translate", "y": -0.1}),
    ]
    return tuple(
        Case(
            name=json.dumps(policy["ops"][0]["op"]).strip('"') + f" {n}",
            policy=policy,
            signature=CORE_FLOAT,
            context={
                "within": 0.0 if policy in flips else tolerances.RENDERED,
                "spot": tolerances.DIRECTION,
            },
        )
        for n, policy in enumerate((*flips, *warps))
    )


def _filtered(subject: Subject, case: Case) -> None:
    """Boxes at known places, pushed out of the canvas by known amounts."""
    boxes = np.array([[[0, 0, 4, 4], [4, 4, 8, 8], [30, 2, 38, 6], [20, 2, 28, 10], [0, 0, 0, 0]]], np.float32)
    image = np.zeros((1, 20, 40, 3), np.uint8)
    # 0.25 · 40 columns: ten pixels to the right.
    for rule, expected in (
        ({}, [True, True, False, True, False]),
        ({"min_area": 17.0}, [False, False, False, True, False]),
        ({"min_visibility": 0.5}, [True, True, False, True, False]),
    ):
        policy = document({"op": "translate", "x": 0.25}, targets={"boxes": rule})
        out = subject.call(case.with_(policy=policy), {"image": image, "boxes": boxes}, ids=[0])
        require(
            out["boxes_valid"][0].tolist() == expected,
            f"boxes_valid with {rule}",
            expected=expected,
            got=out["boxes_valid"][0].tolist(),
        )
    policy = document({"op": "translate", "x": 0.4}, targets={"boxes": {"min_visibility": 0.6}})
    out = subject.call(case.with_(policy=policy), {"image": image, "boxes": boxes}, ids=[0])
    # Sixteen pixels: the fourth box keeps half of its area and becomes invalid, the first two are whole.
    require(
        out["boxes_valid"][0].tolist() == [True, True, False, False, False],
        "boxes_valid of half a box",
        expected=[True, True, False, False, False],
        got=out["boxes_valid"][0].tolist(),
    )
    # Fifteen pixels leave 5 of the 8 columns of the fourth box, fourteen leave 6: shares that float32 holds exactly.
    ties: tuple[tuple[float, dict[str, float], list[bool]], ...] = (
        (0.375, {"min_visibility": 0.625}, [True, True, False, True, False]),
        (0.375, {"min_visibility": 0.6250001}, [True, True, False, False, False]),
        (0.35, {"min_visibility": 0.75}, [True, True, False, True, False]),
        (0.35, {"min_visibility": 0.7500001}, [True, True, False, False, False]),
        (0.25, {"min_area": 16.0}, [True, True, False, True, False]),
        (0.25, {"min_area": 16.00001}, [False, False, False, True, False]),
        (0.25, {"min_area": 64.0}, [False, False, False, True, False]),
        (0.35, {"min_area": 48.0}, [False, False, False, True, False]),
        (0.35, {"min_area": 48.001}, [False, False, False, False, False]),
        (0.0, {"min_visibility": 1.0}, [True, True, True, True, False]),
    )
    for x, rules, expected in ties:
        policy = document({"op": "translate", "x": x}, targets={"boxes": rules})
        out = subject.call(case.with_(policy=policy), {"image": image, "boxes": boxes}, ids=[0])
        require(
            out["boxes_valid"][0].tolist() == expected,
            f"boxes_valid after {x * 40:g} pixels to the right, with {rules}",
            expected=expected,
            got=out["boxes_valid"][0].tolist(),
        )
    points = np.array([[[5.0, 5.0], [35.0, 5.0], [29.9, 19.9]]], np.float32)
    policy = document({"op": "translate", "x": 0.25})
    out = subject.call(case.with_(policy=policy), {"image": image, "keypoints": points}, ids=[0])
    require(
        out["keypoints_visible"][0].tolist() == [True, False, True],
        "keypoints_visible",
        expected=[True, False, True],
        got=out["keypoints_visible"][0].tolist(),
    )


def _compacted(subject: Subject, case: Case) -> None:
    """Compaction keeps just the rows that stay valid without it, of the boxes and of their labels."""
    full = sample_of(case.with_(targets=("image", "boxes")))
    names = tuple(f"object {row}" for row in range(full["boxes"].shape[1]))
    numbers = np.arange(len(names)) + 40
    op, rules = {"op": "translate", "x": {"choice": [0.0, 0.6, 1.0]}}, {"min_visibility": 0.5}
    plain = case.with_(policy=document(op, targets={"boxes": rules}))
    compact = case.with_(policy=document(op, targets={"boxes": {**rules, "compact": True}}))
    seen = set()
    for i in range(12):
        native = subject.native(case, {name: array[i % len(array)] for name, array in full.items()})
        expected = subject.numpy(case, subject.of(plain)(subject.key(case), native, [i]))
        kept = expected["boxes_valid"]
        seen |= set(kept.tolist())
        own = subject.adapter.to_native(numbers, "int32")
        for labels in (names, list(names), numbers, own):
            out = subject.of(compact)(subject.key(case), {**native, "labels": labels, "extra": names}, [i])
            for name in ("boxes", "boxes_valid"):
                require_equal(subject.adapter.to_numpy(out[name]), expected[name][kept], f"compacted {name}")
            require(isinstance(out["labels"], type(labels)), "the type of the labels", got=type(out["labels"]))
            got = subject.adapter.to_numpy(out["labels"]).tolist() if labels is own else list(out["labels"])
            before = names if isinstance(labels, (list, tuple)) else numbers
            require(got == [label for label, keep in zip(before, kept, strict=True) if keep], "labels of the boxes")
            require(out["extra"] is names, "an entry that is not `labels` passes through")
    require(seen == {True, False}, "the case keeps boxes and drops boxes", got=seen)
    batch = subject.native(case, full)
    single = {name: array[0, ...] for name, array in batch.items()}
    for wrong in (batch, {**single, "labels": numbers[1:]}):
        try:
            subject.of(compact)(subject.key(case), wrong)
        except SampleError:
            continue
        require(condition=False, reason="a batch, and labels of another number, are refused")


def _swapped(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    w, h = sample["image"].shape[2], sample["image"].shape[1]
    targets = {"keypoints": {"swap_pairs": [[0, 2]]}}
    for op, sign, offset in (("horizontal_flip", [-1, 1], [w, 0]), ("vertical_flip", [1, -1], [0, h])):
        out = subject.call(case.with_(policy=document({"op": op, "p": 1.0}, targets=targets)), sample)["keypoints"]
        expected = sample["keypoints"][:, [2, 1, 0]] * sign + offset
        require(
            within(np.abs(out - expected), tolerances.COORDINATE_BETWEEN),
            f"{op}: keypoints move and change places",
            expected=expected[0].tolist(),
            got=out[0].tolist(),
        )
    turned = document({"op": "horizontal_flip", "p": 1.0}, {"op": "vertical_flip", "p": 1.0}, targets=targets)
    out = subject.call(case.with_(policy=turned), sample)["keypoints"]
    expected = np.array([w, h]) - sample["keypoints"]
    require(
        within(np.abs(out - expected), tolerances.COORDINATE_BETWEEN),
        "two mirrors are a turn: no places change",
        expected=expected[0].tolist(),
        got=out[0].tolist(),
    )
    index = case.with_(
        policy=document({"op": "horizontal_flip", "p": 1.0}), context={"options": {"keypoint_format": "index"}}
    )
    pixels = {**sample, "keypoints": np.floor(sample["keypoints"])}
    out = subject.call(index, pixels)["keypoints"]
    require(
        within(np.abs(out[..., 0] - (w - 1 - pixels["keypoints"][..., 0])), tolerances.COORDINATE_BETWEEN),
        "pixel indices flip to W - 1 - x",
        expected=(w - 1 - pixels["keypoints"][0, :, 0]).tolist(),
        got=out[0, :, 0].tolist(),
    )


def _apart(subject: Subject, case: Case) -> None:
    """Leaving targets out, or adding them, changes no other target."""
    sample = sample_of(case)
    whole = subject.call(case, sample)
    for leave in ("mask", "boxes", "keypoints"):
        some = {name: value for name, value in sample.items() if name != leave}
        out = subject.call(case, some)
        for name, value in out.items():
            one = case.with_(name=f"without {leave}")
            require_match(subject, one, {name: value}, {name: whole[name]}, f"without {leave}")


def _once(law: str, *signatures: str) -> Any:
    return lambda tier: (
        ()
        if tier == "kat"
        else tuple(
            Case(name=f"{law} {signature}", signature=signature, targets=ALL_TARGETS, probe_seed=5)
            for signature in signatures
        )
    )


LAWS = (
    Law(
        "F1", "one plan for all targets", ("C14", "T2"), "Image and mask of a sample move alike.", _one_plan, _f1_cases
    ),
    Law(
        "F2",
        "masks",
        ("T2",),
        "Masks hold only old values and the fill, and keep their dtype; ops that move nothing leave all targets alone.",
        _f2,
        _f2_cases,
    ),
    Law(
        "F3",
        "boxes are boxes",
        ("T3",),
        "Boxes stay ordered and on the canvas, and all formats say the same.",
        _boxes_formed,
        lambda tier: grid(
            "F3",
            tier,
            names=(*(f"op:{n}" for n in _of_stage(*_GEOMETRY)), "mix:warps", "mix:crop"),
            signatures=("medium-u8",),
        ),
    ),
    Law(
        "F4",
        "painted boxes",
        ("T3", "C5"),
        "A painted rectangle and its box move to the same place.",
        _rendered,
        _f4_cases,
    ),
    Law(
        "F5",
        "validity",
        ("T3", "T4"),
        "Boxes and keypoints are valid exactly if the rules say so; their number stays.",
        _filtered,
        _once("F5", "dot-u8"),
    ),
    Law(
        "F6",
        "keypoints",
        ("T4", "C5"),
        "Mirrors exchange declared pairs; pixel indices are shifted by a half.",
        _swapped,
        _once("F6", CORE_INTEGER, CORE_FLOAT),
    ),
    Law(
        "F8",
        "targets are apart",
        ("C14", "R6"),
        "Adding or leaving out a target changes no other one.",
        _apart,
        lambda tier: tuple(
            c.with_(reach="eager")
            for c in grid("F8", tier, names=("mix:train", "mix:steps", "mix:crop", "mix:targets"))
        ),
    ),
    Law(
        "F9",
        "compaction",
        ("T3",),
        "With `compact`, single samples lose just their invalid boxes, with their labels.",
        _compacted,
        lambda _: (
            case("F9", "op:translate", targets=ALL_TARGETS, reach="graph"),
            case("F9", "op:translate", CORE_FLOAT, targets=ALL_TARGETS),
        ),
    ),
)
