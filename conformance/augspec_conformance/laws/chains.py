"""R20: mixtures of chains: how long the chains are, what they choose, and how much each weighs.

Asked twice: of the draws, and of pixels alone, where white images and members that blacken tell what a chain weighs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance import statistic
from augspec_conformance.cases.policies import document
from augspec_conformance.declared import atoms, cdf_of, human
from augspec_conformance.decoding import SMALL, samples_for
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_follows
from augspec_conformance.laws.independence import require_joint
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, LEAST_REST

__all__ = ["LAWS"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

_WHOLE = 1 << 15
_TOP = 255
_GROUPS = 16
"""Cells of the levels between black and white."""


def _chains(subject: Subject, case: Case) -> None:
    kind = case.context.get("kind", "draws")
    {"draws": _drawn, "weights": _weighed, "depth": _deep}[kind](subject, case)


# Draws.


def _drawn(subject: Subject, case: Case) -> None:
    op = case.policy["ops"][0]
    drawn, path = subject.draw(case, range(DRAWS)), f"sample/{op['op']}#0"
    chains, alpha = op["chains"], op["alpha"]
    weights = np.asarray(drawn[f"{path}/weights"], np.int64)
    require(weights.shape == (DRAWS, chains), "weights per sample", expected=(DRAWS, chains), got=weights.shape)
    require_equal(weights.sum(1), np.full(DRAWS, _WHOLE), "the sum of the weights, in 2⁻¹⁵")
    require(bool((weights >= 0).all()), "a weight is negative", got=int(weights.min()))
    for way, order in (("first", weights), ("last", weights[:, ::-1])):
        for number, (share, step, ab) in enumerate(_shares(order / _WHOLE, alpha)):
            require_follows(share, {"beta": ab}, step, f"weight {number} from the {way}, of what is left,")
    declared = op.get("share", {"beta": [alpha, alpha]})
    require_follows(human(drawn, f"{path}/share"), declared, 2 / _WHOLE, "the share of the chains")
    both = {
        "share": cdf_of(declared)(human(drawn, f"{path}/share")),
        "weight": cdf_of({"beta": [alpha, (chains - 1) * alpha]})(weights[:, 0] / _WHOLE),
    }
    require_joint(both, {}, "the share and a weight")
    _steps(drawn, op, path)


def _shares(weights: Array, alpha: float) -> Iterator[tuple[Array, float, list[float]]]:
    """Yield each weight but the last as a share of what those before it leave, its grid, and its beta's parameters.

    A Dirichlet is what has independent shares with these distributions, in any order (it is completely neutral). A
    share of almost nothing is coarse: it is read where enough is left, which says nothing of it.
    """
    rest, some = np.ones(len(weights)), np.ones(len(weights), bool)
    for i in range(weights.shape[1] - 1):
        ab = [alpha, (weights.shape[1] - 1 - i) * alpha]
        some = some & (rest >= LEAST_REST)
        share = weights[some, i] / rest[some]
        if i:
            before = (weights[some, i - 1] / (rest + weights[:, i - 1])[some]).argsort().argsort() / len(share)
            both = {"before": before, "here": cdf_of({"beta": ab})(share)}
            require_joint(both, {}, "a weight and the next one's share of the rest")
        yield share, 2 / (_WHOLE * LEAST_REST), ab
        rest = rest - weights[:, i]


def _steps(drawn: Any, op: Json, path: str) -> None:
    """Every chain has its own depth; every step of every chain chooses by itself."""
    chains, members = op["chains"], len(op["ops"])
    values, shares = atoms(op["depth"]) if isinstance(op["depth"], dict) else ([float(op["depth"])], [1.0])
    if isinstance(op["depth"], dict):
        depths = np.asarray(drawn[f"{path}/depth"], np.int64)
        for a, b in itertools.combinations(range(chains), 2):
            table = np.array([[((depths[:, a] == x) & (depths[:, b] == y)).sum() for y in values] for x in values])
            require_equal(int(table.sum()), DRAWS, f"depths of the chains {a} and {b} that {op['depth']} has")
            _require_cells(table, np.outer(shares, shares), f"depths of the chains {a} and {b}")
    branches = np.asarray(drawn[f"{path}/branch"], np.int64)
    steps = int(max(values))
    turns = chains * steps
    require(branches.shape == (DRAWS, turns), "branches per sample", expected=(DRAWS, turns), got=branches.shape)
    after = {(turn, turn + far) for far in (1, steps) for turn in range(turns - far)}  # in a chain, in the next one
    for a, b in sorted(after):
        table = np.zeros((members, members))
        np.add.at(table, (branches[:, a], branches[:, b]), 1)
        _require_cells(table, np.full(table.shape, 1 / table.size), f"members of the turns {a} and {b}")


def _require_cells(counts: Array, shares: Array, what: str) -> None:
    wrong = statistic.cells_hold(counts, shares)
    if wrong is not None:
        expected, got = float(np.ravel(shares)[wrong]), float(np.ravel(counts)[wrong] / counts.sum())
        require(False, f"{what}: share of cell {wrong}", expected=expected, got=got)


# Pixels.


def _levels(subject: Subject, case: Case) -> Array:
    """Return the level of each of many white images after the policy; all pixels of one are alike."""
    count = samples_for(subject)
    white = np.full((count, *SMALL, 3), _TOP, np.uint8)
    out = np.asarray(subject.call(case, {"image": white}, ids=range(count))["image"], np.int64).reshape(count, -1)
    differs = out.min(1) != out.max(1)
    require(not differs.any(), "pixels of a white image that turned out differently", where=int(differs.argmax()))
    return out[:, 0]


def _weighed(subject: Subject, case: Case) -> None:
    """The level is that of what stayed white: chains that were not blackened, and the image's own part."""
    levels, below = _levels(subject, case), _below(case.policy["ops"][0])
    edges = np.unique(np.linspace(0, _TOP - 1, _GROUPS + 1).astype(np.int64))
    until = np.concatenate([below((edges + 0.5) / _TOP), [1.0]])
    counts = np.bincount(np.searchsorted(edges, levels), minlength=len(until))
    _require_cells(counts, np.diff(until, prepend=0.0), "levels that tell what white chains weigh")


