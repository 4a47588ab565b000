"""F6: keypoints that change places, and those that are pixel indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance import tolerances
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]


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


_H, _V, _T = ({"op": name, "p": 1.0} for name in ("horizontal_flip", "vertical_flip", "transpose"))
_TURN: dict[str, Any] = {"op": "rotate", "degrees": 20}
_CROP: dict[str, Any] = {"op": "random_resized_crop", "size": [9, 11], "area": {"uniform": [0.3, 0.9]}}

_ROWS = 300
"""Keypoints: more than the numbers of one byte tell apart."""

_PAIRS = [[0, 2], [1, 4], [7, 257], [256, 299]]

_HOLE: dict[str, Any] = {"op": "cutout", "size": 0.6, "hide_keypoints": True}

_MIRRORS: tuple[tuple[tuple[dict[str, Any], ...], bool], ...] = (
    ((_H,), True),
    ((_V,), True),
    ((_T,), True),
    ((_T, _H), False),
    ((_T, _V, _H), True),
    ((_TURN, _H), True),
    ((_TURN, _V), True),
    ((_TURN, _H, _V), False),
    ((_H, _TURN, _V), False),
    ((_CROP, _H), True),
    ((_CROP, _V), True),
    ((_CROP, _H, _V), False),
    ((_HOLE, _H), True),
    ((_HOLE, _TURN, _V), True),
)
"""Ops by all the ways in which pixels are mirrored, and whether they make left of right: two mirrors are a turn."""


def _paired(subject: Subject, case: Case) -> None:
    """With pairs, rows are those without pairs, all declared ones exchanged where the sample is mirrored.

    Of hundreds of rows, and with the flags of what was hidden before.
    """
    sample, paired = sample_of(case), [row for pair in _PAIRS for row in pair]
    size = np.array(sample["image"].shape[2:0:-1], np.float32)
    shares = np.random.Generator(np.random.Philox(key=[case.probe_seed, 12])).random((len(sample["image"]), _ROWS, 2))
    sample["keypoints"] = (np.floor(shares * size * 16) / 16).astype(np.float32)
    exchanged = np.arange(_ROWS)
    exchanged[paired] = [row for a, b in _PAIRS for row in (b, a)]
    for ops, mirrored in _MIRRORS:
        plain = subject.call(case.with_(policy=document(*ops)), sample)
        rule = {"keypoints": {"swap_pairs": _PAIRS}}
        out = subject.call(case.with_(policy=document(*ops, targets=rule)), sample)
        order = exchanged if mirrored else np.arange(_ROWS)
        name = f"{', '.join(op['op'] for op in ops)}: pairs {'change' if mirrored else 'keep'} their places"
        expected, got = plain["keypoints"][:, order], out["keypoints"]
        distance = np.abs(got - expected).max(-1)
        where = tuple(int(i) for i in np.unravel_index(int(distance.argmax()), distance.shape))
        require(
            within(distance, tolerances.COORDINATE_BETWEEN),
            name,
            where=where,
            expected=expected[where].tolist(),
            got=got[where].tolist(),
        )
        require_equal(out["keypoints_visible"], plain["keypoints_visible"][:, order], f"{name}, keypoints_visible")


def _indices(subject: Subject, case: Case) -> None:
    """A pixel index means the pixel's centre, and is on the canvas where that place is."""
    sample = sample_of(case)
    b, h, w, _ = sample["image"].shape
    far = {side: [-0.7, -0.3, 0.0, side - 0.7, side - 0.3] for side in (w, h)}
    seen = [False, True, True, True, False]
    points = np.array([[x, 1.0] for x in far[w]] + [[1.0, y] for y in far[h]], np.float32)
    given = {**sample, "keypoints": np.repeat(points[None], b, 0)}
    for op in ({"op": "invert"}, _H, _V, {"op": "rotate", "degrees": 180}):
        index = case.with_(policy=document(op), context={"options": {"keypoint_format": "index"}})
        out = subject.call(index, given)["keypoints_visible"]
        require_equal(out, np.array([seen + seen] * b), f"{op['op']}: which indices are visible")


def _f6(subject: Subject, case: Case) -> None:
    {"pairs": _paired, "indices": _indices}.get(case.context.get("what", ""), _swapped)(subject, case)


def _f6_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = [
        Case(name=f"F6 {signature}", signature=signature, targets=ALL_TARGETS, probe_seed=5)
        for signature in (CORE_INTEGER, CORE_FLOAT)
    ]
    if tier == "full":
        found += [
            Case(
                name=f"{what} {signature}", signature=signature, targets=("image", "keypoints"), context={"what": what}
            )
            for what in ("pairs", "indices")
            for signature in ("square-u8", "square-f32")
        ]
    return tuple(found)


LAWS = (
    Law(
        "F6",
        "keypoints",
        ("T4", "C5"),
        "Mirrors exchange declared pairs; pixel indices are shifted by a half.",
        _f6,
        _f6_cases,
    ),
)
