"""G2, G6, G7 and G10: where transforms of the plane take pixels, without reference or oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance import tolerances
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_alike
from augspec_conformance.subject import Subject

__all__ = ["LAWS", "centroid"]

Array = npt.NDArray[Any]
Op = dict[str, Any]

_H, _V = {"op": "horizontal_flip", "p": 1.0}, {"op": "vertical_flip", "p": 1.0}
_SIDES = ((30, 41), (41, 30), (33, 33), (32, 48))
"""Odd and even ones."""

_LARGE = ((60, 83), (83, 60))
"""Large enough for a soft spot that stays away from the border."""


def centroid(image: Array) -> Array:
    """Return the (x, y) centre of brightness of each sample, from the picture's centre."""
    weight = image.astype(np.float64).sum(-1)
    h, w = weight.shape[1:]
    total = weight.sum((1, 2))
    x = (weight * (np.arange(w) + 0.5)).sum((1, 2)) / total - w / 2
    y = (weight * (np.arange(h) + 0.5)[:, None]).sum((1, 2)) / total - h / 2
    return np.stack([x, y], -1)


def _spot(height: int, width: int, x: float, y: float, spread: float = 2.5) -> Array:
    """Return one image with a soft spot at (x, y) from the centre, (1, H, W, 3)."""
    rows, columns = np.indices((height, width))
    square = (columns + 0.5 - width / 2 - x) ** 2 + (rows + 0.5 - height / 2 - y) ** 2
    return np.repeat(np.exp(-square / (2 * spread**2))[None, ..., None], 3, -1).astype(np.float32)


def _run(subject: Subject, case: Case, sample: dict[str, Any], *ops: Op) -> dict[str, Any]:
    return subject.call(case.with_(policy=document(*ops)), sample, ids=[0])


def _centre(subject: Subject, case: Case) -> None:
    ops: tuple[Op, ...] = (
        {"op": "rotate", "degrees": 20},
        {"op": "rotate", "degrees": -75},
        {"op": "scale", "factor": 1.3},
        {"op": "scale", "y": 0.7},
        {"op": "shear", "x": 0.3},
        {"op": "affine", "degrees": 35, "scale": 0.8, "shear_x": 0.2},
    )
    for height, width in _SIDES:
        point = np.array([[[width / 2, height / 2]]], np.float32)
        for op in ops:
            out = _run(subject, case, {"image": _spot(height, width, 0, 0), "keypoints": point}, op)
            got = centroid(out["image"])[0]
            require(
                within(np.abs(got), tolerances.DIRECTION),
                f"{op} on {height}×{width}: the centre moved",
                expected=[0.0, 0.0],
                got=got.tolist(),
            )
            away = np.abs(out["keypoints"] - point)
            require(
                within(away, tolerances.coordinate(height, width)),
                f"{op} on {height}×{width}: the keypoint at the centre moved",
                expected=point[0, 0].tolist(),
                got=out["keypoints"][0, 0].tolist(),
            )


_PAIRS: tuple[tuple[Op, Op], ...] = (
    ({"op": "rotate", "degrees": 25}, {"op": "translate", "x": 0.1, "y": -0.05}),
    ({"op": "shear", "x": 0.4}, {"op": "scale", "y": 0.8}),
    ({"op": "translate", "x": 0.12}, {"op": "rotate", "degrees": -40}),
    (_H, {"op": "rotate", "degrees": 15}),
    ({"op": "shear", "x": 0.3}, {"op": "shear", "y": 0.3}),
)
"""Pairs that do not commute."""


def _composed(subject: Subject, case: Case) -> None:
    for first, second in _PAIRS:
        for height, width in _LARGE:
            points = np.array([[[0.4 * width, 0.6 * height], [0.55 * width, 0.45 * height]]], np.float32)
            sample = {"image": _spot(height, width, 6.0, -4.0, tolerances.SPOT), "keypoints": points}
            once = _run(subject, case, sample, first, second)
            middle = _run(subject, case, sample, first)
            twice = _run(subject, case, {name: middle[name] for name in sample}, second)
            away = np.abs(once["keypoints"] - twice["keypoints"])
            require(
                within(away, 2 * tolerances.coordinate(height, width)),
                f"{first}, then {second}: points in one policy and in two",
                expected=twice["keypoints"][0].tolist(),
                got=once["keypoints"][0].tolist(),
            )
            distance = np.abs(once["image"].astype(np.float64) - twice["image"])
            require(
                within(distance, tolerances.SMOOTHED),
                f"{first}, then {second}: pixels in one policy and in two",
                expected=f"within {tolerances.SMOOTHED}",
                got=float(distance.max()),
            )


_BORDERS = ("constant", "edge", "mirror", "symmetric", "wrap")


