"""Run laws against a backend, without pytest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import augspec
from augspec_conformance.checking import run_case
from augspec_conformance.examination import Examination, OnFail
from augspec_conformance.facts import facts, source_of
from augspec_conformance.law import Tier
from augspec_conformance.planning import BadRequest, plan_cases, select_laws
from augspec_conformance.report import Report, Result
from augspec_conformance.subject import Subject
from augspec_conformance.waivers import Waiver

__all__ = ["BadRequest", "Progress", "check_backend", "plan_cases", "run_case", "select_laws", "subjects_of"]

Progress = Callable[[int, int, Result], None]
"""Called after each case with its number, how many are planned, and its result."""


def check_backend(
    backend: Any,
    *,
    tier: Tier = "smoke",
    laws: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    on_fail: OnFail = "collect",
    waivers: Sequence[Waiver] = (),
    prove: bool = True,
    progress: Progress | None = None,
    seed: int = 0,
) -> Report:
    """Check a backend against the laws.

    Args:
        backend: a name from `augspec.backends()`, `module:attribute`, or an instance with `name`, `capabilities` and
            `compile(policy, **options)`.
        tier: "kat", "smoke", "full", "stat" or "stress"; for "explore" there is `augspec_conformance.explore`.
        laws: ids of the laws to run; all of them by default.
        modes: modes to run in; all that the backend claims by default.
        on_fail: "collect" runs on, "first" leaves each law at its first failure, "raise" raises the first one.
        waivers: known failures. One that matches nothing, has ended or has no witness becomes an error.
        prove: ask first whether each compiled mode is one (law C4), also where that law was not asked for; nothing
            that passes in a mode that is none counts. Without it, whatever is called a mode is taken for one.
        progress: called after each case.
        seed: the run seed: other keys, ids and pixels for the same laws. 0 is the pinned run.

    Raises:
        BadRequest: a law or mode is unknown, this is no backend, or not one case was executed; a ValueError.
        LawViolation: with `on_fail="raise"`.
    """
    if tier == "explore":
        raise BadRequest("the tier explore has a budget instead of a plan: augspec_conformance.explore.explore runs it")
    chosen = select_laws(laws)
    subjects = subjects_of(backend, modes)
    first = subjects[0]
    head = {**facts(first.backend, first.source), "seed": seed}
    examination = Examination(subjects, chosen, tier, waivers=waivers, on_fail=on_fail, prove=prove, seed=seed)
    plan = examination.plan()
    step = _counting(progress, sum(count for _, _, count in plan))
    results = [result for law, subject, _ in plan for result in examination.results(law, subject, step)]
    if not any(result.status not in ("not-claimed", "not-run") for result in results):
        raise BadRequest(f"not one case was executed (laws {laws}, tier {tier}): that is no result")
    return Report(first.name, tier, (*results, *examination.faults()), head, examination.planned())


def subjects_of(backend: Any, modes: Sequence[str] | None = None) -> list[Subject]:
    """Return a backend in each of some modes, by default in all that it claims.

    Args:
        backend: as in `check_backend`.
        modes: the modes.

    Raises:
        BadRequest: this is no backend, or it does not claim one of the modes.
    """
    found = augspec.get_backend(backend) if isinstance(backend, str) else backend
    lacks = [name for name in ("name", "capabilities", "compile") if not hasattr(found, name)]
    if lacks:
        raise BadRequest(f"{backend!r} is no backend: it has no `{'`, no `'.join(lacks)}`")
    known = tuple(found.capabilities.modes)
    for mode in modes or ():
        if mode not in known:
            raise BadRequest(f"{found.name} claims the modes {', '.join(known)}, not {mode!r}")
    source = backend if isinstance(backend, str) else source_of(found)
    family: dict[str, Subject] = {}
    return [Subject(found, mode, family, source=source) for mode in modes or known]


def _counting(progress: Progress | None, planned: int) -> Callable[[Result], None]:
    done = 0

    def step(result: Result) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, planned, result)

    return step
