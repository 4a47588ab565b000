"""One test per law, backend and mode; the plugin makes the pairs."""

from __future__ import annotations

import time
from typing import Any

import pytest

from augspec_conformance.examination import unpassed
from augspec_conformance.law import Law, LawViolation
from augspec_conformance.report import BROKEN, Result
from augspec_conformance.subject import Subject


def test_law(
    conformance_subject: Subject, conformance_law: Law, conformance_examination: Any, conformance_record: Any
) -> None:
    """Every pinned case of the law holds."""
    examination = conformance_examination(conformance_subject)
    results = [
        *examination.results(conformance_law, conformance_subject),
        *examination.faults_of(conformance_law, conformance_subject),
    ]
    conformance_record(conformance_subject, results)
    broken = [result for result in results if result.status in BROKEN]
    if broken:
        shown = "\n\n".join(result.message for result in broken[:3])
        pytest.fail(f"{len(broken)} of {len(results)} cases {broken[0].status}\n{shown}", pytrace=False)
    if reason := unpassed(results, examination.tier):
        pytest.skip(reason)


def test_search(
    conformance_subject: Subject, conformance_law: Law, conformance_examination: Any, conformance_record: Any
) -> None:
    """Hypothesis varies key, ids, probe and seeds of the law's cases, and finds no violation."""
    from augspec_conformance.cases.strategies import search

    examination = conformance_examination(conformance_subject)
    if not conformance_law.search or examination.tier not in ("smoke", "full"):
        pytest.skip("no search for this law or tier")
    if reason := examination.unproven(conformance_subject):
        pytest.skip(f"unproven: {reason}")
    law, mode, start = conformance_law.id, conformance_subject.mode, time.perf_counter()
    try:
        count = search(conformance_law, conformance_subject, examination.tier, seed=examination.seed)
    except LawViolation as violation:
        case = violation.case
        digest, text = (case.digest(), case.to_json()) if case else ("", "")
        found = Result(law, "search", digest, mode, "failed", str(violation), case_json=text, kind="search")
        conformance_record(conformance_subject, [found])
        pytest.fail(str(violation), pytrace=False)
    if not count:
        pytest.skip("no case of this law suits the mode")
    seconds = round(time.perf_counter() - start, 4)
    passed = Result(law, f"search, {count} examples", "", mode, "passed", seconds=seconds, kind="search")
    conformance_record(conformance_subject, [passed])
