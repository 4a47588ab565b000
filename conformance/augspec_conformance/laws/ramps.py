"""F20: a picture whose brightness is the place shows where each pixel came from; its points must have gone there."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance import tolerances
from augspec_conformance.cases.policies import document, op_document, op_names, op_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, stable_seed
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

Array = npt.NDArray[Any]

_SIGNATURE = "large-f32"
_SIZE = SIGNATURES[_SIGNATURE].shape[1:3]
_SCALE = 1 / 128
"""Of the ramps, per pixel."""

_MARGIN = 12.0
"""Points are so far from the picture's border, in pixels, that nothing of what lies beyond it mixes in."""

_SAMPLES, _POINTS = 4, 60


def _at(image: Array, places: Array) -> Array:
    """Return an image (H, W, C) at places (N, 2) in pixels, linear between pixel centres."""
    at = places - 0.5
    j, i = np.floor(at).astype(int).T
    fx, fy = (at - np.floor(at)).T[..., None]
    upper, lower = (image[row, j] * (1 - fx) + image[row, j + 1] * fx for row in (i, i + 1))
    return np.asarray(upper * (1 - fy) + lower * fy)


def _followed(subject: Subject, case: Case) -> None:
    height, width = _SIZE
    rng = np.random.Generator(np.random.Philox(key=[case.probe_seed, 11]))
    points = _MARGIN + rng.random((_SAMPLES, _POINTS, 2)) * np.array([width - 2 * _MARGIN, height - 2 * _MARGIN])
    points = points.astype(np.float32)
    places = np.moveaxis(np.indices(_SIZE) + 0.5, 0, -1)[..., ::-1]
    ramps = np.concatenate([places * _SCALE, np.full((*_SIZE, 1), 0.5)], -1).astype(np.float32)
    sample = {"image": np.repeat(ramps[None], _SAMPLES, 0), "keypoints": points}
    out = subject.call(case, sample, ids=range(_SAMPLES))
    size = np.array(out["image"].shape[2:0:-1])
    seen = 0
    for i in range(_SAMPLES):
        moved = out["keypoints"][i].astype(np.float64)
        inside = ((moved > 1.0) & (moved < size - 1.0)).all(-1)
        seen += int(inside.sum())
        shown = _at(out["image"][i].astype(np.float64), moved[inside])[:, :2] / _SCALE
        away = np.abs(shown - points[i][inside])
        if not within(away, tolerances.RAMP):
            worst = int(away.max(-1).argmax())
            require(
                False,
                f"sample {i}: a point is not where its pixel is",
                where=int(np.flatnonzero(inside)[worst]),
                expected=points[i][inside][worst].tolist(),
                got=shown[worst].tolist(),
            )
    require(seen >= _POINTS, "too few points stay on the canvas", expected=f"at least {_POINTS}", got=seen)


def _f20_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for name in op_names():
        cls = augspec.ops()[name]
        if cls.stage not in ("move", "warp", "remap", "resample") or cls.by_channel or cls.needs:
            continue
        op = op_document(name, _SIGNATURE)
        if op_of(op).accepts_size(*_SIZE):  # what wants a square is an exact move, of which G1 asks
            seed = stable_seed("F20", name)
            found.append(Case(name=name, policy=document(op), key=seed, signature=_SIGNATURE, reach="eager"))
    return tuple(found)


LAWS = (
    Law(
        "F20",
        "points and ramps",
        ("T4", "C5", "C14"),
        "Where a point goes, the picture of a ramp shows the place that it came from, whatever moves the picture.",
        _followed,
        _f20_cases,
    ),
)
