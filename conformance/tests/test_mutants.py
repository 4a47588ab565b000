"""The suite has teeth: it finds every faulty backend by an expected law, and accepts every legal one."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from augspec_conformance.laws import all_laws
from augspec_conformance.mutants import Mutant, legal, mutants, sanity
from augspec_conformance.mutants.robustness import findings, known_kill
from augspec_conformance.mutants.run import kill_matrix, markdown, restored, try_mutant
from augspec_conformance.runner import check_backend


def _name(mutant: Mutant) -> str:
    return f"{mutant.id}-{re.sub(r'[^a-z0-9]+', '-', mutant.title.lower())}"


@pytest.mark.parametrize("mutant", mutants(), ids=_name)
def test_expected_law_kills(mutant: Mutant) -> None:
    row = try_mutant(mutant, first=known_kill(mutant))
    if row.missing:
        pytest.skip(row.missing)
    assert row.killed, f"{mutant.id} survived {', '.join(mutant.killers)} ({mutant.title}); errored: {row.errored}"


@pytest.mark.parametrize("variant", legal(), ids=_name)
def test_legal_backend_has_no_findings(variant: Mutant) -> None:
    # A case of every law, another one for each variant; over the run seeds all of them (docs/teeth.md), as does
    # `augspec conformance run --backend module:Variant`.
    passed, wrong = findings(variant, 0, each=1)
    assert not wrong, "\n".join(wrong[:3])
    assert passed > len(all_laws()) // 4  # a backend that claims less is asked less


def test_reference_has_no_findings_under_another_run_seed() -> None:
    # The pinned cases are asked by the laws' own tests, all of them.
    report = check_backend("numpy", tier="smoke", seed=1)
    assert not report.failures(), "\n".join(result.message for result in report.failures()[:3])
    assert report.passed


@pytest.mark.parametrize("backend", sanity(), ids=_name)
def test_backends_that_do_nothing_right_fail(backend: Mutant) -> None:
    # Laws that look at pixels against something: a constant result is pure, batched and of the right shape.
    laws = ("N1", "N10", "G1", "G3", "G4", "G8", "F1", "S8")
    with restored():
        report = check_backend(backend.make(), tier="smoke", laws=laws, on_fail="first")
    found = {result.law for result in report.failures()}
    assert found >= {"N1", "G3", "G4"}
    assert len(found) >= len(laws) - 2, found


def test_ids_are_unique_and_killers_are_laws_of_the_suite() -> None:
    counts = Counter(mutant.id for mutant in (*mutants(), *legal(), *sanity()))
    assert [name for name, count in counts.items() if count > 1] == []
    known = {law.id for law in all_laws()}
    assert {mutant.id for mutant in mutants() if not known & set(mutant.killers)} == set()


def test_matrix_names_survivors_and_what_did_not_run() -> None:
    healthy = legal()[0]
    survivor = Mutant("M00", "none", "is no mutant", "nothing", healthy.make, ("K2",))
    absent = Mutant("M00b", "none", "needs a framework", "nothing", healthy.make, ("K2",), base="no_such_framework")
    table = markdown(kill_matrix([survivor, absent]))
    assert "| **survived** |" in table
    assert "no_such_framework is not installed" in table
