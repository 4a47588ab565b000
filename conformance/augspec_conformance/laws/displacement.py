"""R19: random fields that displace places, read from ramps: how far, how smoothly, and apart from each other."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

import augspec
from augspec_conformance import statistic
from augspec_conformance.cases.policies import document, op_document, op_names
from augspec_conformance.law import Case, Law, Tier, require, stable_seed
from augspec_conformance.laws.independence import elsewhere, require_apart
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import AGREEMENT, FEWER, NEARLY_NORMAL, TABLE

__all__ = ["LAWS"]

Floats = np.ndarray

_SIGMA, _ALPHA = 2.0, 0.8
_SIZE, _ROW, _COLUMNS = (15, 24), 7, (9, 13)
"""Two places 2·σ apart whose neighbours within 3·σ all lie on the canvas: no border is near enough to matter."""

_SCALE = 1 / 32
"""Of the ramps, per pixel."""


def _uniforms(subject: Subject, case: Case, key: augspec.Key) -> dict[str, Floats]:
    """Return Φ of the displacements, in deviations, of every sample: of both axes at two places."""
    places = np.moveaxis(np.indices(_SIZE), 0, -1)[..., ::-1]
    image = np.repeat((places * _SCALE).astype(np.float32)[None], FEWER, 0)
    out = subject.call(case, {"image": image}, key=key, ids=range(FEWER))["image"].astype(np.float64)
    moved = (out / _SCALE - places)[:, _ROW] / _ALPHA
    normal = NormalDist()
    return {
        f"{axis}{place}": np.array([normal.cdf(one) for one in moved[:, column, channel]])
        for channel, axis in enumerate("xy")
        for place, column in enumerate(_COLUMNS)
    }


def _displaced(subject: Subject, case: Case) -> None:
    key = subject.key(case)
    here = _uniforms(subject, case, key)
    for name in ("x0", "y0"):
        distance = statistic.cdf_distance(here[name], lambda x: np.clip(x, 0, 1), 2e-3)
        require(
            statistic.cdf_holds(distance, FEWER, slack=TABLE + NEARLY_NORMAL),
            f"displacements along {name[0]} are not normal with the deviation alpha",
            expected=f"a distance of at most {statistic.cdf_envelope(FEWER) + TABLE + NEARLY_NORMAL:.4f}",
            got=distance,
        )
    require_apart(here["x0"], here["y0"], "displacements along x and y")
    for name in ("x0", "y0"):
        require_apart(here[name][::2], here[name][1::2], f"displacements along {name[0]} of one sample and the next")
    for what, other in elsewhere(key).items():
        require_apart(here["x0"], _uniforms(subject, case, other)["x0"], f"displacements of {what}")
    # Two normals of correlation r lie on one side of their means with probability ½ + asin(r)/π.
    same = 0.5 + math.asin(math.exp(-1.0)) / math.pi
    for axis in "xy":
        count = int(((here[f"{axis}0"] > 0.5) == (here[f"{axis}1"] > 0.5)).sum())
        near = min(max(count / FEWER, same - AGREEMENT), same + AGREEMENT)
        require(
            statistic.share_holds(count, FEWER, near),
            f"displacements along {axis}, 2·sigma apart, do not agree as a Gaussian makes them",
            expected=round(same, 4),
            got=round(count / FEWER, 4),
        )


def _r19_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for name in op_names():
        by_quantity = {mark.quantity.name: field for field, mark in augspec.ops()[name].parameters()}
        if {"displacement", "smoothness"} <= set(by_quantity):
            fields = {by_quantity["displacement"]: _ALPHA, by_quantity["smoothness"]: _SIGMA}
            policy = document({**op_document(name), **fields})
            seed = stable_seed("R19", name)
            found.append(Case(name=name, policy=policy, key=seed, signature="large-f32", reach="eager"))
    return tuple(found)


LAWS = (
    Law(
        "R19",
        "fields of displacement",
        ("R16", "R13"),
        "Displacements read from ramps are normal with the declared deviation, as smooth as declared, and independent.",
        _displaced,
        _r19_cases,
        scope="backend",
    ),
)
