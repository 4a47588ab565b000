"""R16: over many seeds the p-values of a test are uniform; too regular is as wrong as too far off."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

import augspec
from augspec_conformance import statistic
from augspec_conformance.cases.policies import document
from augspec_conformance.declared import cdf_of, human, parameters
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, stable_seed
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import EACH, SECOND_LEVEL, SEEDS

__all__ = ["LAWS"]

Floats = np.ndarray

_QUANTILES = (0.1, 0.5, 0.75)
"""Shares below which draws are counted, for every continuous parameter."""


def _uniform_p_values(subject: Subject, case: Case) -> None:
    counts: dict[tuple[str, float], list[int]] = {}
    for number in range(SEEDS):
        drawn = subject.of(case).draw(augspec.Key(case.key + number), range(EACH)).numpy()
        for name, share, count in _counts(drawn, case):
            counts.setdefault((name, share), []).append(count)
    for (name, share), found in counts.items():
        p_values = _p_values(np.array(found), share, name)
        distance = statistic.cdf_distance(p_values, lambda x: np.clip(x, 0, 1), 0.0)
        most = statistic.cdf_envelope(SEEDS) + SECOND_LEVEL
        require(
            within(distance, most),
            f"over {SEEDS} seeds, the p-values of {name} are not uniform",
            expected=f"a distance of at most {most:.3f}",
            got=f"{distance:.3f}; their quartiles are {np.quantile(p_values, (0.25, 0.5, 0.75)).round(3).tolist()}",
        )


def _counts(drawn: augspec.Draws, case: Case) -> Iterator[tuple[str, float, int]]:
    """Yield what is counted, its declared share and the count: gates, and draws below some quantiles."""
    for op in case.policy["ops"]:
        path = f"sample/{op['op']}#0/apply"
        yield path, op["p"], int(np.asarray(drawn[path]).sum())
    for path, distribution in parameters(case.policy):
        places = cdf_of(distribution)(human(drawn, path))
        for share in _QUANTILES:
            yield f"{path} below its quantile {share}", share, int((places < share).sum())


def _p_values(counts: Floats, share: float, name: str) -> Floats:
    """Return P(X < count) + u·P(X = count) for X binomial: exactly uniform, for u uniform and from elsewhere."""
    n = np.arange(EACH + 1)
    logs = np.array([math.lgamma(EACH + 1) - math.lgamma(k + 1) - math.lgamma(EACH - k + 1) for k in n.tolist()])
    mass = np.exp(logs + n * math.log(share) + (EACH - n) * math.log1p(-share))
    below = np.cumsum(mass) - mass
    jitter = np.random.Generator(np.random.Philox(key=[stable_seed("R16", name, share), 0])).random(len(counts))
    return np.asarray(below[counts] + jitter * mass[counts])


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier != "stat":
        return ()
    policy = document(
        {"op": "rotate", "degrees": {"uniform": [-3.0, 40.0]}, "p": 0.3},
        {"op": "scale", "factor": {"log_uniform": [0.4, 2.5]}, "p": 0.85},
        {"op": "brightness_shift", "delta": {"normal": {"mean": 0.1, "std": 0.2, "low": -0.9, "high": 0.9}}, "p": 0.15},
    )
    return (Case(name="seeds in a row", policy=policy, key=1000), Case(name="far seeds", policy=policy, key=2**63))


LAWS = (
    Law(
        "R16",
        "second level",
        ("R5", "R8"),
        "Over many seeds, what is drawn varies as much as chance does: the p-values of each property are uniform.",
        _uniform_p_values,
        _cases,
        scope="backend",
        tiers=("stat",),
    ),
)
