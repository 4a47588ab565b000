"""One test per law, backend and mode; the plugin makes the pairs."""

from __future__ import annotations

import time
from typing import Any

import pytest

from augspec_conformance.law import Law, LawViolation
from augspec_conformance.report import Result
from augspec_conformance.runner import plan_cases, run_case, unclaimed
from augspec_conformance.subject import Subject


def test_law(
    conformance_subject: Subject,
    conformance_law: Law,
    conformance_tier: Any,
    conformance_seed: int,
    conformance_record: Any,
) -> None:
    """Every pinned case of the law holds."""
    results = [
        run_case(conformance_law, conformance_subject, case)
        for case in plan_cases(conformance_law, conformance_subject, conformance_tier, seed=conformance_seed)
    ]
    conformance_record(conformance_subject, results)
    failed = [result for result in results if result.status in ("failed", "errored")]
    if failed:
        shown = "\n\n".join(result.message for result in failed[:3])
        pytest.fail(f"{len(failed)} of {len(results)} cases {failed[0].status}\n{shown}", pytrace=False)
    if reason := unclaimed(results, conformance_tier):
        pytest.skip(reason)


def test_search(
    conformance_subject: Subject,
    conformance_law: Law,
    conformance_tier: Any,
    conformance_seed: int,
    conformance_record: Any,
) -> None:
    """Hypothesis varies key, ids, probe and seeds of the law's cases, and finds no violation."""
    from augspec_conformance.cases.strategies import search

    if not conformance_law.search or conformance_tier == "kat":
        pytest.skip("no search for this law or tier")
    law, mode, start = conformance_law.id, conformance_subject.mode, time.perf_counter()
    try:
        count = search(conformance_law, conformance_subject, conformance_tier, seed=conformance_seed)
    except LawViolation as violation:
        case = violation.case
        found = (case.digest(), mode, "failed", str(violation), 0.0, case.to_json()) if case else ("", mode, "failed")
        conformance_record(conformance_subject, [Result(law, "search", *found)])
        pytest.fail(str(violation), pytrace=False)
    if not count:
        pytest.skip("no case of this law suits the mode")
    seconds = round(time.perf_counter() - start, 4)
    conformance_record(
        conformance_subject, [Result(law, f"search, {count} examples", "", mode, "passed", seconds=seconds)]
    )
