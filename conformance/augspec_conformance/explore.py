"""The tier explore: policies from the whole grammar for as long as a budget lasts, from a seed that is said.

Each law is searched in each mode in rounds, in an order that the seed shuffles. What a round draws depends on the seed,
the law, the mode and the round's number alone: the same seed finds the same again, given the time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Flaky

import augspec
from augspec_conformance.cases import grammar
from augspec_conformance.cases.strategies import cases_like
from augspec_conformance.checking import run_case
from augspec_conformance.facts import facts
from augspec_conformance.law import Case, Law, stable_seed
from augspec_conformance.planning import BadRequest, plan_cases, select_laws
from augspec_conformance.report import Report, Result
from augspec_conformance.runner import subjects_of
from augspec_conformance.shrink import shrunk
from augspec_conformance.subject import Subject, reference

__all__ = ["defined", "explorable", "explore"]

_EXAMPLES = {"eager": 25, "graph": 5, "dear": 5}
"""Examples of a round, by what a mode costs: a compiled one compiles each policy."""

_SHRINKING = {"eager": 400, "graph": 40, "dear": 10}
"""Examples tried at most in shrinking one finding, by what a mode costs; a number, not a time, so that the same seed
finds the same on a busy machine."""

_ALSO = ("P3", "S1", "J1", "K8", "F11", "F13", "F14", "F15")
"""Laws that take any policy, beside those that Hypothesis searches at the other tiers."""

Progress = Callable[[float, float, str], None]
"""Called after each round with the seconds spent, the budget, and what was searched."""


class _Found(Exception):
    """Tells Hypothesis that an example broke a law."""


@dataclass
class _Search:
    """One law in one mode, and what its rounds came to."""

    law: Law
    subject: Subject
    examples: int = 0
    rounds: int = 0
    seconds: float = 0.0
    broken: list[Result] = field(default_factory=list)

    def result(self) -> Result:
        """Return the smallest broken case, or that nothing was found, or that nothing was looked at."""
        law, mode = self.law.id, self.subject.mode
        if self.broken:
            smallest = min(self.broken, key=lambda result: len(result.case_json))
            return replace(shrunk(self.law, self.subject, smallest), seconds=round(self.seconds, 4))
        if not self.rounds:
            return Result(law, "explored", "", mode, "not-run", "the budget was spent before its turn")
        name = f"{self.examples} examples in {self.rounds} rounds"
        if not self.examples:
            return Result(law, name, "", mode, "not-claimed", "the backend claims none of the cases drawn")
        return Result(law, name, "", mode, "passed", seconds=round(self.seconds, 4))


def explore(
    backend: Any,
    *,
    seed: int,
    budget: float = 60.0,
    laws: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Search for violations until the budget is spent.

    Args:
        backend: as in `check_backend`.
        seed: what everything drawn follows from.
        budget: seconds. No round begins after it; the one that runs is finished, shrinking included.
        laws: ids of laws; those that take any policy by default.
        modes: modes; all that the backend claims by default.
        progress: called after each round.

    Returns:
        A report with one result per law and mode: the smallest case found, or how many examples held. What had no turn
        is `not-run`.

    Raises:
        BadRequest: a law or mode is unknown, a law takes no policy but its own, or this is no backend.
    """
    asked = explorable(laws)
    subjects = subjects_of(backend, modes)
    searches = [
        _Search(law, subject)
        for number, subject in enumerate(subjects)
        for law in asked
        if law.scope == "modes" or not number
    ]
    order = list(searches)
    random.Random(seed).shuffle(order)
    start = time.monotonic()
    live = order
    while live:
        for search in live:
            spent = time.monotonic() - start
            if spent >= budget:
                break
            _round(search, seed)
            if progress is not None:
                progress(time.monotonic() - start, budget, f"{search.subject.mode} {search.law.id}")
        live = [search for search in order if not search.broken] if time.monotonic() - start < budget else []
    planned: dict[str, dict[str, int]] = {}
    for search in searches:
        planned.setdefault(search.subject.mode, {})[search.law.id] = 1
    head = {**facts(subjects[0].backend, subjects[0].source), "seed": seed, "budget in seconds": budget}
    return Report(subjects[0].name, "explore", tuple(search.result() for search in searches), head, planned)


def explorable(laws: Sequence[str] | None = None) -> list[Law]:
    """Return the laws of these ids, or all that take any policy.

    Raises:
        BadRequest: a law is unknown, or takes no policy but its own.
    """
    able = [law.id for law in select_laws() if law.search or law.id in _ALSO]
    unfit = sorted({law.id for law in select_laws(laws)} - set(able)) if laws else []
    if unfit:
        raise BadRequest(f"{', '.join(unfit)} cannot be explored; {', '.join(able)} can: they take any policy")
    return list(select_laws(laws or able))


def _round(search: _Search, seed: int) -> None:
    """Draw some examples; keep every case that breaks the law, the shrunk ones too."""
    law, subject = search.law, search.subject
    start = time.monotonic()
    tried: list[Case] = []

    @seeded(stable_seed("explore", seed, law.id, subject.mode, search.rounds))
    @settings(
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        max_examples=_EXAMPLES[subject.cost],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[Phase.generate, Phase.shrink],
    )
    @given(case=_cases_for(law, subject))
    def run(case: Case) -> None:
        if tried:
            tried.append(case)
        if len(tried) > _SHRINKING[subject.cost]:
            return  # the smallest one so far will do
        if not defined(case):
            return
        result = run_case(law, subject, case)
        search.examples += result.status == "passed"
        if result.status in ("failed", "errored"):
            tried[:] = tried or [case]
            search.broken.append(result)
            raise _Found

    try:
        run()
    except (_Found, Flaky):
        if not search.broken:
            raise
    search.rounds += 1
    search.seconds += time.monotonic() - start


def _cases_for(law: Law, subject: Subject) -> st.SearchStrategy[Case]:
    """Return a strategy: any policy, but where a compilation takes ten seconds the pinned ones with other data."""
    if subject.cost != "dear":
        return grammar.cases()
    bases = [case for case in plan_cases(law, subject, "smoke") if not case.context]
    return cases_like(bases) if bases else st.nothing()


def defined(case: Case) -> bool:
    """Return whether the reference takes a case: sizes can come about that an op is not defined on."""
    try:
        reference().call(case)
    except augspec.AugspecError:
        return False
    return True
