"""R: distributions, as the document declares them; expectations come from the document, never from the sampler."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import Any

import numpy as np

import augspec
from augspec.language.quantities import QUANTITIES
from augspec_conformance import statistic
from augspec_conformance.cases.catalogue import case
from augspec_conformance.cases.policies import COMBINATORS, document, op_names
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, FALSE_ALARM, TABLE

__all__ = ["LAWS", "cdf_of"]

Floats = np.ndarray


def cdf_of(distribution: dict[str, Any]) -> Callable[[Floats], Floats]:
    """Return P(X ≤ x) of a continuous distribution as the document writes it."""
    kind, value = next(iter(distribution.items()))
    if kind == "uniform":
        low, high = value
        return lambda x: np.clip((x - low) / (high - low), 0, 1)
    if kind == "log_uniform":
        low, high = value
        return lambda x: np.clip(np.log(np.maximum(x, low * 1e-3) / low) / math.log(high / low), 0, 1)
    if kind == "normal":
        normal = NormalDist(value["mean"], value["std"])
        first, last = normal.cdf(value["low"]), normal.cdf(value["high"])
        return lambda x: np.clip((np.array([normal.cdf(float(v)) for v in x]) - first) / (last - first), 0, 1)
    a, b = value
    turn = np.linspace(0, math.pi / 2, 100_001)  # x = sin²: finite where the density is not
    at, density = np.sin(turn) ** 2, np.sin(turn) ** (2 * a - 1) * np.cos(turn) ** (2 * b - 1)
    total = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return lambda x: np.interp(x, at, total / total[-1])


def _parameters(policy: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (path, distribution) of every drawn parameter of top-level ops."""
    for op in policy["ops"]:
        for name, value in op.items():
            if isinstance(value, dict):
                yield f"sample/{op['op']}#0/{name}", value


def _ids(case: Case) -> range:
    start = int(case.context.get("start", 0))
    return range(start, start + int(case.context.get("n", DRAWS)))


def _steps(drawn: augspec.Draws, path: str) -> tuple[Floats, float]:
    """Return the draws of a path in the document's unit, and the width of one step there."""
    quantity = QUANTITIES[drawn.quantities[path]]
    steps = np.asarray(drawn[path]).reshape(-1).astype(np.float64) / quantity.unit
    human = np.asarray(quantity.unmapped(steps))  # type: ignore[arg-type]
    distinct = np.unique(human)
    gap = float(np.diff(distinct).min()) if len(distinct) > 1 else 0.0
    return human, max(gap, abs(quantity.unmapped(1 / quantity.unit)) if quantity.linear else gap)


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
        names = [name for name in op_names() if not _fixed_gate(name)]
        ops = []
        for name in names:
            op = case("R1", f"op:{name}").policy["ops"][0]
            ops.append({**op, "p": p, "id": f"gate_{name}"})
        for start in range(0, len(ops), 4):
            four = document(*ops[start : start + 4])
            found += [Case(name=f"p {p} {start}", policy=four, key=number * 100 + start)]
    return tuple(found)


def _fixed_gate(name: str) -> bool:
    cls = augspec.ops()[name]
    return cls.stage in ("type", "resample") or name == "center_crop" or name in COMBINATORS


