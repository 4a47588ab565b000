"""The run seed: it reaches every law but the published ones, is said everywhere, and leaves no trace."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from augspec.cli.app import app
from augspec_conformance import check_backend, parametrize_laws
from augspec_conformance.law import Law
from augspec_conformance.laws import all_laws
from augspec_conformance.planning import cases_under
from augspec_conformance.report import Report
from augspec_conformance.runner import plan_cases, select_laws
from augspec_conformance.seeds import read_seed, reseeded
from augspec_conformance.subject import reference

LAWS = all_laws()


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_seed_0_is_what_the_law_wrote_and_others_are_not(law: Law) -> None:
    written, other, third = (cases_under(law, "smoke", seed) for seed in (0, 1, 2))
    assert written == law.cases("smoke")
    if law.pinned:
        assert written == other == third
        return
    for before, after in zip(written, other, strict=True):
        assert before.key != after.key
        assert before.probe_seed != after.probe_seed
        same = ("name", "policy", "signature", "probe", "layout", "targets", "context", "reach")
        assert all(getattr(before, name) == getattr(after, name) for name in same)
    assert all(one.key != another.key for one, another in zip(other, third, strict=True))


def test_only_published_vectors_are_pinned() -> None:
    assert [law.id for law in LAWS if law.pinned] == ["K5", "J8"]


def test_ids_of_the_catalogue_vary_and_those_of_a_law_stay() -> None:
    law = select_laws(["B1"])[0]
    case = law.cases("smoke")[0]
    assert reseeded(law, case, 1).ids != case.ids
    chosen = case.with_(ids=(7, 70_001))
    assert reseeded(law, chosen, 1).ids == (7, 70_001)


def test_a_seed_leaves_no_trace() -> None:
    before = tuple(plan_cases(LAWS[0], reference(), "smoke"))
    report = check_backend("numpy", laws=["P1"], seed=5)
    assert report.facts["seed"] == 5
    assert {result.digest for result in report.results}.isdisjoint(case.digest() for case in before)
    assert tuple(plan_cases(LAWS[0], reference(), "smoke")) == before
    assert check_backend("numpy", laws=["P1"]).facts["seed"] == 0


def test_parameters_take_a_seed() -> None:
    checks = parametrize_laws("numpy", laws=["P1"], seed=5).args[1]
    assert [check.examination.seed for check in checks] == [5]
    checks[0]()


@pytest.mark.parametrize("text", ["-1", "4294967296", "1.5", "rand", "", "²"])
def test_what_is_no_seed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a number"):
        read_seed(text)


def test_random_is_another_one_each_time() -> None:
    assert len({read_seed("random") for _ in range(8)}) > 1
    assert read_seed("7") == 7


def test_the_command_says_its_seed(tmp_path) -> None:
    arguments = ["conformance", "run", "--backend", "numpy", "--law", "P1", "--tier", "smoke", "--report", tmp_path]
    result = CliRunner().invoke(app, [*map(str, arguments), "--seed", "random"])
    assert result.exit_code == 0, result.output
    seed = Report.from_json_lines((tmp_path / "numpy.jsonl").read_text()).facts["seed"]
    assert f"The run seed is {seed}" in result.output
    assert CliRunner().invoke(app, [*map(str, arguments), "--seed", "never"]).exit_code == 2


def test_the_plugin_says_its_seed() -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "--pyargs", "augspec_conformance.tests"]
    options = ["--augspec-backend", "numpy", "--augspec-tier", "kat", "-k", "K5", "--augspec-seed"]
    run = [subprocess.run([*command, *options, seed], check=False, capture_output=True, text=True) for seed in "9x"]
    assert run[0].returncode == 0, run[0].stdout
    assert "tier kat, seed 9" in run[0].stdout
    assert run[1].returncode == 4
    assert "--augspec-seed: the run seed 'x'" in run[1].stderr
