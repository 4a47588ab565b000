"""F6: keypoints that change places, and those that are pixel indices."""

from __future__ import annotations

import numpy as np

from augspec_conformance import tolerances
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require
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


def _f6_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    return tuple(
        Case(name=f"F6 {signature}", signature=signature, targets=ALL_TARGETS, probe_seed=5)
        for signature in (CORE_INTEGER, CORE_FLOAT)
    )


LAWS = (
    Law(
        "F6",
        "keypoints",
        ("T4", "C5"),
        "Mirrors exchange declared pairs; pixel indices are shifted by a half.",
        _swapped,
        _f6_cases,
    ),
)
