"""Run laws against a backend, without pytest."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Literal

import numpy as np

import augspec
from augspec_conformance.law import Case, Law, LawViolation, Tier
from augspec_conformance.laws import all_laws
from augspec_conformance.report import Report, Result
from augspec_conformance.subject import Subject, Unclaimed
from augspec_conformance.waivers import Waiver

__all__ = ["check_backend", "plan_cases", "run_case", "select_laws"]

_REACHES = {"eager": ("eager", "graph", "dear"), "graph": ("graph", "dear"), "dear": ("dear",)}


def check_backend(
    backend: Any,
    *,
    tier: Tier = "smoke",
    laws: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    on_fail: Literal["collect", "first", "raise"] = "collect",
    waivers: Sequence[Waiver] = (),
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

    Raises:
        ValueError: a law or mode is unknown, or not one case would be executed.
        LawViolation: with `on_fail="raise"`.
    """
    chosen = select_laws(laws)
    found = augspec.get_backend(backend) if isinstance(backend, str) else backend
    known = tuple(found.capabilities.modes)
    for mode in modes or ():
        if mode not in known:
            raise ValueError(f"{found.name} claims the modes {', '.join(known)}, not {mode!r}")
    results: list[Result] = []
    used: set[Waiver] = set()
    family: dict[str, Subject] = {}
    for number, mode in enumerate(modes or known):
        subject = Subject(found, mode, family)
        for law in chosen:
            if law.scope != "modes" and number:
                continue
            for case in plan_cases(law, subject, tier):
                result = run_case(law, subject, case, waivers=waivers, used=used, raising=on_fail == "raise")
                results.append(result)
                if on_fail == "first" and result.status in ("failed", "errored"):
                    break
    if not any(result.status != "not-claimed" for result in results):
        raise ValueError(f"not one case was executed (laws {laws}, tier {tier}): that is no result")
    results += [
        Result(waiver.law, waiver.case, "", waiver.mode, "errored", f"waiver matched nothing: {waiver}")
        for waiver in waivers
        if waiver not in used
    ]
    return Report(found.name, tier, tuple(results), facts(found))


def select_laws(ids: Iterable[str] | None = None) -> tuple[Law, ...]:
    """Return the laws of these ids, in the suite's order."""
    laws = all_laws()
    if ids is None:
        return laws
    wanted = list(ids)
    unknown = sorted(set(wanted) - {law.id for law in laws})
    if unknown:
        raise ValueError(f"unknown laws {', '.join(unknown)}; known are {', '.join(law.id for law in laws)}")
    return tuple(law for law in laws if law.id in wanted)


def plan_cases(law: Law, subject: Subject, tier: Tier) -> Iterator[Case]:
    """Yield the law's cases that a subject's mode can afford."""
    affordable = _REACHES[subject.cost] if law.scope == "modes" else _REACHES["eager"]
    for case in _cases_of(law, tier):
        if case.reach in affordable:
            yield case


@cache
def _cases_of(law: Law, tier: Tier) -> tuple[Case, ...]:
    return law.cases(tier)


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
    status, message = "passed", ""
    try:
        reason = law.needs(subject, case)
        if reason:
            status, message = "not-claimed", reason
        else:
            with np.errstate(all="ignore"):
                law.check(subject, case)
    except Unclaimed as unclaimed:
        status, message = "not-claimed", str(unclaimed)
    except LawViolation as violation:
        violation.of(law, case, subject.name, subject.mode)
        if raising:
            raise
        status, message = "failed", str(violation)
    except Exception as error:
        if raising:
            raise
        status = "errored"
        lines = traceback.format_exception(error, limit=-6)
        message = f"{law.id} {law.sentence}\n  case {case.to_json()}\n" + "".join(lines)[-4000:]
    if status in ("failed", "errored"):
        for waiver in waivers:
            if waiver.matches(law, case, subject, message):
                if used is not None:
                    used.add(waiver)
                status, message = "waived", f"{waiver.reason} ({waiver.kind}, until {waiver.until})\n{message}"
                break
    text = "" if status == "passed" else case.with_(mode=subject.mode).to_json()
    seconds = round(time.perf_counter() - start, 4)
    return Result(law.id, case.name, case.digest(), subject.mode, status, message, seconds, text)


def facts(backend: Any) -> dict[str, Any]:
    """Return what the report's header says about a backend."""
    capabilities = backend.capabilities
    names = ("dtypes", "layouts", "modes", "default_layout", "auto", "differentiable", "devices")
    claims = {name: getattr(capabilities, name, None) for name in names}
    return {"augspec": augspec.__version__, "numpy": np.__version__, "capabilities": claims}
