"""F: the targets of a sample agree with each other."""

from __future__ import annotations

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import case, grid
from augspec_conformance.cases.moving import moving
from augspec_conformance.cases.policies import document, fitting
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws import boxes, keypoints, masks, validity
from augspec_conformance.laws.compare import require_match
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

_LEAST = 0.3
"""Share of a moved picture that stays on the canvas in the catalogue's policies, at least."""


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
    for name in moving():
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


LAWS = tuple(
    sorted(
        (
            Law(
                "F1",
                "one plan for all targets",
                ("C14", "T2"),
                "Image and mask of a sample move alike.",
                _one_plan,
                _f1_cases,
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
            *masks.LAWS,
            *boxes.LAWS,
            *validity.LAWS,
            *keypoints.LAWS,
        ),
        key=lambda law: law.id,
    )
)
