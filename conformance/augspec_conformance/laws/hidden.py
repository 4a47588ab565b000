"""F10: who is told of what an op hides, as its fields say."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, case
from augspec_conformance.cases.policies import document, op_document, op_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

Json = dict[str, Any]

_MASK = 77
"""Fill of the mask: no row number of a sample that is asked about is one of these."""


def _hides(subject: Subject, case: Case) -> None:
    """A black image shows what is hidden in white; mask and keypoints follow as the fields say, boxes never.

    With a gate, nothing is hidden of some samples, and nothing of these follows.
    """
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
    if "p" in op:
        spared = int((~hidden.any((1, 2))).sum())
        require(0 < spared < len(image), "the gate spares some samples and not all", expected=op["p"], got=spared)
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
    {"fill_mask": True, "hide_keypoints": True, "p": 0.5},
)


def _f10_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for name in op_names():
        if augspec.ops()[name].stage != "occlude":
            continue
        for fields in _FIELDS:
            for signature in ("many-u8",) if "p" in fields else ("medium-u8", "medium-f32"):
                base = case("F10", f"op:{name}", signature, tier=tier, targets=ALL_TARGETS)
                op = {**op_document(name, signature), **fields, "fill": 1.0}
                policy = document(op, targets={"mask": {"fill": _MASK}})
                found.append(base.with_(name=f"{' '.join((name, *fields, signature))}", policy=policy, reach="eager"))
    return tuple(found)


LAWS = (
    Law(
        "F10",
        "what is hidden",
        ("T2", "T3", "T4", "C9"),
        "Where an op hides pixels, mask and keypoints follow exactly if its fields say so; boxes stay.",
        _hides,
        _f10_cases,
    ),
)
