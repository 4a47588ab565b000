"""Run laws against a backend, without pytest."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np

import augspec
from augspec_conformance.facts import facts, source_of
from augspec_conformance.headroom import measured
from augspec_conformance.law import Case, Law, LawViolation, Tier, replay_line
from augspec_conformance.laws import all_laws
from augspec_conformance.report import Report, Result
from augspec_conformance.seeds import cases_under
from augspec_conformance.subject import Subject, Unclaimed
from augspec_conformance.waivers import Waiver

__all__ = ["BadRequest", "Progress", "check_backend", "plan_cases", "run_case", "select_laws", "unclaimed"]

Progress = Callable[[int, int, Result], None]
"""Called after each case with its number, how many are planned, and its result."""


class BadRequest(ValueError):
    """What was asked for cannot be run: an unknown law or mode, no backend, or not one case for it."""


_REACHES = {"eager": ("eager", "graph", "dear"), "graph": ("graph", "dear"), "dear": ("dear",)}


def check_backend(
    backend: Any,
    *,
    tier: Tier = "smoke",
    laws: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    on_fail: Literal["collect", "first", "raise"] = "collect",
    waivers: Sequence[Waiver] = (),
    progress: Progress | None = None,
    seed: int = 0,
) -> Report:
    """Check a backend against the laws.

    Args:
        backend: a name from `augspec.backends()`, `module:attribute`, or an instance with `name`, `capabilities` and
            `compile(policy, **options)`.
        tier: "kat", "smoke" or "full".
        laws: ids of the laws to run; all of them by default.
        modes: modes to run in; all that the backend claims by default.
        on_fail: "collect" runs on, "first" leaves each law at its first failure, "raise" raises the first one.
        waivers: known failures. One that matches nothing becomes an error.
        progress: called after each case.
        seed: the run seed: other keys, ids and pixels for the same laws. 0 is the pinned run.

    Raises:
        BadRequest: a law or mode is unknown, this is no backend, or not one case was executed; a ValueError.
        LawViolation: with `on_fail="raise"`.
    """
    chosen = select_laws(laws)
    found = augspec.get_backend(backend) if isinstance(backend, str) else backend
    lacks = [name for name in ("name", "capabilities", "compile") if not hasattr(found, name)]
    if lacks:
        raise BadRequest(f"{backend!r} is no backend: it has no `{'`, no `'.join(lacks)}`")
    known = tuple(found.capabilities.modes)
    for mode in modes or ():
        if mode not in known:
            raise BadRequest(f"{found.name} claims the modes {', '.join(known)}, not {mode!r}")
    source = backend if isinstance(backend, str) else source_of(found)
    head = {**facts(found, source), "seed": seed}
    results: list[Result] = []
    used: set[Waiver] = set()
    family: dict[str, Subject] = {}
    subjects = [Subject(found, mode, family, source=source) for mode in modes or known]
    plan = [
        (law, subject, tuple(plan_cases(law, subject, tier, seed=seed)))
        for number, subject in enumerate(subjects)
        for law in chosen
        if law.scope == "modes" or not number
    ]
    planned, done = sum(len(cases) for _, _, cases in plan), 0
    for law, subject, cases in plan:
        for number, case in enumerate(cases):
            result = run_case(law, subject, case, waivers=waivers, used=used, raising=on_fail == "raise")
            results.append(result)
            done += 1
            if progress is not None:
                progress(done, planned, result)
            if on_fail == "first" and result.status in ("failed", "errored"):
                done += len(cases) - number - 1
                break
    if not any(result.status != "not-claimed" for result in results):
        raise BadRequest(f"not one case was executed (laws {laws}, tier {tier}): that is no result")
    results += [
        Result(waiver.law, waiver.case, "", waiver.mode, "errored", f"waiver matched nothing: {waiver}")
        for waiver in waivers
        if waiver not in used
    ]
    return Report(found.name, tier, tuple(results), head)


def select_laws(ids: Iterable[str] | None = None) -> tuple[Law, ...]:
    """Return the laws of these ids, in the suite's order."""
    laws = all_laws()
    if ids is None:
        return laws
    wanted = list(ids)
    unknown = sorted(set(wanted) - {law.id for law in laws})
    if unknown:
        raise BadRequest(f"unknown laws {', '.join(unknown)}; known are {', '.join(law.id for law in laws)}")
    return tuple(law for law in laws if law.id in wanted)


def plan_cases(law: Law, subject: Subject, tier: Tier, *, seed: int = 0) -> Iterator[Case]:
    """Yield the law's cases under a run seed that a subject's mode can afford."""
    affordable = _REACHES[subject.cost] if law.scope == "modes" else _REACHES["eager"]
    for case in cases_under(law, tier, seed):
        if case.reach in affordable:
            yield case


def unclaimed(results: Sequence[Result], tier: Tier) -> str:
    """Return why not one case of a law passed; empty if one did."""
    if any(result.status == "passed" for result in results):
        return ""
    reasons = sorted({result.message for result in results}) or [f"no case at tier {tier} is for this mode"]
    return f"not claimed: {'; '.join(reasons)}"


def run_case(
    law: Law,
    subject: Subject,
    case: Case,
    *,
    waivers: Sequence[Waiver] = (),
    used: set[Waiver] | None = None,
    raising: bool = False,
) -> Result:
    """Run one case and return what became of it."""
    start = time.perf_counter()
    with measured() as meter:
        status, message = _checked(law, subject, case, raising=raising)
    if status in ("failed", "errored"):
        for waiver in waivers:
            if waiver.matches(law, case, subject, message):
                if used is not None:
                    used.add(waiver)
                status, message = "waived", f"{waiver.reason} ({waiver.kind}, until {waiver.until})\n{message}"
                break
    text = "" if status == "passed" else case.with_(mode=subject.mode).to_json()
    seconds = round(time.perf_counter() - start, 4)
    share = None if meter.share is None else round(meter.share, 4)
    return Result(law.id, case.name, case.digest(), subject.mode, status, message, seconds, text, share)


def _checked(law: Law, subject: Subject, case: Case, *, raising: bool) -> tuple[str, str]:
    """Return the status of one case, and why it has it."""
    try:
        reason = law.needs(subject, case)
        if reason:
            return "not-claimed", reason
        with np.errstate(all="ignore"):
            law.check(subject, case)
    except Unclaimed as unclaimed:
        return "not-claimed", str(unclaimed)
    except LawViolation as violation:
        violation.of(law, case, subject.source, subject.mode)
        if raising:
            raise
        return "failed", str(violation)
    except Exception as error:
        if raising:
            raise
        shown = case.with_(mode=subject.mode)
        lines = traceback.format_exception(error, limit=-6)
        said = f"{law.id} {law.sentence}\n  case {shown.to_json()}\n"
        replay = f"  replay: {replay_line(law.id, shown, subject.source)}\n"
        return "errored", said + replay + "".join(lines)[-4000:]
    return "passed", ""
