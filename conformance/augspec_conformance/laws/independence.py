"""R5 and R10: draws that are independent of each other, and noise that is white."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

import augspec
from augspec_conformance import statistic
from augspec_conformance.cases.policies import document
from augspec_conformance.declared import cdf_of, human, parameters
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import PAIRS, TABLE

__all__ = [
    "CELLS",
    "LAWS",
    "elsewhere",
    "lagged",
    "require_apart",
    "require_independent",
    "require_joint",
    "require_unrelated",
]

Floats = np.ndarray

CELLS = 8
"""Cells per side of a table of two continuous draws."""

TRIPLE = 4
"""Cells per side of a table of three: as many cells in all, so what can be seen in one is the same."""


def _uniforms(subject: Subject, case: Case, key: augspec.Key, ids: Any) -> dict[str, Floats]:
    """Return each parameter, mapped to (0, 1) by its own CDF; gates as they are."""
    drawn = subject.of(case).draw(key, ids).numpy()
    found = {path: cdf_of(d)(human(drawn, path)) for path, d in parameters(case.policy) if "integers" not in d}
    for path in drawn:
        if path.endswith("/apply"):
            found[path] = np.asarray(drawn[path]) * 0.5
    return found


def _cells(values: Floats, p: float | None, cells: int) -> tuple[Floats, Floats]:
    """Return the cell of each value, and the share of each cell: of a gate with p, or of a value uniform on (0, 1)."""
    if p is not None:
        return (values > 0.25).astype(np.int64), np.array([1 - p, p])
    return np.minimum((values * cells).astype(np.int64), cells - 1), np.full(cells, 1 / cells)


def require_joint(values: dict[str, Floats], gates: Mapping[str, float], what: str, cells: int = CELLS) -> None:
    """Demand that some samples together fill a table as the product of their shares says.

    Args:
        values: by name, numbers uniform on (0, 1), or 0 and 0.5 for a gate; all of one length.
        gates: the p of those that are gates.
        what: for the text.
        cells: how many each of the continuous ones is cut into.
    """
    shares, place = np.ones(1), np.zeros(len(next(iter(values.values()))), np.int64)
    for name, sample in values.items():
        cell, share = _cells(sample, gates.get(name), cells)
        place, shares = place * len(share) + cell, (shares[:, None] * share).ravel()
    counts = np.bincount(place, minlength=len(shares))
    wrong = statistic.cells_hold(counts, shares)
    if wrong is not None:
        require(
            False,
            f"{what} depend on each other",
            where=wrong,
            expected=float(shares[wrong]),
            got=float(counts[wrong] / counts.sum()),
        )


def require_apart(a: Floats, b: Floats, what: str, gates: tuple[float | None, float | None] = (None, None)) -> None:
    """Demand that two samples fill a table as their shares say, and have no rank correlation."""
    require_joint({"a": a, "b": b}, {name: p for name, p in zip("ab", gates, strict=True) if p is not None}, what)
    if gates == (None, None):
        found, most = statistic.rank_correlation(a, b), statistic.correlation_envelope(len(a)) + TABLE
        holds = statistic.correlation_holds(found, len(a), slack=TABLE)
        require(holds, f"{what} are correlated", expected=f"within ±{most:.4f}", got=found)


def require_independent(here: dict[str, Floats], gates: Mapping[str, float]) -> None:
    """Demand that parameters and gates of the same samples are independent, by twos and by threes."""
    for a, b in itertools.combinations(here, 2):
        require_apart(here[a], here[b], f"{a} and {b}", (gates.get(a), gates.get(b)))
    for three in itertools.combinations(here, 3):
        require_joint({name: here[name] for name in three}, gates, ", ".join(three), cells=TRIPLE)


def require_unrelated(one: dict[str, Floats], two: dict[str, Floats], gates: Mapping[str, float], what: str) -> None:
    """Demand that each parameter has nothing to do with itself elsewhere."""
    for name, sample in one.items():
        require_apart(sample, two[name], f"{name} and {name} of {what}", (gates.get(name), gates.get(name)))


def elsewhere(key: augspec.Key) -> dict[str, augspec.Key]:
    """Return neighbours of a key, with their names."""
    return {
        "the next seed": augspec.Key(key.seed + 1, key.epoch, key.of_view),
        "the next epoch": augspec.Key(key.seed, key.epoch + 1, key.of_view),
        "another view": augspec.Key(key.seed, key.epoch, key.of_view + 1),
    }


def lagged(values: dict[str, Floats], lag: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return disjoint pairs of samples `lag` places apart: firsts and seconds."""
    places = np.arange(len(next(iter(values.values()))) // (2 * lag) * 2 * lag)
    first = places // lag % 2 == 0
    return tuple({name: v[places[mask]] for name, v in values.items()} for mask in (first, ~first))  # type: ignore[return-value]


def _independent(subject: Subject, case: Case) -> None:
    key = subject.key(case)
    ids = list(range(case.context.get("n", PAIRS)))
    here = _uniforms(subject, case, key, ids)
    gates = {f"sample/{op['op']}#0/apply": op["p"] for op in case.policy["ops"] if op.get("p", 1) < 1}
    require_independent(here, gates)
    # Pairs of neighbours must not overlap: (0, 1), (2, 3), …
    even, odd = (_uniforms(subject, case, key, [2 * i + k for i in ids]) for k in (0, 1))
    require_unrelated(even, odd, gates, "the next id")
    for what, other in elsewhere(key).items():
        require_unrelated(here, _uniforms(subject, case, other, ids), gates, what)


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
    op = case.policy["ops"][0]
    image = np.full((2, *_FIELD, 3), 0.5, np.float32)
    normal = NormalDist()

    def uniforms(**changes: Any) -> Floats:
        out = subject.call(case.with_(**changes), {"image": image}, ids=[3, 4])["image"].astype(np.float64)
        return np.array([normal.cdf(v) for v in ((out - 0.5) / op["std"]).ravel()]).reshape(out.shape)

    u = uniforms()
    if not op.get("per_channel", True):
        same = bool((u == u[..., :1]).all())
        require(same, "channels of a pixel that share their noise", expected="equal", got="different")
        u = u[..., :1]
    distance = statistic.cdf_distance(u.ravel(), lambda x: np.clip(x, 0, 1), 1e-4)
    require(
        statistic.cdf_holds(distance, u.size, slack=TABLE),
        "noise is not normal with the declared std",
        expected="≤ envelope",
        got=distance,
    )
    for name, (a, b) in _neighbours(u).items():
        require_apart(a.ravel(), b.ravel(), f"noise of neighbouring {name}")
    others = {"seed": {"key": case.key + 1}, "epoch": {"epoch": case.epoch + 1}, "view": {"view": case.view + 1}}
    for name, changes in others.items():
        other = uniforms(**changes)[..., : u.shape[-1]]
        require_apart(u.ravel(), other.ravel(), f"noise of one {name} and the next")
    # In the order of their counters (R16): whatever repeats after a power of two shows up here.
    line = {"noise": u.reshape(2, -1)[0]}
    for lag in (lag for lag in _LAGS if 2 * lag <= line["noise"].size):
        one, two = lagged(line, lag)
        require_apart(one["noise"], two["noise"], f"noise {lag} counters apart")


_FIELD = (64, 96)
"""Height and width of a field of noise."""

_LAGS = tuple(2**i for i in range(14))


def _neighbours(u: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Return disjoint pairs of places in fields of noise (2, H, W, C)."""
    h, w = _FIELD
    pairs = {
        "columns": (u[:, :, ::2], u[:, :, 1::2]),
        "rows": (u[:, ::2], u[:, 1::2]),
        "diagonals": (u[:, ::2, : w - 1], u[:, 1::2, 1:]),
        "rows of the two halves": (u[:, : h // 2], u[:, h // 2 :]),
        "columns of the two halves": (u[:, :, : w // 2], u[:, :, w // 2 :]),
        "samples": (u[:1], u[1:]),
    }
    if u.shape[-1] == 3:
        pairs["first two channels"] = (u[..., 0], u[..., 1])
        pairs["last two channels"] = (u[..., 1], u[..., 2])
    return pairs


def _r10_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    op = {"op": "gaussian_noise", "std": 0.06}
    grey = {**op, "per_channel": False}
    return (
        Case(name="noise", policy=document(op), key=12, signature="large-f32"),
        Case(name="grey noise", policy=document(grey), key=13, signature="large-f32"),
    )


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
