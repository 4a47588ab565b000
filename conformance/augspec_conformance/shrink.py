"""Shrinking: a smaller case on which the same law fails for the same backend, found in a bounded number of tries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.checking import run_case
from augspec_conformance.law import Case, Law
from augspec_conformance.report.model import Result
from augspec_conformance.subject import Subject, reference

__all__ = ["TRIES", "shrunk"]

TRIES = {"eager": 48, "graph": 16, "dear": 8}
"""Cases tried at most, by what a mode costs."""

_PROBES = ("constant", "ramp", "coord", "noise")
"""From simple to rich; richer ones than the last are taken for equally rich."""


@dataclass(frozen=True)
class _Smaller:
    """A step: the smaller case, and whether it asks a compiler anew."""

    case: Case
    compiles: bool = False


def shrunk(law: Law, subject: Subject, result: Result) -> Result:
    """Return a failed result with a smaller case's text, or as it is if every smaller one tried holds.

    A smaller case counts only if the law fails on it as well, and if the reference keeps the law there: fewer ops can
    make a case that a law is not meant for. Policies and shapes are left alone where that means to compile again, and
    where the reference cannot be asked.

    Args:
        law: the law that failed.
        subject: the backend in its mode.
        result: what it failed with; anything but "failed" comes back unchanged.
    """
    if result.status != "failed" or not result.case_json:
        return result
    pinned = Case.model_validate_json(result.case_json).with_(mode="")
    best, found, tries = pinned, result, 0
    going = True
    while going:
        going = False
        for step in _steps(best):
            if tries >= TRIES[subject.cost]:
                break
            if step.compiles and subject.cost != "eager":
                continue
            tries += 1
            again = run_case(law, subject, step.case)
            if again.status == "failed" and _meant(law, subject, step):
                best, found, going = step.case, again, True
                break
    if best == pinned:
        return result
    note = f"  shrunk in {tries} tries from {pinned.name or pinned.digest()}: {_change(pinned, best)}"
    head, replay, tail = found.message.partition("\n  replay: ")
    return replace(result, message=f"{head}\n{note}{replay}{tail}", shrunk=found.case_json)


def _meant(law: Law, subject: Subject, step: _Smaller) -> bool:
    """Return whether the law is meant for a case: the reference keeps it there."""
    if type(subject.backend) is type(reference().backend):
        return not step.compiles
    status = run_case(law, reference(), step.case).status
    return status == "passed" or (status == "not-claimed" and not step.compiles)


def _steps(case: Case) -> Iterator[_Smaller]:
    """Yield smaller cases, those that say most first."""
    for policy in _policies(case.policy):
        yield _Smaller(case.with_(policy=policy), compiles=True)
    if len(case.targets) > 1:
        for target in case.targets:
            yield _Smaller(case.with_(targets=(target,)), compiles=True)
    yield from _batches(case)
    place = _PROBES.index(case.probe) if case.probe in _PROBES else len(_PROBES)
    for probe in _PROBES[:place]:
        yield _Smaller(case.with_(probe=probe))
    plain: dict[str, Any] = {"epoch": 0, "view": 0, "key": case.key % 8, "probe_seed": 0}
    for name, value in plain.items():
        if getattr(case, name) != value:
            yield _Smaller(case.with_(**{name: value}))
    if case.ids and any(i >= 100 for i in case.ids):
        yield _Smaller(case.with_(ids=tuple(range(1, len(case.ids) + 1))))


def _policies(policy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the policy with less in it: fewer ops, a combinator's members instead of it, an op with fewer fields."""
    ops = policy.get("ops", [])
    if len(ops) > 1:
        yield from ({**policy, "ops": [op]} for op in ops)
    if len(ops) > 2:
        yield from ({**policy, "ops": [*ops[:place], *ops[place + 1 :]]} for place in range(len(ops)))
    for place, op in enumerate(ops):
        for member in op.get("ops", ()):
            yield {**policy, "ops": [*ops[:place], member, *ops[place + 1 :]]}
    if len(ops) == 1:
        yield from (
            {**policy, "ops": [{name: value for name, value in ops[0].items() if name != field}]}
            for field in ops[0]
            if field != "op"
        )


def _batches(case: Case) -> Iterator[_Smaller]:
    """Yield the case with fewer samples or pixels: another signature of the same dtype and channels."""
    now = SIGNATURES[case.signature]

    def size(name: str) -> int:
        b, h, w, _ = SIGNATURES[name].shape
        return b * h * w

    names = [n for n, s in SIGNATURES.items() if (s.dtype, s.shape[3]) == (now.dtype, now.shape[3]) and s.shape[0]]
    for name in sorted((n for n in names if 1 < size(n) < size(case.signature)), key=size):
        batch = SIGNATURES[name].shape[0]
        for start in range(min(len(case.ids or ()), now.shape[0]) - batch + 1):
            ids = (case.ids or ())[start : start + batch]
            yield _Smaller(case.with_(signature=name, ids=ids), compiles=True)


def _change(pinned: Case, best: Case) -> str:
    """Say what became smaller."""

    def facts(case: Case) -> dict[str, str]:
        return {
            "ops": str(len(case.policy.get("ops", []))),
            "fields": str(sum(len(op) for op in case.policy.get("ops", []))),
            "targets": " ".join(case.targets),
            "batch": "×".join(map(str, SIGNATURES[case.signature].shape)),
            "probe": case.probe,
            **{name: str(getattr(case, name)) for name in ("key", "epoch", "view", "probe_seed", "ids")},
        }

    before, after = facts(pinned), facts(best)
    return ", ".join(f"{name} {before[name]} → {after[name]}" for name in before if before[name] != after[name])
