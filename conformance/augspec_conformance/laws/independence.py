"""R5 and R10: draws that are independent of each other, and noise that is white."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

import augspec
from augspec_conformance import statistic
from augspec_conformance.cases.policies import document
from augspec_conformance.declared import cdf_of, human, parameters
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import PAIRS, TABLE

__all__ = ["CELLS", "LAWS"]

Floats = np.ndarray

CELLS = 8
"""Cells per side of a table of two continuous draws."""


def _uniforms(subject: Subject, case: Case, key: augspec.Key, ids: Any) -> dict[str, Floats]:
    """Return each parameter, mapped to (0, 1) by its own CDF; gates as they are."""
    drawn = subject.of(case).draw(key, ids).numpy()
    found = {path: cdf_of(d)(human(drawn, path)) for path, d in parameters(case.policy) if "integers" not in d}
    for path in drawn:
        if path.endswith("/apply"):
            found[path] = np.asarray(drawn[path]) * 0.5
    return found


def _table(a: Floats, b: Floats, gates: tuple[float | None, float | None]) -> tuple[Floats, Floats]:
    """Return observed counts and expected shares of a grid of cells."""
    edges = [np.array([0.25, 1.0]) if p is not None else np.linspace(0, 1, CELLS + 1)[1:] for p in gates]
    shares = [np.array([1 - p, p]) if p is not None else np.full(CELLS, 1 / CELLS) for p in gates]
    cells = [np.searchsorted(edge[:-1], x, side="right") for edge, x in zip(edges, (a, b), strict=True)]
    counts = np.zeros((len(shares[0]), len(shares[1])))
    np.add.at(counts, (cells[0], cells[1]), 1)
    return counts, shares[0][:, None] * shares[1]


def _require_apart(a: Floats, b: Floats, what: str, gates: tuple[float | None, float | None] = (None, None)) -> None:
    """Demand that two samples fill a table as their shares say, and have no rank correlation."""
    counts, shares = _table(a, b, gates)
    wrong = statistic.cells_hold(counts, shares)
    if wrong is not None:
        require(
            False,
            f"{what} depend on each other",
            where=divmod(wrong, counts.shape[1]),
            expected=float(shares.ravel()[wrong]),
            got=float(counts.ravel()[wrong] / counts.sum()),
        )
    if gates == (None, None):
        found, most = statistic.rank_correlation(a, b), statistic.correlation_envelope(len(a)) + TABLE
        require(within(abs(found), most), f"{what} are correlated", expected=f"within ±{most:.4f}", got=found)


def _independent(subject: Subject, case: Case) -> None:
    key = subject.key(case)
    ids = list(range(case.context.get("n", PAIRS)))
    here = _uniforms(subject, case, key, ids)
    p_of = {f"sample/{op['op']}#0/apply": op["p"] for op in case.policy["ops"] if op.get("p", 1) < 1}
    names = list(here)
    pairs = [(a, b, here[a], here[b]) for i, a in enumerate(names) for b in names[i + 1 :]]
    # Pairs of neighbours must not overlap: (0, 1), (2, 3), …
    even, odd = (_uniforms(subject, case, key, [2 * i + k for i in ids]) for k in (0, 1))
    others = {
        "the next id": (even, odd),
        "the next seed": (here, _uniforms(subject, case, augspec.Key(key.seed + 1, key.epoch, key.of_view), ids)),
        "the next epoch": (here, _uniforms(subject, case, augspec.Key(key.seed, key.epoch + 1, key.of_view), ids)),
        "another view": (here, _uniforms(subject, case, augspec.Key(key.seed, key.epoch, key.of_view + 1), ids)),
    }
    pairs += [(a, f"{a} of {what}", one[a], two[a]) for what, (one, two) in others.items() for a in names]
    for a, b, left, right in pairs:
        _require_apart(left, right, f"{a} and {b}", (p_of.get(a), p_of.get(b.partition(" of ")[0])))


def _r5_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    spread = {"uniform": [-0.2, 0.3]}
    one = document(
        {"op": "translate", "x": spread, "y": spread, "p": 0.3},
        {"op": "shear", "x": spread, "y": spread, "p": 0.85},
        {"op": "brightness_shift", "delta": spread, "p": 0.3},
    )
    return (Case(name="pairs", policy=one, key=2024),)


def _noise(subject: Subject, case: Case) -> None:
    std = case.policy["ops"][0]["std"]
    h, w = 64, 96
    image = np.full((2, h, w, 3), 0.5, np.float32)
    normal = NormalDist()

    def uniforms(key: int) -> Floats:
        out = subject.call(case.with_(key=key), {"image": image}, ids=[3, 4])["image"].astype(np.float64)
        return np.array([normal.cdf(v) for v in ((out - 0.5) / std).ravel()]).reshape(out.shape)

    u, other = uniforms(case.key), uniforms(case.key + 1)
    distance = statistic.cdf_distance(u.ravel(), lambda x: np.clip(x, 0, 1), 1e-4)
    require(
        within(distance, statistic.cdf_envelope(u.size) + TABLE),
        "noise is not normal with the declared std",
        expected="≤ envelope",
        got=distance,
    )
    pairs = {
        "columns": (u[:, :, ::2], u[:, :, 1::2]),
        "rows": (u[:, ::2], u[:, 1::2]),
        "rows of the two halves": (u[:, : h // 2], u[:, h // 2 :]),
        "columns of the two halves": (u[:, :, : w // 2], u[:, :, w // 2 :]),
        "first two channels": (u[..., 0], u[..., 1]),
        "last two channels": (u[..., 1], u[..., 2]),
        "samples": (u[:1], u[1:]),
        "keys": (u, other),
    }
    for name, (a, b) in pairs.items():
        _require_apart(a.ravel(), b.ravel(), f"noise of neighbouring {name}")


def _r10_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    op = {"op": "gaussian_noise", "std": 0.06}
    return (Case(name="noise", policy=document(op), key=12, signature="large-f32"),)


LAWS = (
    Law(
        "R5",
        "independence",
        ("R5", "R6", "R8"),
        "Draws of other parameters, ids, seeds, epochs and views are independent.",
        _independent,
        _r5_cases,
        scope="backend",
    ),
    Law(
        "R10",
        "noise",
        ("R14", "R16"),
        "Noise is normal, of the declared deviation, and independent over pixels, channels, samples and keys.",
        _noise,
        _r10_cases,
        scope="backend",
    ),
)