def _runs(subject: Subject, case: Case) -> None:
    """A run of warps is resampled once, however equal fills are written; what ends it leaves two resamplings."""
    sample = sample_of(case)
    count = sample["image"].shape[-1]

    def run(*ops: Op) -> Array:
        return np.asarray(subject.call(case.with_(policy=document(*ops)), sample)["image"])

    there, back = ({"op": "rotate", "degrees": degrees} for degrees in (10, -17))
    for long in (("fill",), ("fill", "list")):
        fills: tuple[Any, Any] = (0.5, [0.5] * count) if "list" in long else ([0.5] * count, 0.5)
        got = run({**there, "fill": fills[0]}, {**back, "fill": fills[1]})
        require_equal(got, run({**there, "fill": 0.5}, {**back, "fill": 0.5}), f"fills written as {fills}")
    ended: dict[str, tuple[Op, ...]] = {
        f"resample, border {border}": ({**there, "border": border}, {"op": "resample"}, {**back, "border": border})
        for border in _BORDERS
    }
    ended["another border"] = {**there, "border": "edge"}, {**back, "border": "wrap"}
    ended["another fill"] = {**there, "fill": 0.5}, {**back, "fill": 0.25}
    ended["another interpolation"] = {**there, "interpolation": "nearest"}, back
    ended["an op that keeps pixels in their place"] = there, {"op": "invert"}, back
    for name, ops in ended.items():
        middle = subject.call(case.with_(policy=document(*ops[:-1])), sample)
        twice = subject.call(case.with_(policy=document(ops[-1])), middle)["image"]
        require_alike(case.with_(policy=document(*ops)), run(*ops), twice, f"{name}: a run of warps goes on")


def _composed_or_not(subject: Subject, case: Case) -> None:
    (_runs if case.context.get("runs") else _composed)(subject, case)


def _g6_cases(tier: Tier) -> tuple[Case, ...]:
    runs = Case(name="runs", signature="medium-f32", probe_seed=3, context={"runs": True})
    return () if tier == "kat" else (*_once("G6")(tier), runs)


def _inverse(subject: Subject, case: Case) -> None:
    pairs: tuple[tuple[Op, Op], ...] = (
        ({"op": "rotate", "degrees": 33}, {"op": "rotate", "degrees": -33}),
        ({"op": "scale", "factor": 1.25}, {"op": "scale", "factor": 0.8}),
        ({"op": "shear", "x": 0.4}, {"op": "shear", "x": -0.4}),
        ({"op": "translate", "x": 0.13}, {"op": "translate", "x": -0.13}),
    )
    for there, back in pairs:
        for height, width in _LARGE:
            points = np.array([[[0.4 * width, 0.6 * height], [0.55 * width, 0.45 * height]]], np.float32)
            sample = {"image": _spot(height, width, 6.0, -4.0, tolerances.SPOT), "keypoints": points}
            one = _run(subject, case, sample, there, back)
            middle = _run(subject, case, sample, there)
            two = _run(subject, case, {name: middle[name] for name in sample}, back)
            for what, out, bound in (("one policy", one, tolerances.WARP), ("two", two, tolerances.SMOOTHED)):
                away = np.abs(out["keypoints"] - points)
                require(
                    within(away, 2 * tolerances.coordinate(height, width)),
                    f"{there} and back, in {what}: points",
                    expected=points[0].tolist(),
                    got=out["keypoints"][0].tolist(),
                )
                distance = np.abs(out["image"].astype(np.float64) - sample["image"])
                require(
                    within(distance, bound),
                    f"{there} and back, in {what}: pixels",
                    expected=f"within {bound:.3g}",
                    got=float(distance.max()),
                )


def _cells(subject: Subject, case: Case) -> None:
    """Places that are exactly on an edge belong to the pixel right of it and below it (C5)."""
    sample = sample_of(case)
    image, mask = sample["image"], sample["mask"]
    _, height, width, _ = image.shape
    for step in (1, 3, -1, -3):  # in half pixels
        move = {"op": "translate", "x": step / (2 * width), "interpolation": "nearest", "border": "edge"}
        out = subject.call(case.with_(policy=document(move)), sample)
        source = np.clip(np.arange(width) + (1 - step) // 2, 0, width - 1)  # floor(j + 1/2 - step/2)
        require_equal(out["image"], image[:, :, source], f"nearest, {step} half pixels to the right")
        require_equal(out["mask"], mask[:, :, source], f"the mask, {step} half pixels to the right")
    for size in ([height // 2, width // 2], [height // 4, width * 2], [height - 5, width + 9], [3, 7]):
        op = {"op": "resize", "size": size, "interpolation": "nearest"}
        out = subject.call(case.with_(policy=document(op)), sample)
        rows, columns = (
            (2 * np.arange(new) + 1) * old // (2 * new) for new, old in zip(size, (height, width), strict=True)
        )
        require_equal(out["image"], image[:, rows][:, :, columns], f"nearest, resized to {size}")
        require_equal(out["mask"], mask[:, rows][:, :, columns], f"the mask, resized to {size}")


def _once(law: str) -> Any:
    def cases(tier: Tier) -> tuple[Case, ...]:
        return () if tier == "kat" else (Case(name=law, signature="large-f32"),)

    return cases


def _cell_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    return tuple(
        Case(name=f"G10 {signature}", signature=signature, targets=("image", "mask"), probe_seed=3)
        for signature in ("grey-u8", "grey-f32")
    )


LAWS = (
    Law(
        "G2",
        "the centre",
        ("C5", "C6"),
        "Rotations, scales and shears leave the point (W/2, H/2) where it is, for odd and even sides.",
        _centre,
        _once("G2"),
    ),
    Law(
        "G6",
        "composition",
        ("C10",),
        "Two warps in one policy are, in this order, the two warps in two policies, but for one interpolation less; "
        "where a run of warps ends, for none less.",
        _composed_or_not,
        _g6_cases,
    ),
    Law(
        "G7",
        "inverses",
        ("C10", "E4"),
        "A warp and its opposite give the image back.",
        _inverse,
        _once("G7"),
    ),
    Law(
        "G10",
        "cells of nearest",
        ("C5", "C8", "T2"),
        "Nearest takes the pixel whose half-open cell holds the place, for images and masks, at ties as well.",
        _cells,
        _cell_cases,
    ),
)
