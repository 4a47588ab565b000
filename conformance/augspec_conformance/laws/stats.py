"""R: distributions, as the document declares them; expectations come from the document, never from the sampler."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

import augspec
from augspec.language.quantities import QUANTITIES
from augspec_conformance import statistic
from augspec_conformance.cases.catalogue import case
from augspec_conformance.cases.policies import COMBINATORS, document, mixes, op_names
from augspec_conformance.declared import atoms, cdf_of, ends, human, parameters, step
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws import chains, independence, windows
from augspec_conformance.laws.compare import require_follows
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, FEWEST_GIVEN

__all__ = ["LAWS", "fixed_gate", "require_both_ends"]

Floats = np.ndarray


def _ids(case: Case) -> range:
    start = int(case.context.get("start", 0))
    return range(start, start + int(case.context.get("n", DRAWS)))


def _gate(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for position, op in enumerate(case.policy["ops"]):
        count = int(np.asarray(drawn[f"sample/{op['id']}/apply"]).sum())
        low, high = statistic.share_interval(len(_ids(case)), op["p"])
        require(
            statistic.share_holds(count, len(_ids(case)), op["p"]),
            f"share of samples to which op {position} ({op['op']}) is applied",
            expected=f"{op['p']} (accepted {low:.4f} to {high:.4f})",
            got=count / len(_ids(case)),
        )


def _r1_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for number, p in enumerate((0.3, 0.85, 0.02)):
        names = [name for name in op_names() if not fixed_gate(name)]
        ops = []
        for name in names:
            op = case("R1", f"op:{name}").policy["ops"][0]
            ops.append({**op, "p": p, "id": f"gate_{name}"})
        last = [op for op in ops if mixes(document(op))]  # nothing may follow these
        ops = [op for op in ops if op not in last]
        groups = [ops[start : start + 4] for start in range(0, len(ops), 4)] + [[op] for op in last]
        for start, group in enumerate(groups):
            four = document(*group)
            found += [Case(name=f"p {p} {4 * start}", policy=four, key=number * 100 + 4 * start)]
    return tuple(found)


def fixed_gate(name: str) -> bool:
    """Return whether an op takes no p below 1, or has no parameters of its own."""
    cls = augspec.ops()[name]
    return cls.stage == "type" or cls.resizes or name in COMBINATORS


def _continuous(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for path, distribution in parameters(case.policy):
        if next(iter(distribution)) in ("integers", "choice"):
            continue
        width = step(drawn, path, distribution)
        require_follows(human(drawn, path), distribution, width, f"the distribution of {path}")


_DISTRIBUTIONS: tuple[dict[str, Any], ...] = (
    {"op": "rotate", "degrees": {"normal": {"mean": 4.0, "std": 9.0, "low": -3.0, "high": 40.0}}},
    {"op": "rotate", "degrees": {"uniform": [-3.0, 170.0]}},
    {"op": "scale", "factor": {"log_uniform": [0.3, 2.5]}},
    {"op": "brightness_shift", "delta": {"beta": [2.0, 5.0]}},
    {"op": "brightness_shift", "delta": {"normal": {"mean": 0.1, "std": 0.2, "low": -0.9, "high": 0.9}}},
    {"op": "brightness_scale", "factor": {"log_uniform": [0.2, 7.0]}},
)


def _r2_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = [case("R2", f"op:{name}", tier=tier).with_(reach="eager") for name in op_names() if name not in COMBINATORS]
    found = [one for one in found if any(True for _ in parameters(one.policy))]
    for number, op in enumerate(_DISTRIBUTIONS):
        found.append(Case(name=f"{op['op']} {number}", policy=document(op), key=number))
    found.append(Case(name="large ids", policy=document(_DISTRIBUTIONS[0]), key=5, context={"start": 2**40 - 9000}))
    return tuple(found)


def _discrete(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for path, distribution in parameters(case.policy):
        values = human(drawn, path)
        values_of, shares = atoms(distribution)
        nearest = np.abs(values[:, None] - np.array(values_of)).argmin(1)
        far = np.abs(values - np.array(values_of)[nearest])
        require(
            bool((far <= step(drawn, path, distribution) / 2).all()),
            f"{path} took a value that is not in {distribution}",
            got=float(values[far.argmax()]),
        )
        counts = np.bincount(nearest, minlength=len(values_of))
        for atom, count, share in zip(values_of, counts.tolist(), shares, strict=True):
            require(
                (count > 0) == (share > 0),
                f"{path}: the value {atom} of share {share}",
                expected="some" if share else "none",
                got=count,
            )
        wrong = statistic.cells_hold(counts, shares)
        if wrong is not None:
            require(
                False,
                f"{path}: share of the value {values_of[wrong]}",
                expected=shares[wrong],
                got=float(counts[wrong] / counts.sum()),
            )


def _r3_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    ops: tuple[dict[str, Any], ...] = (
        {"op": "rotate", "degrees": {"integers": [-3, 4]}},
        {"op": "brightness_scale", "factor": {"integers": [0, 6]}},
        {"op": "rotate", "degrees": {"integers": [-150, 170]}},
        {"op": "contrast", "factor": {"choice": {"values": [0.5, 0.75, 2.0], "weights": [1, 5, 2]}}},
        {"op": "rotate", "degrees": {"choice": [0.0, 90.0, 180.0, 270.0]}},
        {"op": "translate", "x": {"choice": {"values": [-0.25, 0.0, 0.5], "weights": [2, 0, 1]}}},
    )
    return tuple(Case(name=f"{op['op']} {n}", policy=document(op), key=40 + n) for n, op in enumerate(ops))


def _bounded(subject: Subject, case: Case) -> None:
    if case.context.get("narrow"):
        _every_step(subject, case)
        return
    drawn = subject.draw(case, _ids(case))
    for path, distribution in parameters(case.policy):
        low, high = ends(distribution)
        values, width = human(drawn, path), step(drawn, path, distribution)
        above = values >= high if "uniform" in distribution else values > high + width / 2
        outside = (values < low - width / 2) | above
        require(
            not outside.any(),
            f"{path} left its bounds",
            where=int(outside.argmax()),
            expected=f"{low} ≤ value {'<' if 'uniform' in distribution else '≤'} {high}",
            got=float(values[outside.argmax()]),
        )
        require_both_ends(values, distribution, width, path)


def require_both_ends(values: Floats, distribution: dict[str, Any], width: float, what: str) -> None:
    """Demand that draws on a grid of `width` come as near to both ends of a continuous distribution as so many must."""
    if next(iter(distribution)) in ("integers", "choice"):
        return
    cdf = cdf_of(distribution)
    low, high = cdf(np.array([values.min() - width, values.max() + width]))
    ways = {"low": float(low), "high": float(1 - high)}
    for end, missed in ways.items():
        require(
            statistic.end_is_reached(missed, len(values)),
            f"{what} never comes near its {end} end",
            expected=f"at most {statistic.end_least_discrepancy(len(values)):.2g} of the distribution beyond the last",
            got=missed,
        )


def _every_step(subject: Subject, case: Case) -> None:
    """A range of a few steps: each occurs, the first one included, the last one not (R13)."""
    drawn = subject.draw(case, _ids(case))
    for path, distribution in parameters(case.policy):
        quantity = QUANTITIES[drawn.quantities[path]]
        low, high = (math.floor(quantity.mapped(end) * quantity.unit + 0.5) for end in distribution["uniform"])
        found, counts = np.unique(np.asarray(drawn[path]), return_counts=True)
        require(
            found.tolist() == list(range(low, high)),
            f"{path}: the steps of a half-open range",
            expected=[low, high - 1],
            got=found.tolist()[:3] + found.tolist()[-3:],
        )
        wrong = statistic.cells_hold(counts, np.full(len(counts), 1 / len(counts)))
        require(wrong is None, f"{path}: steps of unequal share", where=wrong, expected=1 / len(counts))


def _r4_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    narrow: tuple[dict[str, Any], ...] = (
        {"op": "brightness_scale", "factor": {"uniform": [0.75, 0.75 + 20 / 4096]}},
        {"op": "scale", "factor": {"uniform": [1.25, 1.25 + 33 / 65536]}},
        {"op": "rotate", "degrees": {"uniform": [-45 * 2**-18, 315 * 2**-20]}},
        {"op": "brightness_shift", "delta": {"uniform": [-7 / 65280, 3 / 65280]}},
    )
    return (
        *(
            one.with_(context={**one.context, "n": 65_536}, key=one.key ^ 1)
            for one in _r2_cases(tier)
            if "large" not in one.name
        ),
        *(
            Case(name=f"{op['op']} narrow", policy=document(op), key=60 + n, context={"narrow": True})
            for n, op in enumerate(narrow)
        ),
    )


def _selection(subject: Subject, case: Case) -> None:
    n = len(_ids(case))
    drawn = subject.draw(case, _ids(case))
    op = case.policy["ops"][0]
    if op["op"] == "one_of" or op.get("replace"):
        weights = np.array(op.get("weights") or [1.0] * len(op["ops"]))
        branches = np.asarray(drawn[f"sample/{op['op']}#0/branch"]).reshape(n, -1)
        for step in range(branches.shape[1]):
            counts = np.bincount(branches[:, step], minlength=len(weights))
            wrong = statistic.cells_hold(counts, weights / weights.sum())
            if wrong is not None:
                require(
                    False,
                    f"step {step}: share of member {wrong}",
                    expected=float(weights[wrong] / weights.sum()),
                    got=float(counts[wrong] / n),
                )
        if branches.shape[1] > 1:
            table = np.zeros((len(weights),) * 2)
            np.add.at(table, (branches[:, 0], branches[:, 1]), 1)
            wrong = statistic.cells_hold(table, np.full(table.shape, 1 / table.size))
            require(wrong is None, "steps with replacement depend on each other", where=wrong)
        return
    if op["op"] == "random_order":
        _orders(np.asarray(drawn["sample/random_order#0/order"]).reshape(n, -1))
        return
    flags = np.asarray(drawn["sample/some_of#0/member"]).reshape(n, -1)
    require(
        bool((flags.sum(1) == op["n"]).all()),
        "members chosen per sample",
        expected=op["n"],
        got=sorted(set(flags.sum(1).tolist())),
    )
    names, counts = np.unique(flags, axis=0, return_counts=True)
    possible = math.comb(flags.shape[1], op["n"])
    require(len(names) == possible, "sets of members that occur", expected=possible, got=len(names))
    wrong = statistic.cells_hold(counts, np.full(possible, 1 / possible))
    require(wrong is None, "sets of members are not equally frequent", expected=1 / possible, got=counts.tolist())


def _orders(drawn: Floats) -> None:
    """Every row is a permutation, and all permutations are equally frequent."""
    count = drawn.shape[1]
    wrong = (np.sort(drawn, axis=1) != np.arange(count)).any(1)
    require(not wrong.any(), "an order that does not hold every member once", where=int(wrong.argmax()))
    possible = list(itertools.permutations(range(count)))
    numbers = {order: number for number, order in enumerate(possible)}
    counts = np.bincount([numbers[tuple(row)] for row in drawn.tolist()], minlength=len(possible))
    unequal = statistic.cells_hold(counts, np.full(len(possible), 1 / len(possible)))
    if unequal is not None:
        require(
            False,
            f"share of the order {possible[unequal]}",
            expected=1 / len(possible),
            got=float(counts[unequal] / len(drawn)),
        )


def _r7_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    members = [
        {"op": "grayscale"},
        {"op": "vertical_flip", "p": 1.0},
        {"op": "brightness_scale", "factor": 0.5},
        {"op": "rotate", "degrees": 9},
    ]
    policies: dict[str, dict[str, Any]] = {
        "weights": {"op": "one_of", "weights": [4, 1, 2, 3], "ops": members},
        "equal": {"op": "one_of", "ops": members[:3]},
        "some": {"op": "some_of", "n": 2, "ops": members},
        "most": {"op": "some_of", "n": 3, "ops": members},
        "steps": {"op": "some_of", "n": 2, "replace": True, "ops": members[:3]},
        "order": {"op": "random_order", "ops": members},
    }
    return tuple(Case(name=name, policy=document(op), key=70 + i) for i, (name, op) in enumerate(policies.items()))


def _given_applied(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for path, distribution in parameters(case.policy):
        applied = np.asarray(drawn[f"{path.rpartition('/')[0]}/apply"]) == 1
        values, width = human(drawn, path), step(drawn, path, distribution)
        for which, some in (("applied", values[applied]), ("not applied", values[~applied])):
            require(len(some) >= FEWEST_GIVEN, f"samples {which}", expected=f"at least {FEWEST_GIVEN}", got=len(some))
            require_follows(some, distribution, width, f"the distribution of {path}, given {which},")


def _one(name: str, *ops: dict[str, Any], key: int) -> Any:
    return lambda tier: (
        () if tier == "kat" else (Case(name=name, policy=document(*ops), key=key, signature="large-f32"),)
    )


LAWS = (
    Law(
        "R1",
        "gates",
        ("C9", "R10"),
        "An op with probability p is applied to a share p of the samples.",
        _gate,
        _r1_cases,
        scope="backend",
    ),
    Law(
        "R2",
        "continuous parameters",
        ("R13", "R14"),
        "Continuous parameters have the declared distribution.",
        _continuous,
        _r2_cases,
        scope="backend",
    ),
    Law(
        "R3",
        "discrete parameters",
        ("R11",),
        "Discrete parameters have the declared shares; every value occurs, no other.",
        _discrete,
        _r3_cases,
        scope="backend",
    ),
    Law(
        "R4",
        "bounds",
        ("R13", "R14"),
        "No draw leaves the declared bounds, and both ends are reached.",
        _bounded,
        _r4_cases,
        scope="backend",
    ),
    Law(
        "R7",
        "choices",
        ("R11", "R12"),
        "Choices follow their weights; some_of takes exactly n, every set equally often, and random_order every order.",
        _selection,
        _r7_cases,
        scope="backend",
    ),
    Law(
        "R9",
        "gate and magnitude",
        ("R8", "C9"),
        "A parameter has the same distribution whether its op is applied or not.",
        _given_applied,
        _one(
            "gated",
            {"op": "rotate", "degrees": {"uniform": [-3.0, 40.0]}, "p": 0.3},
            {"op": "brightness_scale", "factor": {"uniform": [0.4, 1.1]}, "p": 0.85},
            key=9,
        ),
        scope="backend",
    ),
    *independence.LAWS,
    *windows.LAWS,
    *chains.LAWS,
)
