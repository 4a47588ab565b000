"""F5 and F9: which boxes and keypoints are valid, and what compaction leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from augspec.errors import SampleError
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, case
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import boxes_of, sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import coordinate

__all__ = ["LAWS"]

Array = npt.NDArray[Any]


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
    _twice_cut(subject, case)
    points = np.array([[[5.0, 5.0], [35.0, 5.0], [29.9, 19.9]]], np.float32)
    policy = document({"op": "translate", "x": 0.25})
    out = subject.call(case.with_(policy=policy), {"image": image, "keypoints": points}, ids=[0])
    require(
        out["keypoints_visible"][0].tolist() == [True, False, True],
        "keypoints_visible",
        expected=[True, False, True],
        got=out["keypoints_visible"][0].tolist(),
    )
    # Where nothing moves them as well: the canvas holds its first edges, and not its last ones.
    edges = np.array([[[0, 9], [40, 9], [9, 0], [9, 20], [0, 0], [40, 20], [39.9, 19.9]]], np.float32)
    expected = [True, False, True, False, True, False, True]
    for op in ({"op": "invert"}, {"op": "horizontal_flip", "p": 0.0}, {"op": "translate", "x": 0.0}):
        out = subject.call(case.with_(policy=document(op)), {"image": image, "keypoints": edges}, ids=[0])
        got = out["keypoints_visible"][0].tolist()
        require(got == expected, f"keypoints_visible on the edges, under {op['op']}", expected=expected, got=got)


def _twice_cut(subject: Subject, case: Case) -> None:
    """What a box lost to one crop is lost, whatever comes after it."""
    image = np.zeros((1, 20, 40, 3), np.uint8)
    # Columns 10 to 30 are left, then 15 to 25: a quarter of the first box, half of the second, all of the third.
    boxes = np.array([[[0, 4, 20, 8], [20, 4, 30, 8], [16, 4, 24, 8]]], np.float32)
    wide: tuple[dict[str, Any], ...] = ({"op": "resize", "size": [40, 40]}, {"op": "center_crop", "size": [40, 20]})
    slim: tuple[dict[str, Any], ...] = ({"op": "center_crop", "size": [20, 10]},)
    for rest in (wide, slim):
        for rule, expected in ((0.2, [True, True, True]), (0.3, [False, True, True]), (0.6, [False, False, True])):
            policy = document(
                {"op": "center_crop", "size": [20, 20]}, *rest, targets={"boxes": {"min_visibility": rule}}
            )
            out = subject.call(case.with_(policy=policy), {"image": image, "boxes": boxes}, ids=[0])
            got = out["boxes_valid"][0].tolist()
            require(got == expected, f"boxes_valid after two crops, with {rule}", expected=expected, got=got)


def _rounded(subject: Subject, case: Case) -> None:
    """Flags are those of the places before they are rounded to a narrow dtype, where an edge may be the next number."""
    image, dtype = sample_of(case)["image"][:, :20, :40], case.context["dtype"]
    # 10.012 pixels to the right, by which the first of each comes to less than half a step before the last edge.
    near = 30 - (1 / 64 if dtype == "float16" else 1 / 8)
    points = np.array([[[near, 5], [20, 5], [30, 5]]], np.float32)
    boxes = np.array([[[near, 5, 33, 9], [20, 5, 33, 9], [30, 5, 33, 9]]], np.float32)
    given = {"image": image[:1], "boxes": boxes, "keypoints": points}
    native = {
        **subject.native(case, {"image": given["image"]}),
        **{name: subject.made(given[name], dtype) for name in ("boxes", "keypoints")},
    }
    out = subject.of(case)(subject.key(case), native, [0])
    for name, places in (("boxes_valid", "boxes"), ("keypoints_visible", "keypoints")):
        require(subject.adapter.dtype_name(out[places]) == dtype, f"the dtype of {places}", expected=dtype)
        got = subject.adapter.to_numpy(out[name])[0].tolist()
        require(got == [True, True, False], f"{name} beside {dtype}", expected=[True, True, False], got=got)


_BOXES = 300
"""Rows that one byte cannot count."""

_CUT = document(
    {"op": "horizontal_flip", "p": 0.5},
    {"op": "random_resized_crop", "size": [11, 13], "area": {"uniform": [0.1, 0.9]}, "antialias": False},
    {"op": "vertical_flip", "p": 0.5},
)
"""Windows of whole pixels, read to either side and shown at sizes that are no multiples of theirs."""

_WINDOWS = 8


def _beside_windows(subject: Subject, case: Case) -> None:
    """Every row and column of pixels is shown whole or not at all: those that touch a window have no part of it."""
    sample = sample_of(case.with_(targets=("image",)))
    b, height, width, _ = sample["image"].shape
    for axis, side in (0, width), (1, height):
        first = np.arange(side, dtype=np.float32)
        strips = np.tile(np.array([0, 0, width, height], np.float32), (b, side, 1))
        strips[..., axis], strips[..., axis + 2] = first, first + 1
        centres = np.floor((strips[..., :2] + strips[..., 2:]) / 2) + 0.5
        edges = centres.copy()
        edges[..., axis] = first
        given = {**sample, "boxes": strips, "keypoints": np.concatenate([centres, edges], 1)}
        for view in range(_WINDOWS):
            out = subject.call(case.with_(view=view), given)
            size = out["image"].shape[2 - axis]
            for i in range(b):
                name = f"view {view}, sample {i}, {('columns', 'rows')[axis]} of one pixel"
                middle, edge = np.split(out["keypoints"][i], 2)
                shown = (middle[:, axis] > 0) & (middle[:, axis] < size)
                _strips(out["boxes"][i][:, [axis, axis + 2]], out["boxes_valid"][i], shown, size, name)
                mirrored = middle[1, axis] < middle[0, axis]
                expected = np.append(False, shown[:-1]) if mirrored else shown
                across = (edge[:, 1 - axis] > 0) & (edge[:, 1 - axis] < out["image"].shape[1 + axis])
                got = np.split(out["keypoints_visible"][i], 2)[1]
                # The window's lower end is its canvas's, unless a flip that follows is a part of the window.
                clear = shown | ~expected if axis else np.ones_like(shown)
                require_equal(
                    got[clear], (expected & across)[clear], f"{name}: whether points on their first edges are visible"
                )


def _strips(ends: Array, valid: Array, shown: Array, size: int, name: str) -> None:
    """All that are shown have the same width, and the others have none."""
    require_equal(valid, shown, f"{name}: boxes_valid, where their centres are on the canvas")
    expected = np.where(shown, size / max(int(shown.sum()), 1), 0.0)
    got = ends[:, 1] - ends[:, 0]
    require(within(np.abs(got - expected), coordinate(size, len(ends))), f"{name}: sides", expected=expected, got=got)


def _compacted(subject: Subject, case: Case) -> None:
    """Compaction keeps just the rows that stay valid without it, of hundreds of boxes and of their labels."""
    full = sample_of(case.with_(targets=("image",)))
    full["boxes"] = boxes_of(SIGNATURES[case.signature].shape, case.probe_seed, _BOXES)
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


def _f5_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = (
        Case(name="F5 dot-u8", signature="dot-u8", targets=ALL_TARGETS, probe_seed=5),
        Case(name="beside windows", policy=_CUT, signature="medium-u8", reach="graph", context={"windows": True}),
        Case(name="beside canvases", policy=_SHRUNK, signature="medium-u8", reach="graph", context={"slivers": True}),
    )
    sees = Case(
        name="boxes that decide",
        policy=document({"op": "iou_crop", "size": [11, 13], "min_iou": [0.0, 0.3]}),
        signature="medium-u8",
        targets=("image", "boxes"),
        context={"deciding": True},
    )
    move = document({"op": "affine", "translate_x": 0.2503})
    rounded = tuple(
        Case(
            name=f"places of {dtype}",
            policy=move,
            signature="medium-u8",
            reach="eager",
            context={"dtype": dtype, "rounded": True},
        )
        for dtype in ("float16", "bfloat16")
    )
    return (*found, *rounded, sees) if tier == "full" else (*found, *rounded[:1])


_SHRUNK = document(
    {"op": "horizontal_flip", "p": 0.5},
    {"op": "scale_jitter", "size": [11, 13], "factor": {"uniform": [0.5, 2.0]}},
)
"""Windows that are shown at another size and then cut, at whole pixels of the canvas."""

_SIZES = 48
"""Views under which that is asked: an end of a pixel falls on an end of the canvas once in a few hundred."""


def _slivers(subject: Subject, case: Case) -> None:
    """What is left of pixels of the image is nothing, or at least the length of the window's reciprocal."""
    sample = sample_of(case.with_(targets=("image",)))
    b, height, width, _ = sample["image"].shape
    for axis, side in (0, width), (1, height):
        first = np.arange(side, dtype=np.float32)
        strips = np.tile(np.array([0, 0, width, height], np.float32), (b, side, 1))
        strips[..., axis], strips[..., axis + 2] = first, first + 1
        for view in range(_SIZES):
            out = subject.call(case.with_(view=view), {**sample, "boxes": strips})
            left = (out["boxes"][..., axis + 2] - out["boxes"][..., axis])[out["boxes_valid"]]
            require(
                not len(left) or float(left.min()) > 0.5 / side,
                f"view {view}: the least that is left of a valid box along {'xy'[axis]}",
                expected=f"more than {0.5 / side:.3g} pixels",
                got=float(left.min()) if len(left) else None,
            )


