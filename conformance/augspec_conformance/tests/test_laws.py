"""One test per law, backend and mode; the plugin makes the pairs."""

from __future__ import annotations

from typing import Any

import pytest

from augspec_conformance.law import Law, LawViolation
from augspec_conformance.runner import plan_cases, run_case
from augspec_conformance.subject import Subject


def test_law(conformance_subject: Subject, conformance_law: Law, conformance_tier: Any) -> None:
    """Every pinned case of the law holds."""
    results = [
        run_case(conformance_law, conformance_subject, case)
        for case in plan_cases(conformance_law, conformance_subject, conformance_tier)
    ]
    failed = [result for result in results if result.status in ("failed", "errored")]
    if failed:
        shown = "\n\n".join(result.message for result in failed[:3])
        pytest.fail(f"{len(failed)} of {len(results)} cases {failed[0].status}\n{shown}", pytrace=False)
    if not any(result.status == "passed" for result in results):
        reasons = sorted({result.message for result in results}) or [
            f"no case at tier {conformance_tier} is for this mode"
        ]
        pytest.skip(f"not claimed: {'; '.join(reasons)}")


def test_search(conformance_subject: Subject, conformance_law: Law, conformance_tier: Any) -> None:
    """Hypothesis varies key, ids, probe and seeds of the law's cases, and finds no violation."""
    from augspec_conformance.cases.strategies import search

    if not conformance_law.search or conformance_tier == "kat":
        pytest.skip("no search for this law or tier")
    try:
        if not search(conformance_law, conformance_subject, conformance_tier):
            pytest.skip("no case of this law suits the mode")
    except LawViolation as violation:
        pytest.fail(str(violation), pytrace=False)
