"""The tiers: what each asks; modes are proven first; nothing planned goes missing; exploring finds and shrinks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, seed, settings

import augspec
import augspec_conformance.examination as module
from augspec_backends.numpy.backend import Backend
from augspec_conformance.cases import grammar
from augspec_conformance.cases.policies import accepts_document, document, op_names
from augspec_conformance.examination import Examination
from augspec_conformance.explore import explore
from augspec_conformance.failures import read_failure
from augspec_conformance.law import Case, Law, LawViolation, Tier, require
from augspec_conformance.laws import all_laws
from augspec_conformance.memory import held, peak_during
from augspec_conformance.mutants.geometry import TurnsClockwise
from augspec_conformance.planning import TIERS, BadRequest, plan_cases, select_laws
from augspec_conformance.population import ask_population, population
from augspec_conformance.recorder import _whole
from augspec_conformance.replay import replayed
from augspec_conformance.report import Report, Result
from augspec_conformance.report.badge import badge, verdict
from augspec_conformance.report.markdown import markdown_page
from augspec_conformance.report.page import page
from augspec_conformance.runner import check_backend
from augspec_conformance.subject import Subject, reference


def asked(tier: Tier) -> set[str]:
    return {law.id for law in all_laws() if any(True for _ in plan_cases(law, reference(), tier))}


# What a tier asks


def test_stat_and_stress_ask_their_own_laws_and_no_others():
    assert asked("stat") == {law.id for law in all_laws() if law.id.startswith("R")}
    assert asked("stress") == {"P11", "P17", "K5", "B11", "C14"}
    assert not asked("full") & {"P17", "C14", "R16"}


def test_stat_draws_four_times_as_much():
    (law,) = select_laws(["R1"])
    cases = list(plan_cases(law, reference(), "stat"))
    assert {case.context["n"] for case in cases} == {65_536}
    assert len(cases) == len(law.cases("full"))


def test_check_backend_has_no_tier_explore_and_says_what_has():
    with pytest.raises(BadRequest, match=r"augspec_conformance\.explore"):
        check_backend("numpy", tier="explore")
    assert TIERS == ("kat", "smoke", "full", "stat", "stress", "explore")


def test_peaks_and_leaks_are_seen():
    if held() is None:
        pytest.skip("this system does not tell what a process holds")
    peak = peak_during(lambda: bytearray(64_000_000).count(b"x"))
    assert peak is not None
    assert 50e6 < peak < 90e6
    before = held()
    kept = [[number] for number in range(1000)]
    after = held()
    assert before is not None
    assert after is not None
    assert len(kept) <= after.objects - before.objects < 1.1 * len(kept)


# Modes are proven before they count


class Pretends(Backend):
    """Has a mode that is called compiled."""

    name = "pretends"

    def __init__(self) -> None:
        super().__init__()
        self.capabilities = replace(self.capabilities, modes=("eager", "compiled"))

    def compile(self, policy: Any, **options: Any) -> Any:
        return super().compile(policy, **{**options, "mode": "eager"})


def _law(name: str, check: Any) -> Law:
    return Law(name, name, ("C1",), "It holds.", check, lambda tier: (Case(name="one", reach="dear"),))


def _proof(holds: bool) -> tuple[Law, Law]:
    def proof(subject: Subject, case: Case) -> None:
        require(holds, "found a way back into Python")

    return _law("C4", proof), _law("N1", lambda subject, case: None)


@pytest.mark.parametrize("holds", [True, False])
def test_nothing_counts_in_a_mode_that_is_not_proven(monkeypatch: pytest.MonkeyPatch, holds: bool):
    proof, other = _proof(holds)
    monkeypatch.setattr(module, "select_laws", lambda ids: (proof,))
    backend = Pretends()
    family: dict[str, Subject] = {}
    subjects = [Subject(backend, mode, family) for mode in backend.capabilities.modes]
    examination = Examination(subjects, [other], "smoke")
    assert [(law.id, subject.mode) for law, subject, _ in examination.plan()] == [
        ("N1", "eager"), ("C4", "compiled"), ("N1", "compiled")
    ]  # fmt: skip
    # Asked in the other order, the proof comes first all the same.
    results = [result for law, one, _ in reversed(examination.plan()) for result in examination.results(law, one)]
    report = Report("pretends", "smoke", tuple(results), {}, examination.planned())
    found = {(result.law, result.mode): result.status for result in results}
    assert found["N1", "eager"] == "passed"
    assert found["N1", "compiled"] == ("passed" if holds else "unproven")
    assert report.passed == holds
    if not holds:
        assert report.unproven() == ("compiled",)
        assert verdict(report) == ("1 law broken · compiled unproven · smoke", "red")
        assert "compiled unproven" in badge(report)
        assert "Mode compiled is not proven real" in markdown_page(report)
        assert '<td class="unproven' in page([report])
        message = next(result.message for result in results if result.status == "unproven")
        assert "found a way back into Python" in message


# Executed against planned


def _half(n: int, run: int) -> Report:
    results = [Result("P1", f"case {i}", f"{i}", "eager", "passed" if i < run else "not-run", "") for i in range(n)]
    return Report("numpy", "smoke", tuple(results), {})


@pytest.mark.parametrize(("run", "conclusive"), [(10, True), (6, True), (5, False), (0, False)])
def test_a_law_that_ran_less_than_its_share_is_inconclusive(run: int, conclusive: bool):
    report = _half(10, run)
    assert report.progress == (run, 10)
    assert (report.inconclusive() == ()) == conclusive
    assert report.held() == (("P1",) if conclusive else ())
    assert report.passed == (run == 10)
    assert ('<td class="inconclusive' in page([report])) != conclusive
    assert ("1 inconclusive" in verdict(report)[0]) != conclusive
    assert f"Executed {run} of 10 planned cases" in markdown_page(report)


def test_a_report_with_fewer_results_than_planned_is_truncated_whatever_its_footer_says():
    report = Report("numpy", "smoke", (Result("P1", "one", "a", "eager", "passed"),), {}, {"eager": {"P1": 2}})
    with pytest.raises(ValueError, match="fewer cases of P1 in the mode 'eager' than the 2 planned: truncated"):
        Report.from_json_lines(report.to_json_lines())
    other = replace(report, planned={"eager": {"P2": 1}})
    with pytest.raises(ValueError, match="fewer cases of P2"):
        Report.from_json_lines(other.to_json_lines())
    foot = json.loads(_half(4, 3).to_json_lines().splitlines()[-1])
    assert (foot["executed"], foot["planned"]) == (3, 4)


def test_what_follows_a_first_failure_is_in_the_report_as_not_run():
    report = check_backend(TurnsClockwise(), laws=["N1"], on_fail="first")
    counts = report.counts()
    assert counts["failed"] == 1
    assert counts["not-run"] > 1
    assert report.progress[1] == sum(counts.values())
    assert Report.from_json_lines(report.to_json_lines()).counts() == counts
    with pytest.raises(LawViolation):
        check_backend(TurnsClockwise(), laws=["G3"], on_fail="raise")


def test_what_a_session_of_pytest_did_not_reach_is_in_the_report_as_not_run():
    plan = {"eager": {"P1": 3, "P2": 2}}
    report = _whole(Report("numpy", "full", (Result("P1", "one", "a", "eager", "passed"),), {}), plan)
    assert report.progress == (1, 5)
    assert [result.status for result in report.results] == ["passed", *["not-run"] * 4]
    assert Report.from_json_lines(report.to_json_lines()) == report


# Explore


def test_what_the_grammar_makes_is_defined():
    kinds: set[str] = set()

    @seed(1)
    @settings(max_examples=600, deadline=None, database=None, suppress_health_check=list(grammar_checks()))
    @given(case=grammar.cases())
    def look(case: Case) -> None:
        augspec.normalize(augspec.loads(json.dumps(case.policy)))
        for op in case.policy["ops"]:
            kinds.update(next(iter(value)) for value in op.values() if isinstance(value, dict))

    look()
    assert {"uniform", "log_uniform", "normal", "choice", "integers", "beta"} <= kinds


@pytest.mark.parametrize("name", op_names())
def test_the_grammar_reaches_every_field_and_a_signature_of(name: str):
    seen: set[str] = set()
    fitting: list[str] = []

    @seed(1)
    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(grammar_checks()))
    @given(op=grammar.op_of_name(name).filter(lambda op: grammar.valid(document(op))))
    def look(op: dict[str, Any]) -> None:
        seen.update(op)
        fitting.extend(one for one in grammar.EXPLORED if accepts_document(document(op), one))

    look()
    fields = set(augspec.ops()[name].model_fields) - {"id"}
    assert len(fields - seen) <= len(fields) // 5, fields - seen
    assert fitting


def grammar_checks() -> Any:
    from hypothesis import HealthCheck

    return HealthCheck


def test_exploring_finds_a_fault_shrinks_it_and_says_its_seed(tmp_path: Any):
    report = explore(TurnsClockwise(), seed=10, budget=120, laws=["N1"])
    (result,) = report.failures()
    assert report.facts["seed"] == 10
    case = Case.model_validate_json(result.shrunk or result.case_json)
    assert len(case.policy["ops"]) == 1
    report.write(tmp_path)
    (path,) = (tmp_path / "failures").iterdir()
    failure = read_failure(path.read_text())
    assert replayed(failure.model_copy(update={"backend": "numpy"})).status == "passed"
    again = explore(TurnsClockwise(), seed=10, budget=120, laws=["N1"])
    assert again.failures()[0].case_json == result.case_json


def test_exploring_without_time_says_that_nothing_was_run():
    report = explore("numpy", seed=1, budget=0, laws=["N1", "P1"])
    assert report.counts()["not-run"] == 2
    assert len(report.inconclusive()) == 2
    assert not report.passed
    with pytest.raises(BadRequest, match="R1 cannot be explored"):
        explore("numpy", seed=1, laws=["R1"])


def test_in_a_population_policies_differ_and_every_op_has_its_share():
    names = op_names()
    cases = population(len(names), 5)
    assert len({json.dumps(case.policy, sort_keys=True) for case in cases}) == len(cases) == len(names)
    for name, case in zip(names, cases, strict=True):
        assert name in [op["op"] for op in case.policy["ops"]]
    population.cache_clear()
    assert population(len(names), 5) == cases


def test_a_population_finds_a_fault_and_says_what_it_asked():
    report = ask_population(TurnsClockwise(), count=60, seed=5)
    assert {result.law for result in report.failures()} == {"N1"}
    assert report.facts["policies"] == 60
    planned = report.planned["eager"]
    assert (planned["S1"], planned["P1"]) == (60, 60)
    assert 60 <= planned["N1"] <= 120  # twice where rounding has a bounded effect
    assert sum(result.mode == "eager" for result in report.results) == sum(planned.values())
    with pytest.raises(BadRequest, match="R1 cannot be explored"):
        ask_population("numpy", count=1, seed=1, laws=["R1"])