def _below(op: Json) -> Callable[[Array], Array]:
    """Return P(X ≤ x) of what stays white, 0 ≤ x < 1.

    One member blackens and all chains are black: the image's own part, a beta. Or every other choice leaves a chain
    white: k of n chains that stay so weigh together what a beta of k and n − k times alpha says.
    """
    n, alpha = op["chains"], op["alpha"]
    if "share" not in op:
        return cdf_of({"beta": [alpha, alpha]})
    parts = [(math.comb(n, k) / 2**n, cdf_of({"beta": [k * alpha, (n - k) * alpha]})) for k in range(1, n)]
    return lambda x: 0.5**n + sum(share * cdf(x) for share, cdf in parts)


def _deep(subject: Subject, case: Case) -> None:
    """A chain halves a white image at every step, and nothing else is seen: levels are powers of one half."""
    levels, (values, shares) = _levels(subject, case), atoms(case.policy["ops"][0]["depth"])
    expected = np.array([_TOP * 0.5**depth for depth in values])
    which = np.abs(levels[:, None] - expected).argmin(1)
    far = np.abs(levels - expected[which])
    require(bool((far <= 1).all()), "a level of no depth", where=int(far.argmax()), got=int(levels[far.argmax()]))
    _require_cells(np.bincount(which, minlength=len(values)), np.array(shares), "depths of chains")


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    members: list[Json] = [
        {"op": "brightness_scale", "factor": 0.5},
        {"op": "rotate", "degrees": 9},
        {"op": "grayscale"},
    ]
    black, white, half = ({"op": "brightness_scale", "factor": factor} for factor in (0.0, 1.0, 0.5))
    some = {"choice": {"values": [1, 4], "weights": [3, 1]}}
    ops: dict[str, tuple[str, Json]] = {
        "three": ("draws", {"chains": 3, "alpha": 1.0, "depth": {"integers": [1, 3]}, "ops": members}),
        "two": ("draws", {"chains": 2, "alpha": 0.5, "depth": some, "ops": members[:2]}),
        "four": ("draws", {"chains": 4, "alpha": 3.0, "depth": 1, "share": {"uniform": [0.2, 0.9]}, "ops": members}),
        "own part": ("weights", {"chains": 2, "alpha": 2.0, "depth": {"integers": [1, 2]}, "ops": [black]}),
        "white chains": ("weights", {"chains": 3, "alpha": 1.0, "depth": 1, "share": 1.0, "ops": [black, white]}),
        "sharp": ("weights", {"chains": 2, "alpha": 0.5, "depth": 1, "share": 1.0, "ops": [black, white]}),
        "depth": ("depth", {"chains": 1, "alpha": 1.0, "depth": some, "share": 1.0, "ops": [half]}),
    }
    return tuple(
        Case(name=name, policy=document({"op": "augmix", **op}), key=190 + number, context={"kind": kind})
        for number, (name, (kind, op)) in enumerate(ops.items())
    )


LAWS = (
    Law(
        "R20",
        "chains",
        ("R11", "R14"),
        "Weights of chains sum to one and follow the declared Dirichlet distribution, the share its beta; every chain "
        "draws its depth, and every step its member, by itself.",
        _chains,
        _cases,
        scope="backend",
    ),
)
