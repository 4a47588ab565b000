"""F3 and F4: boxes stay boxes, and go where the pixels go."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from augspec_conformance import tolerances
from augspec_conformance.cases.catalogue import CORE_FLOAT, case, grid
from augspec_conformance.cases.moving import GEOMETRY, of_stages
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws.plane import centroid
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]


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
        *({"box_format": form, "box_units": "normalized"} for form in ("xyxy", *case.context["normalized"])),
    ):
        other = case.with_(context={"options": options}, reach="eager")
        got = subject.call(other, sample_of(other))["boxes"].astype(np.float64)
        form = options.get("box_format", "xyxy")
        a, b, c, d = np.moveaxis(got, -1, 0)
        back = {
            "xyxy": (a, b, c, d),
            "yxyx": (b, a, d, c),
            "xywh": (a, b, a + c, b + d),
            "cxcywh": (a - c / 2, b - d / 2, a + c / 2, b + d / 2),
        }[form]
        corners = np.stack(back, -1) * (scale if options.get("box_units") == "normalized" else 1)
        distance = np.abs(corners - boxes).max(initial=0.0)
        require(
            within(distance, tolerances.coordinate(h, w)),
            f"boxes as {options}",
            expected="the same boxes",
            got=float(distance),
        )


def _rendered(subject: Subject, case: Case) -> None:
    """A painted rectangle moves with its box, a soft spot with its keypoint, on canvases that are mirrored as well."""
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


_H, _V = ({"op": f"{axis}_flip", "p": 1.0} for axis in ("horizontal", "vertical"))

_ONE_SIDE: dict[str, dict[str, Any]] = {
    "narrower": {"op": "crop", "left": 5, "top": 0, "height": 37, "width": 29},
    "lower": {"op": "crop", "left": 0, "top": 4, "height": 23, "width": 50},
    "wider": {"op": "pad", "left": 3, "right": 4},
    "higher": {"op": "resize", "size": [53, 50]},
}
"""Ops by what they do to one side of `medium-u8`; the other side stays as it is."""


def _f3_cases(tier: Tier) -> tuple[Case, ...]:
    """All ops that move pixels, and some that change one side alone: normalised boxes are shares of either side."""
    context = {"normalized": ("yxyx", "xywh", "cxcywh") if tier == "full" else ("yxyx",)}
    names = (*(f"op:{n}" for n in of_stages(*GEOMETRY)), "mix:warps", "mix:crop")
    found = grid("F3", tier, names=names, signatures=("medium-u8",), context=context)
    one = case("F3", "mix:empty", "medium-u8", context=context, reach="eager")
    sides = (one.with_(name=name, policy=document(op)) for name, op in _ONE_SIDE.items())
    return found if tier == "kat" else (*found, *sides)


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
    # Windows and canvases of another size, read backwards: flips behind them may be a part of them.
    canvases: tuple[dict[str, Any], ...] = (
        {"op": "scale_jitter", "size": [80, 60], "factor": 0.5},
        {"op": "scale_jitter", "size": [56, 70], "factor": {"uniform": [0.4, 0.7]}},
        {"op": "zoom_out", "factor": {"uniform": [1.2, 1.8]}},
        {"op": "random_resized_crop", "size": [70, 56], "area": 0.95, "ratio": 0.75},
    )
    flips_behind: tuple[tuple[dict[str, Any], ...], ...] = ((_H,), (_V,), (_H, _V))
    warps += [document(canvas, *behind) for canvas in canvases for behind in flips_behind]
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


LAWS = (
    Law(
        "F3",
        "boxes are boxes",
        ("T3",),
        "Boxes stay ordered and on the canvas, and all formats say the same.",
        _boxes_formed,
        _f3_cases,
    ),
    Law(
        "F4",
        "painted boxes",
        ("T3", "C5", "C14"),
        "A painted rectangle and its box move to the same place.",
        _rendered,
        _f4_cases,
    ),
)
