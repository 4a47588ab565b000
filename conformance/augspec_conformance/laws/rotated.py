"""F15: boxes with an angle move as their corners do, and become the rectangles that hold these."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance import tolerances
from augspec_conformance.cases.catalogue import ALL_TARGETS, compiled_for, grid
from augspec_conformance.cases.policies import document, fitting_targets, policy, policy_names
from augspec_conformance.cases.probes import sample_of, turned
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.oracle.rotated import places, rectangle
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

_COMPILED = ("op:rotate", "op:perspective", "mix:train")


def _with(case: Case, rules: Json, **options: Any) -> Case:
    targets = {**case.policy.get("targets", {}), "boxes": rules, "keypoints": {}}
    both = {**case.context.get("options", {}), **options}
    return case.with_(policy={**case.policy, "targets": targets}, context={**case.context, "options": both})


def _held(subject: Subject, case: Case) -> None:
    """Keypoints at the corners say where these go; the box is the rectangle that holds them."""
    if not {"boxes", "keypoints"} <= set(case.targets):
        raise Unclaimed("the policy has no meaning for boxes or keypoints")
    sample = sample_of(case)
    boxes = turned(sample["boxes"])
    points = np.stack([places(one.astype(np.float64)) for one in boxes])
    given = {name: x for name, x in sample.items() if name not in ("mask", "boxes", "keypoints")}
    whole = {**given, "boxes": boxes, "keypoints": points.reshape(len(boxes), -1, 2).astype(np.float32)}
    rules = {"min_area": 6.0}
    out = subject.call(_with(case, rules, box_format="cxcywhr"), whole)
    shape = (len(boxes), boxes.shape[1] * case.rows, 5)
    require(out["boxes"].shape == shape, "the shape of boxes", expected=shape, got=out["boxes"].shape)
    moved = out["keypoints"].reshape(*shape[:2], *points.shape[2:])
    came = whole["keypoints"].reshape(points.shape)
    sides = (*sample["image"].shape[1:3], *out["image"].shape[1:3])
    bound = tolerances.RECTANGLE * tolerances.coordinate(max(sides), max(sides))
    centred = out["keypoints_visible"].reshape(moved.shape[:-1])[..., 0]
    for i in range(len(boxes)):
        ideal = rectangle(moved[i].astype(np.float64))
        _near(out["boxes"][i], ideal, bound, f"sample {i}: boxes about their moved corners")
        still = np.zeros(len(moved[i]), bool)  # of a sample's own; those of others follow
        still[: boxes.shape[1]] = (moved[i][: boxes.shape[1]] == came[i]).all((1, 2))
        given_rows = boxes[i][still[: boxes.shape[1]]]
        require_equal(out["boxes"][i][still], given_rows, f"sample {i}: boxes that nothing moved")
        angles = out["boxes"][i, ~still, 4]
        require(bool(((angles >= -90) & (angles < 90)).all()), f"sample {i}: angles in [-90, 90)", got=angles.tolist())
        area = out["boxes"][i, :, 2].astype(np.float64) * out["boxes"][i, :, 3]
        clear = np.abs(area - rules["min_area"]) > bound * (out["boxes"][i, :, 2] + out["boxes"][i, :, 3])
        expected = centred[i] & (area >= rules["min_area"])
        require_equal(out["boxes_valid"][i][clear], expected[clear], f"sample {i}: boxes_valid")
    _as_hulls(subject, case, whole, points)


def _as_hulls(subject: Subject, case: Case, whole: dict[str, Array], points: Array) -> None:
    """How much of a box is visible is asked of its upright hull."""
    corners = points[:, :, 1:]
    hulls = np.concatenate([corners.min(2), corners.max(2)], -1).astype(np.float32)
    some, all_ = {"min_visibility": 0.6}, {"min_visibility": 0.0}
    valid = [
        subject.call(_with(case, rules, box_format=form), {**whole, "boxes": boxes})["boxes_valid"]
        for rules, form, boxes in (
            (some, "cxcywhr", whole["boxes"]),
            (all_, "cxcywhr", whole["boxes"]),
            (some, "xyxy", hulls),
        )
    ]
    require_equal(valid[0], valid[1] & valid[2], "boxes_valid with min_visibility, beside that of the hulls")


def _near(got: Array, expected: Array, bound: float, reason: str) -> None:
    """Demand the same rectangles: a half turn changes none."""
    a, b = places(got.astype(np.float64))[:, 1:], places(expected)[:, 1:]
    distance = np.minimum(np.abs(a - b).max((1, 2)), np.abs(a - b[:, [2, 3, 0, 1]]).max((1, 2)))
    worst = int(distance.argmax()) if len(distance) else 0
    require(
        within(distance, bound),
        reason,
        where=worst,
        expected=expected[worst].tolist() if len(distance) else None,
        got=got[worst].tolist() if len(distance) else None,
    )


_KNOWN: tuple[tuple[Json, list[float], list[float], bool], ...] = (
    ({"op": "rotate", "degrees": 30}, [20, 10, 8, 4, 10], [20, 10, 8, 4, 40], True),
    ({"op": "rotate", "degrees": 100}, [20, 10, 8, 4, 10], [20, 10, 8, 4, -70], True),
    ({"op": "horizontal_flip", "p": 1.0}, [12, 6, 8, 4, 10], [28, 6, 8, 4, -10], True),
    ({"op": "vertical_flip", "p": 1.0}, [12, 6, 8, 4, 80], [12, 14, 8, 4, -80], True),
    ({"op": "scale", "factor": 0.5}, [20, 10, 8, 4, -35], [20, 10, 4, 2, -35], True),
    ({"op": "rotate", "degrees": 20}, [20, 10, 8, 4, 820], [20, 10, 8, 4, -60], True),
    ({"op": "rotate", "degrees": 20}, [20, 10, 8, 4, -3590], [20, 10, 8, 4, 30], True),
    ({"op": "horizontal_flip", "p": 1.0}, [12, 6, 8, 4, 1090], [28, 6, 8, 4, -10], True),
    ({"op": "shear", "x": 0.5}, [20, 10, 8, 4, 0], [20, 10, 10, 4, 0], True),
    ({"op": "translate", "x": 0.45}, [20, 10, 8, 4, 0], [38, 10, 8, 4, 0], True),
    ({"op": "translate", "x": 0.5}, [20, 10, 8, 4, 0], [40, 10, 8, 4, 0], False),
    ({"op": "translate", "x": -0.5}, [20, 10, 8, 4, 0], [0, 10, 8, 4, 0], True),
)
"""An op, a box before and after it on a canvas of 40 × 20, and whether it is valid then."""


def _known(subject: Subject, case: Case) -> None:
    """What is known of plain moves: directions, mirrors, sizes, angles of many turns, and that nothing is clipped."""
    image = np.zeros((1, 20, 40, 3), np.uint8)
    for op, before, after, valid in _KNOWN:
        if op["op"] == "shear":  # rather than rely on how a shear turns a box, ask the rectangle of its corners
            moved = places(np.array([before], np.float64))
            moved[..., 0] = 20 + (moved[..., 0] - 20) + op["x"] * (moved[..., 1] - 10)
            after = rectangle(moved)[0].tolist()  # noqa: PLW2901
        one = case.with_(policy=document(op), context={"options": {"box_format": "cxcywhr"}})
        out = subject.call(one, {"image": image, "boxes": np.array([[before]], np.float32)}, ids=[0])
        name = f"{op['op']} of {before}"
        _near(out["boxes"][0], np.array([after], np.float64), 10 * tolerances.coordinate(40, 40), name)
        turned = abs(float(out["boxes"][0, 0, 4]) - after[4])
        require(
            within(turned, tolerances.ANGLE), f"{name}: the angle", expected=after[4], got=float(out["boxes"][0, 0, 4])
        )
        require(bool(out["boxes_valid"][0, 0]) == valid, f"{name}: boxes_valid", expected=valid, got=not valid)


def _f15(subject: Subject, case: Case) -> None:
    (_known if case.context.get("known") else _held)(subject, case)


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    wanted = {"boxes", "keypoints"}
    names = tuple(n for n in policy_names() if wanted <= set(fitting_targets(policy(n), tuple(wanted))))
    found = list(grid("F15", tier, names=names, every=1 if tier == "full" else 2))
    found += grid(
        "F15", tier, names=("op:rotate", "op:perspective", "op:lens", "mix:targets"), signatures=("medium-f32",)
    )
    compiled = compiled_for(_COMPILED, tier)
    known = Case(name="known moves", signature="dot-u8", targets=ALL_TARGETS, context={"known": True})
    return (known, *(c.with_(reach=compiled.get(c.name, "eager")) for c in found))


LAWS = (
    Law(
        "F15",
        "boxes with an angle",
        ("T9", "C6", "C11"),
        "A box with an angle becomes the rectangle that holds its moved corners, valid while its centre is seen.",
        _f15,
        _cases,
    ),
)
