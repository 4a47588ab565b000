"""N1 and N2 against the float64 oracle, which is given the backend's own draws: wrong pixels, not wrong draws."""

from __future__ import annotations

import itertools
import json
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance import accuracy, tolerances
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, grid
from augspec_conformance.cases.policies import op_of, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import spend, within
from augspec_conformance.law import Case, Tier, require
from augspec_conformance.oracle import run as oracle
from augspec_conformance.oracle.distributions import support
from augspec_conformance.subject import Subject, reference

__all__ = ["against_ideal", "anchored", "anchored_cases", "ideal", "ideal_cases", "near_ideal", "quantised"]

Array = npt.NDArray[Any]
Nudges = tuple[tuple[float, float], ...]


def ideal(subject: Subject, case: Case, sample: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the oracle's result for each sample, images in the unit range, given the subject's own draws."""
    one = _Oracle(subject, case, sample)
    return [one.run(i) for i in range(SIGNATURES[case.signature].shape[0])]


class _Oracle:
    """The oracle for the samples of one case."""

    def __init__(self, subject: Subject, case: Case, sample: dict[str, Any], frame: int = 0) -> None:
        self.frame = frame
        self.policy = quantised(normalized_dict(augspec.loads(json.dumps(case.policy))))
        self.human = subject.draw(case).human()
        self.sig = SIGNATURES[case.signature]
        self.range = case.context.get("options", {}).get("value_range", (0.0, 1.0))
        self.sample = sample

    def run(
        self,
        i: int,
        nudges: Nudges = (),
        shift: float = 0.0,
        counted: float = 0.0,
        ends: tuple[float, float] = (0.0, 0.0),
    ) -> dict[str, Any]:
        """Return the ideal of sample i."""
        partners = [self._given(row) for row in self._followers(i)]
        values, entries = self._given(i)
        run = partial(oracle, self.policy, values, entries, nudges=nudges, shift=shift, counted=counted, ends=ends)
        return dict(run(partners=partners, frame=self.frame))

    def _followers(self, i: int) -> list[int]:
        """Return the rows of the samples that an op mixes with sample i: those that follow it in the drawn order."""
        found: list[int] = []
        for path, drawn in self.human.items():
            if path.endswith("/partner"):
                count = max(augspec.ops()[op["op"]].partners for op in self.policy["ops"])
                for _ in range(count):
                    found.append(drawn[found[-1] if found else i])
        return found

    def _given(self, i: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the numbers and the entries of sample i, its image in the unit range."""
        low, high = self.range
        entries = {name: value[i] for name, value in self.sample.items()}
        image = entries["image"].astype(np.float64)
        entries["image"] = image / self.sig.top if self.sig.integer else (image - low) / (high - low)
        return {path: value[i] for path, value in self.human.items()}, entries

    def beside(self, i: int) -> list[dict[str, Any]]:
        """Return what sample i may be at most where a function jumps: pixels are off by what the ops before may add.

        A pixel may be on one side of its step, those that are counted on the other one, and those at an end on either.
        """
        shift = accuracy.before_jump(self.policy, self.sig.dtype)
        ways = itertools.product((-shift, shift), repeat=4) if shift else ()
        return [self.run(i, shift=one, counted=others, ends=(end, outer)) for one, others, end, outer in ways]

    def neighbours(self, i: int) -> list[dict[str, Any]]:
        """Return what sample i may be where a place is on an edge, of two pixels or of holes: four ways to miss it."""
        d = tolerances.NEAREST_EDGE
        corners = [(x, y) for x in (-d, d) for y in (-d, d)]
        return [self.run(i, nudges) for nudges in itertools.product(corners, repeat=_warps(self.policy["ops"]))]


def quantised(policy: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose constants are what reaches the pixels (E3)."""

    def op(one: dict[str, Any]) -> dict[str, Any]:
        new = dict(one)
        if "ops" in one:
            new["ops"] = [op(member) for member in one["ops"]]
        for name, mark in augspec.ops()[one["op"]].parameters():
            value = one.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                new[name] = mark.quantity.human(mark.quantity.quantise(value))
        return new

    return {**policy, "ops": [op(one) for one in policy["ops"]]}


def _warps(ops: list[Any]) -> int:
    """Return how many runs of warps, or ops with edges, there may be, one after the other, at most."""
    count, settings = 0, None
    for op in ops:
        stage = augspec.ops()[op["op"]].stage
        if stage == "warp":
            own = (op["interpolation"], op["border"], op["fill"])
            count, settings = count + (own != settings), own
        elif stage != "move" or op_of(op).mirrors is None:
            settings, count = None, count + augspec.ops()[op["op"]].edges + _inside(op)
    return count


def _inside(op: Any) -> int:
    """Return the same of a combinator's members, of those that can act on one sample."""
    if "ops" not in op:
        return 0
    if op["op"] == "sequence":
        return _warps(op["ops"])
    each = sorted((_warps([member]) for member in op["ops"]), reverse=True)
    if op["op"] == "one_of":
        return max(each, default=0)
    if op["op"] == "augmix":  # all chains are nudged alike
        return int(support(op["depth"])[1]) * max(each, default=0)
    if op["op"] == "some_of":
        return op["n"] * max(each, default=0) if op["replace"] else sum(each[: op["n"]])
    return sum(each)


def _edges(ops: list[Any]) -> bool:
    return any(augspec.ops()[op["op"]].edges or _edges(op.get("ops", [])) for op in ops)


def against_ideal(subject: Subject, case: Case) -> None:
    """Demand that all targets are near their ideal; what equals the reference, it is itself asked about."""
    sample = sample_of(case)
    out = subject.call(case, sample)
    if type(subject.backend) is type(reference().backend) or not _equal(out, reference().call(case, sample)):
        near_ideal(subject, case, sample, out)


def _equal(out: dict[str, Any], expected: dict[str, Any]) -> bool:
    return set(out) == set(expected) and all(np.array_equal(out[name], expected[name]) for name in expected)


def near_ideal(
    subject: Subject, case: Case, sample: dict[str, Array], out: dict[str, Array], *, frame: int = 0
) -> None:
    """Demand that what became of a sample, or of one frame of a stack, is near the ideal."""
    one = _Oracle(subject, case, sample, frame)
    ideals = [one.run(i) for i in range(SIGNATURES[case.signature].shape[0])]
    _pixels(case, out["image"], ideals, one)
    if "mask" in out:
        for i, entry in enumerate(ideals):
            _nearest(out["mask"][i], entry["mask"], [e["mask"] for e in _others(one, i, out, entry)], f"mask {i}")
    if case.mixes:
        distance = np.abs(out["label"] - np.stack([entry["label"] for entry in ideals]))
        _within(distance, tolerances.LABEL, out["label"], f"label: more than {tolerances.LABEL:.3g} from the ideal")
    if "boxes" in out:
        height, width = out["image"].shape[1:3]
        steps = max([1.0, *(float(entry["points_error"]) for entry in ideals)])  # each enlarged by later ones
        bound = tolerances.coordinate(max(height, sample["image"].shape[1]), max(width, sample["image"].shape[2]))
        bound *= steps
        for name in ("boxes", "keypoints"):
            if name not in out:
                continue
            distance = np.abs(out[name] - np.stack([entry[name] for entry in ideals]))
            for row in np.flatnonzero((distance > bound).any((1, 2))) if _edges(one.policy["ops"]) else ():
                ways = [np.abs(out[name][row] - other[name]) for other in one.neighbours(int(row))]
                distance[row] = np.minimum(distance[row], min(ways, key=lambda way: float(way.max(initial=0.0))))
            _within(distance, bound, out[name], f"{name}: more than {bound:.3g} pixels from the float64 ideal")


def _others(one: _Oracle, i: int, out: dict[str, Any], entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [] if np.array_equal(out["mask"][i], entry["mask"]) else one.neighbours(i)


def _nearest(got: Array, expected: Array, others: list[Array], reason: str) -> None:
    wrong = got != expected
    for other in others:
        wrong &= got != other
    if wrong.any():
        where = tuple(int(k) for k in np.argwhere(wrong)[0])
        require(
            False,
            f"{reason}: {int(wrong.sum())} pixels from no cell that the float64 ideal can mean",
            where=where,
            expected=expected[where].item(),
            got=got[where].item(),
        )


def _pixels(case: Case, image: Array, ideals: list[dict[str, Any]], one: _Oracle) -> None:
    unit, bound, what = _units(case, image)
    got = image.astype(np.float64)
    if image.dtype == np.uint16:
        got = got / SIGNATURES[case.signature].top
    distance = np.abs(got - unit(np.stack([entry["image"] for entry in ideals])))
    if '"nearest"' in json.dumps(one.policy) or _edges(one.policy["ops"]):
        for i in np.flatnonzero((distance > bound).any((1, 2, 3))):
            for other in one.neighbours(int(i)):
                distance[i] = np.minimum(distance[i], np.abs(got[i] - unit(other["image"])))
    for i in np.flatnonzero((distance > bound).any((1, 2, 3))):
        ways = [unit(entry["image"]) for entry in (ideals[i], *one.beside(int(i)))]
        low, high = np.min(ways, axis=0), np.max(ways, axis=0)  # each pixel goes one of the ways, and filters mix them
        distance[i] = np.minimum(distance[i], np.maximum(np.maximum(low - got[i], got[i] - high), 0.0))
    rounding = 0.5 if what == "levels" and bound else 0.0  # the last one, which no backend can help (E1)
    reason = f"more than {bound:.4g} {what} from the float64 ideal"
    _within(np.maximum(distance - rounding, 0.0), bound - rounding, got, reason)
    if case.context.get("mean") and distance.size:
        mean = float(distance.mean())
        most = tolerances.MEAN_LEVELS
        require(within(mean, most), "E8: mean distance from the float64 ideal", expected=f"at most {most}", got=mean)


def _units(case: Case, image: Array) -> tuple[Any, float, str]:
    """Return the map from the unit range to the result's numbers, the bound in these, and their name."""
    sig = SIGNATURES[case.signature]
    if image.dtype == np.uint8:
        return (lambda x: x * 255.0), accuracy.levels(case.policy), "levels"
    low, high = case.context.get("options", {}).get("value_range", (0.0, 1.0))
    bound = accuracy.against_oracle(case.policy, sig.dtype)
    if sig.integer or tolerances.class_of(case.policy) == "normalize":
        return (lambda x: x), bound, "of the range"
    span = float(high - low)
    return (lambda x: x * span + low), bound * span, "of the range"


def _within(distance: Array, bound: float, got: Array, reason: str) -> None:
    spend(distance, bound)
    bad = ~(distance <= bound)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        require(
            False,
            f"{reason}: {int(bad.sum())} of {bad.size}",
            where=where,
            expected=f"within {bound:.3g}",
            got=f"{float(distance[where]):.3g} away ({float(got[where]):.6g})",
        )


def ideal_cases(tier: Tier) -> tuple[Case, ...]:
    """Return N1's cases about the oracle."""
    full = tier == "full"
    names = policy_names(with_variants=full)
    against: dict[str, Any] = {"against": "oracle"}
    ops = tuple(name for name in names if name.startswith("op:"))
    found = [
        *grid("N1", tier, names=names, signatures=("medium-u8",), probe="ramp", context=against, every=1 if full else 2)
    ]
    found += grid(
        "N1", tier, names=names, signatures=("medium-f32",), probe="blobs", context=against, every=1 if full else 2
    )
    found += grid(
        "N1", tier, names=ops, signatures=("many-u8",), context={**against, "mean": True}, every=1 if full else 3
    )
    found += grid("N1", tier, names=policy_names(), signatures=(CORE_INTEGER, CORE_FLOAT), context=against)
    moves = tuple(name for name in ops if augspec.ops()[name[3:].partition("/")[0]].stage == "move")
    found += grid("N1", tier, names=moves, signatures=("square-u8", "square-f32"), context=against)
    once = {(c.name, c.digest()): c for c in found}.values()  # what needs a square is asked on one already
    return tuple(c.with_(name=f"{c.name} oracle") for c in once)


def anchored(subject: Subject, case: Case) -> None:
    """Demand that the error is no larger than the reference's own in this dtype, at worst and on average."""
    sample = sample_of(case)
    image = np.stack([entry["image"] for entry in ideal(subject, case, sample)])
    unit, _, _ = _units(case, image)
    errors = []
    for one in (subject, reference()):
        got = one.call(case, sample)["image"].astype(np.float64)
        errors.append(np.abs(got - unit(image)))
    (worst, mean), (most, usual) = ((float(e.max(initial=0.0)), float(e.mean()) if e.size else 0.0) for e in errors)
    dtype = SIGNATURES[case.signature].dtype
    ulp, computed = tolerances.EPSILON[dtype], tolerances.EPSILON["float32"]
    if dtype == "float64":
        ulp = computed = tolerances.DOUBLE
    for name, value, bound in (
        ("largest", worst, tolerances.ANCHOR * most + ulp),
        ("mean", mean, tolerances.ANCHOR_MEAN * usual + computed),
    ):
        require(within(value, bound), f"the {name} error", expected=f"at most {bound:.3g}", got=value)


def anchored_cases(tier: Tier) -> tuple[Case, ...]:
    """Return N2's cases."""
    signatures = ("small-f16", "small-bf16", "medium-f32")
    found = list(grid("N2", tier, signatures=signatures, targets=("image",), every=1 if tier == "full" else 2))
    if tier == "full":
        found += grid("N2", tier, signatures=("small-f64",), targets=("image",))
    return tuple(c.with_(reach="eager") for c in found)