def _deciding(subject: Subject, case: Case) -> None:
    """Boxes that were given as not valid, or that have no area, decide nothing: all is as if they were not there."""
    sample = sample_of(case)
    boxes, shape = sample["boxes"], sample["image"].shape[1:3]
    valid = np.zeros(boxes.shape[:2], bool)
    valid[:, 0] = True
    flattened = boxes.copy()  # to points in the middle, to upright lines, and to level ones
    flattened[:, ::2, 2] = flattened[:, ::2, 0] = shape[1] / 2
    flattened[:, 1:, 3] = flattened[:, 1:, 1] = shape[0] / 2
    flattened[:, 0, 1] = flattened[:, 0, 3] = shape[0] / 2
    for view in range(_WINDOWS):
        one = case.with_(view=view)
        flagged = subject.call(one, {**sample, "boxes_valid": valid})
        alone = subject.call(one, {**sample, "boxes": boxes[:, :1]})
        require_equal(flagged["image"], alone["image"], f"view {view}: the image beside boxes that are not valid")
        for name in ("boxes", "boxes_valid"):
            require_equal(flagged[name][:, :1], alone[name], f"view {view}: {name} beside boxes that are not valid")
        require(not flagged["boxes_valid"][:, 1:].any(), f"view {view}: boxes that were not valid are now")
        flat = subject.call(one, {**sample, "boxes": flattened})
        none = subject.call(one, {**sample, "boxes": boxes[:, :0]})
        require_equal(flat["image"], none["image"], f"view {view}: the image beside boxes without area")
        require(not flat["boxes_valid"].any(), f"view {view}: boxes without area are valid")


def _f5(subject: Subject, case: Case) -> None:
    asked = {"windows": _beside_windows, "slivers": _slivers, "deciding": _deciding, "rounded": _rounded}
    next((ask for word, ask in asked.items() if case.context.get(word)), _filtered)(subject, case)


LAWS = (
    Law(
        "F5",
        "validity",
        ("T3", "T4"),
        "Boxes and keypoints are valid exactly if the rules say so; their number stays.",
        _f5,
        _f5_cases,
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