def _continuous(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for path, distribution in _parameters(case.policy):
        if next(iter(distribution)) in ("integers", "choice"):
            continue
        values, step = _steps(drawn, path)
        distance = statistic.cdf_distance(values, cdf_of(distribution), step)
        most = statistic.cdf_envelope(len(values)) + TABLE
        require(
            within(distance, most),
            f"the distribution of {path} is not {distribution}",
            expected=f"a distance of at most {most:.4f}",
            got=distance,
        )


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
    found = [one for one in found if any(True for _ in _parameters(one.policy))]
    for number, op in enumerate(_DISTRIBUTIONS):
        found.append(Case(name=f"{op['op']} {number}", policy=document(op), key=number))
    found.append(Case(name="large ids", policy=document(_DISTRIBUTIONS[0]), key=5, context={"start": 2**40 - 9000}))
    return tuple(found)


def _atoms(distribution: dict[str, Any]) -> tuple[list[float], list[float]]:
    kind, value = next(iter(distribution.items()))
    if kind == "integers":
        values = [float(v) for v in range(value[0], value[1] + 1)]
        return values, [1 / len(values)] * len(values)
    values = list(value["values"] if isinstance(value, dict) else value)
    weights = value.get("weights") if isinstance(value, dict) else None
    weights = weights or [1.0] * len(values)
    return values, [weight / sum(weights) for weight in weights]


def _discrete(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for path, distribution in _parameters(case.policy):
        values, _ = _steps(drawn, path)
        atoms, shares = _atoms(distribution)
        nearest = np.abs(values[:, None] - np.array(atoms)).argmin(1)
        far = np.abs(values - np.array(atoms)[nearest])
        require(
            bool((far < 1e-2).all()),
            f"{path} took a value that is not in {distribution}",
            got=float(values[far.argmax()]),
        )
        counts = np.bincount(nearest, minlength=len(atoms))
        for atom, count, share in zip(atoms, counts.tolist(), shares, strict=True):
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
                f"{path}: share of the value {atoms[wrong]}",
                expected=shares[wrong],
                got=float(counts[wrong] / counts.sum()),
            )


def _r3_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    ops: tuple[dict[str, Any], ...] = (
        {"op": "rotate", "degrees": {"integers": [-3, 4]}},
        {"op": "brightness_scale", "factor": {"integers": [0, 6]}},
        {"op": "contrast", "factor": {"choice": {"values": [0.5, 0.75, 2.0], "weights": [1, 5, 2]}}},
        {"op": "rotate", "degrees": {"choice": [0.0, 90.0, 180.0, 270.0]}},
        {"op": "translate", "x": {"choice": {"values": [-0.25, 0.0, 0.5], "weights": [2, 0, 1]}}},
    )
    return tuple(Case(name=f"{op['op']} {n}", policy=document(op), key=40 + n) for n, op in enumerate(ops))


def _bounded(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for path, distribution in _parameters(case.policy):
        kind, value = next(iter(distribution.items()))
        low, high = (value["low"], value["high"]) if kind == "normal" else (0.0, 1.0) if kind == "beta" else value
        values, step = _steps(drawn, path)
        outside = (values < low - step) | (values > high + step)
        require(
            not outside.any(),
            f"{path} left its bounds",
            where=int(outside.argmax()),
            expected=[low, high],
            got=float(values[outside.argmax()]),
        )


def _r4_cases(tier: Tier) -> tuple[Case, ...]:
    return tuple(
        one.with_(context={**one.context, "n": 65_536}, key=one.key ^ 1)
        for one in _r2_cases(tier)
        if "large" not in one.name
    )


def _uniforms(subject: Subject, case: Case, key: augspec.Key, ids: Any) -> dict[str, Floats]:
    """Return each parameter, mapped to (0, 1) by its own CDF; gates as they are."""
    drawn = subject.of(case).draw(key, ids).numpy()
    found = {path: cdf_of(d)(_steps(drawn, path)[0]) for path, d in _parameters(case.policy) if "integers" not in d}
    for path in drawn:
        if path.endswith("/apply"):
            found[path] = np.asarray(drawn[path]) * 0.5
    return found


def _table(a: Floats, b: Floats, gates: tuple[float | None, float | None]) -> tuple[Floats, Floats]:
    """Return observed counts and expected shares of a grid of cells."""
    edges = [np.array([0.25, 1.0]) if p is not None else np.linspace(0, 1, 5)[1:] for p in gates]
    shares = [np.array([1 - p, p]) if p is not None else np.full(4, 0.25) for p in gates]
    cells = [np.searchsorted(edge[:-1], x, side="right") for edge, x in zip(edges, (a, b), strict=True)]
    counts = np.zeros((len(shares[0]), len(shares[1])))
    np.add.at(counts, (cells[0], cells[1]), 1)
    return counts, shares[0][:, None] * shares[1]


def _independent(subject: Subject, case: Case) -> None:
    ids = list(_ids(case))
    key = subject.key(case)
    here = _uniforms(subject, case, key, ids)
    p_of = {f"sample/{op['op']}#0/apply": op["p"] for op in case.policy["ops"] if op.get("p", 1) < 1}
    pairs: list[tuple[str, str, Floats, Floats]] = []
    names = list(here)
    pairs += [(a, b, here[a], here[b]) for i, a in enumerate(names) for b in names[i + 1 :]]
    others = {
        "the next id": _uniforms(subject, case, key, [i + 1 for i in ids]),
        "the next seed": _uniforms(subject, case, augspec.Key(key.seed + 1, key.epoch, key.of_view), ids),
        "the next epoch": _uniforms(subject, case, augspec.Key(key.seed, key.epoch + 1, key.of_view), ids),
        "another view": _uniforms(subject, case, augspec.Key(key.seed, key.epoch, key.of_view + 1), ids),
    }
    pairs += [(a, f"{a} of {what}", here[a], other[a]) for what, other in others.items() for a in names]
    for a, b, left, right in pairs:
        gates = (p_of.get(a), p_of.get(b.partition(" of ")[0]))
        counts, shares = _table(left, right, gates)
        wrong = statistic.cells_hold(counts, shares, FALSE_ALARM)
        if wrong is not None:
            require(
                False,
                f"{a} and {b} depend on each other",
                where=divmod(wrong, counts.shape[1]),
                expected=float(shares.ravel()[wrong]),
                got=float(counts.ravel()[wrong] / counts.sum()),
            )


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
    }
    return tuple(Case(name=name, policy=document(op), key=70 + i) for i, (name, op) in enumerate(policies.items()))


def _given_applied(subject: Subject, case: Case) -> None:
    drawn = subject.draw(case, _ids(case))
    for path, distribution in _parameters(case.policy):
        applied = np.asarray(drawn[f"{path.rpartition('/')[0]}/apply"]) == 1
        values, step = _steps(drawn, path)
        for which, some in (("applied", values[applied]), ("not applied", values[~applied])):
            distance = statistic.cdf_distance(some, cdf_of(distribution), step)
            most = statistic.cdf_envelope(len(some)) + TABLE
            require(
                within(distance, most),
                f"the distribution of {path}, given {which}",
                expected=f"a distance of at most {most:.4f}",
                got=distance,
            )


def _noise(subject: Subject, case: Case) -> None:
    std = case.policy["ops"][0]["std"]
    h, w = 64, 96
    image = np.full((2, h, w, 3), 0.5, np.float32)
    out = subject.call(case, {"image": image}, ids=[3, 4])["image"].astype(np.float64)
    z = (out - 0.5) / std
    normal = NormalDist()
    u = np.array([normal.cdf(v) for v in z.ravel()]).reshape(z.shape)
    n = u.size
    distance = statistic.cdf_distance(u.ravel(), lambda x: np.clip(x, 0, 1), 1e-4)
    require(
        within(distance, statistic.cdf_envelope(n) + TABLE),
        "noise is not normal with the declared std",
        expected="≤ envelope",
        got=distance,
    )
    pairs = {
        "columns": (u[:, :, :-1], u[:, :, 1:]),
        "rows": (u[:, :-1], u[:, 1:]),
        "channels": (u[..., :-1], u[..., 1:]),
        "samples": (u[:1], u[1:]),
    }
    other = subject.call(case.with_(key=case.key + 1), {"image": image}, ids=[3, 4])["image"].astype(np.float64)
    pairs["keys"] = (u, np.array([normal.cdf(v) for v in ((other - 0.5) / std).ravel()]).reshape(z.shape))
    for name, (a, b) in pairs.items():
        counts, shares = _table(a.ravel(), b.ravel(), (None, None))
        wrong = statistic.cells_hold(counts, shares)
        require(wrong is None, f"noise of neighbouring {name} is not independent", where=wrong)


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
    Law("R4", "bounds", ("R13", "R14"), "No draw leaves the declared bounds.", _bounded, _r4_cases, scope="backend"),
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
        "R7",
        "choices",
        ("R11", "R12"),
        "Choices follow their weights; some_of takes exactly n, every set equally often.",
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
    Law(
        "R10",
        "noise",
        ("R14", "R16"),
        "Noise is normal, of the declared deviation, and independent over pixels, channels, samples and keys.",
        _noise,
        _one("noise", {"op": "gaussian_noise", "std": 0.06}, key=12),
        scope="backend",
    ),
)
