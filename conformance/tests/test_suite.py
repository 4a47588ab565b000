"""The suite about itself: laws have cases, every op is asked, reports are whole, statistics see what they say."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

import augspec
from augspec_conformance import statistic, tolerances
from augspec_conformance.cases.catalogue import ALL_TARGETS
from augspec_conformance.cases.policies import DEAR, MIXES, op_document, op_names, policy, policy_names
from augspec_conformance.cases.probes import PROBES, image_of, sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import MAX_CASE_BYTES, Case, Law, LawViolation, require_equal, stable_seed
from augspec_conformance.laws import all_laws
from augspec_conformance.report import STATUSES, Report, Result, markdown_table
from augspec_conformance.runner import check_backend, plan_cases, run_case, select_laws
from augspec_conformance.subject import Subject, reference

LAWS = all_laws()
BY_ID = {law.id: law for law in LAWS}


def test_law_ids_are_unique_and_sorted_into_families():
    assert len(BY_ID) == len(LAWS)
    assert {law.id[0] for law in LAWS} == set("PKBSNGFRCJ")


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_every_law_cites_rules_and_has_cases(law):
    assert law.rules
    assert law.sentence.endswith(".")
    for tier in set(law.tiers) - {"kat"}:
        cases = law.cases(tier)
        assert cases, tier
        assert all(len(case.to_json().encode()) <= MAX_CASE_BYTES for case in cases)
        assert all(case.signature in SIGNATURES and case.probe in PROBES for case in cases)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_cases_are_the_same_every_time_and_for_everybody(law):
    assert law.cases("full") == law.cases("full")
    once = [case.digest() + case.name for case in law.cases("full")]
    assert len(set(once)) == len(once), "a case twice"


def test_a_case_is_small_json_and_comes_back():
    case = BY_ID["N1"].cases("smoke")[3]
    assert Case.model_validate_json(case.to_json()) == case
    with pytest.raises(ValueError, match="at most"):
        Case(context={"text": "x" * 3000})


def test_every_op_is_asked_for_every_promise():
    for law_id in ("P1", "P3", "K1", "S1", "S2", "N1", "C1", "K8", "B2"):
        assert set(op_names()) <= _asked(law_id), law_id


def test_every_op_is_alone_in_its_batch_or_says_whom_it_mixes():
    mixing = {name for name in op_names() if augspec.ops()[name].across}
    assert mixing
    assert set(op_names()) - mixing <= _asked("B1")
    assert mixing == _asked("B9")


def _asked(law_id):
    return {op["op"] for case in BY_ID[law_id].cases("smoke") for op in case.policy["ops"]}


def test_every_op_is_asked_in_compiled_modes_at_tier_full():
    for law_id in ("N1", "C1", "P1"):
        asked = {op["op"] for case in BY_ID[law_id].cases("full") if case.reach != "eager" for op in case.policy["ops"]}
        assert set(op_names()) <= asked, law_id


def test_policies_are_lopsided_and_valid():
    for name in policy_names(with_variants=True):
        augspec.loads(__import__("json").dumps(policy(name)))
        for op in policy(name)["ops"]:
            assert op.get("p", 1) != 0.5, name
            for value in op.values():
                if isinstance(value, dict) and "uniform" in value:
                    low, high = value["uniform"]
                    assert low != -high, name


def test_dear_policies_exist_and_are_few():
    assert set(DEAR) <= set(policy_names())
    assert len(DEAR) <= 8


def test_a_new_op_would_be_covered_without_a_change():
    for name in op_names():
        assert op_document(name)["op"] == name


@pytest.mark.parametrize("probe", sorted(set(PROBES) - {"nan_at", "inf_at"}))
def test_samples_of_a_batch_differ(probe):
    image = image_of(probe, "medium-u8", 3)
    for other in image[1:]:
        assert (other != image[0]).any()


def test_probes_are_reproducible():
    case = Case(targets=ALL_TARGETS, probe="blobs", probe_seed=9)
    first, second = sample_of(case), sample_of(case)
    for name, value in first.items():
        require_equal(second[name], value, name)


def test_a_violation_says_law_case_difference_and_replay():
    def check(subject, case):
        require_equal([1, 2, 3], [1, 5, 3], "numbers")

    law = Law("X1", "x", ("C1",), "Numbers are numbers.", check, lambda tier: (Case(name="one"),))
    result = run_case(law, reference(), Case(name="one"))
    assert result.status == "failed"
    for text in (
        "X1 Numbers are numbers.",
        "first difference at (1,)",
        "expected 5, got 2",
        "replay: python -m",
        "case one",
    ):
        assert text in result.message


def test_an_exception_is_an_error_and_no_violation():
    def check(subject, case):
        raise RuntimeError("boom")

    result = run_case(Law("X2", "x", ("C1",), "S.", check, lambda tier: ()), reference(), Case())
    assert result.status == "errored"
    assert "boom" in result.message


def test_reports_round_trip_and_truncated_ones_are_refused():
    results = tuple(Result("P1", f"case {n}", "abcd", "eager", status) for n, status in enumerate(STATUSES))
    report = Report("numpy", "smoke", results, {"numpy": "2"})
    text = report.to_json_lines()
    assert Report.from_json_lines(text) == replace(report, planned=report.plan)
    assert not report.passed
    assert report.counts() == dict.fromkeys(STATUSES, 1)
    lines = text.splitlines(keepends=True)
    for wrong in ("".join(lines[:-1]), "".join(lines[:2] + lines[3:]), ""):
        with pytest.raises((ValueError, KeyError)):
            Report.from_json_lines(wrong)
    words = "1 failed, 1 errored, 1 xpassed, 1 waived, 1 unproven, 1 not run, 1 not claimed"
    assert f"| P1 | 1/8, {words} |" in markdown_table([report])


def test_nothing_executed_is_an_error():
    with pytest.raises(ValueError, match="not one case"):
        check_backend("numpy", laws=["C1"])
    with pytest.raises(ValueError, match="unknown laws"):
        select_laws(["P1", "Z9"])
    with pytest.raises(ValueError, match="claims the modes"):
        check_backend("numpy", modes=["compiled"], laws=["P1"])


def test_a_violation_is_collected_or_raised():
    class Changing:
        def __init__(self, inner):
            self.inner, self.name, self.capabilities = inner, "changing", inner.capabilities

        def compile(self, policy, **options):
            augmenter = self.inner.compile(policy, **options)

            class Wrapped:
                policy = augmenter.policy

                def __call__(self, key, sample, index=None, **more):
                    out = augmenter(key, sample, index, **more)
                    sample["image"][...] = 0
                    return out

            return Wrapped()

    backend = Changing(augspec.get_backend("numpy"))
    report = check_backend(backend, laws=["P1"])
    assert report.violated() == ("P1",)
    with pytest.raises(LawViolation, match="the input changed"):
        check_backend(backend, laws=["P1"], on_fail="raise")


def test_dear_modes_get_few_policies():
    class Dear(Subject):
        def __init__(self):
            super().__init__(augspec.get_backend("numpy"), "eager")
            self.cost = "dear"

    subject = Dear()
    found = {
        (__import__("json").dumps(case.policy), case.signature)
        for law in LAWS
        for case in plan_cases(law, subject, "full")
        if law.scope == "modes" and case.policy["ops"]
    }
    assert 4 <= len(found) <= 17


@pytest.mark.parametrize("p", [0.02, 0.3, 0.5, 0.85])
def test_power_shares_of_the_declared_discrepancy_are_seen(p):
    assert statistic.share_least_discrepancy(tolerances.DRAWS, p) <= tolerances.LEAST_SHARE


def test_power_distances_of_the_declared_size_are_seen():
    assert statistic.cdf_least_discrepancy(tolerances.DRAWS) <= tolerances.LEAST_CDF


@pytest.mark.parametrize("p", [0.0, 0.02, 0.3, 1.0])
def test_statistics_accept_what_is_right_and_refuse_what_is_not(p):
    n = tolerances.DRAWS
    assert statistic.share_holds(round(n * p), n, p)
    assert not statistic.share_holds(round(n * (p + 0.05 if p < 0.5 else p - 0.05)), n, p)


def test_the_budget_of_a_run_is_kept():
    # A thousand tests of a backend at 1e-9 are one false alarm in a million runs.
    assert tolerances.FALSE_ALARM * 1024 <= 1.1e-6


def test_seeds_depend_on_their_parts_alone():
    assert stable_seed("P1", "a") == stable_seed("P1", "a") != stable_seed("P1", "b")


def test_the_plugin_imports_nothing_heavy():
    code = (
        "import sys, augspec_conformance.plugin\n"
        "heavy = {'numpy', 'pydantic', 'hypothesis', 'torch', 'jax', 'tensorflow', 'augspec'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_mixes_hold_every_combinator():
    ops = {op["op"] for mix in MIXES.values() for op in mix["ops"]}
    assert {"one_of", "some_of", "random_order", "sequence"} <= ops
