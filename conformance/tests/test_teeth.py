"""The measurements of the suite's teeth cover what there is, say nothing bad, and are what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from augspec.cli.app import app
from augspec_conformance import calibrate, statistic
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants import graded, legal, mutants, necessity, robustness
from augspec_conformance.mutants.kept import Kept
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.page import DESIGNED, page
from augspec_conformance.runner import plan_cases, run_case
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import BUDGET, FALSE_ALARM

PAGE = Path(__file__).parents[2] / "docs" / "teeth.md"
MUTANTS = {mutant.id: mutant for mutant in mutants()}


def test_the_page_is_what_the_measurements_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_faulty_backend_of_the_design_is_there_and_thirty_others() -> None:
    numbered = {int(name[1:]) for name in MUTANTS if re.fullmatch(r"M\d+", name)}
    assert set(range(1, DESIGNED + 1)) <= numbered
    assert len(MUTANTS) >= DESIGNED + 30
    assert len(legal()) >= 12


def test_measurements_are_of_what_there_is() -> None:
    assert set(robustness.KILLS.lines()) <= set(MUTANTS)
    assert set(robustness.VARIANTS.lines()) <= {variant.id for variant in legal()}
    assert set(graded.KEPT.lines()) <= {grade.name for grade in graded.GRADES}
    assert set(necessity.KEPT.lines()) <= {law.id for law in all_laws()}


def test_the_page_names_every_mutant_and_says_of_which_nothing_was_measured() -> None:
    rows = {row.split(" | ")[0].removeprefix("| "): row for row in PAGE.read_text(encoding="utf-8").splitlines()}
    measured = robustness.KILLS.lines()
    for name in MUTANTS:
        assert ("not measured" in rows[name]) == (name not in measured), name


@pytest.mark.parametrize("name", sorted(robustness.KILLS.lines()))
def test_each_measured_mutant_was_killed_under_enough_seeds(name: str) -> None:
    line = robustness.KILLS.lines()[name]
    seeds, survived = line["seeds"], line["survived"]
    assert 0 in seeds
    assert set(survived) <= set(seeds)
    assert sum(line["laws"].values()) == len(seeds) - len(survived)
    assert set(line["laws"]) <= set(MUTANTS[name].killers)
    assert robustness.enough(MUTANTS[name], len(seeds) - len(survived), len(seeds))


def test_no_legal_variant_had_a_finding() -> None:
    for name, line in robustness.VARIANTS.lines().items():
        assert line["findings"] == {}, name
        assert line["passed"] > 0, name


def test_a_mutant_that_is_found_alone_is_expected_by_that_law() -> None:
    for name, line in necessity.KEPT.lines().items():
        if line["alone"] is not None:
            assert name in MUTANTS[line["alone"]].killers


def test_enough_is_19_of_20_and_all_for_statistics() -> None:
    plain = Mutant("M", "f", "t", "w", object, ("P1",))
    chance = Mutant("M", "f", "t", "w", object, ("R1", "P1"))
    assert robustness.enough(plain, 19, 20)
    assert not robustness.enough(plain, 18, 20)
    assert not robustness.enough(plain, 4, 5)
    assert robustness.enough(chance, 20, 20)
    assert not robustness.enough(chance, 19, 20)


def test_kills_are_kept_and_gone_on_from(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "mutants.jsonl", "mutant")
    mutant = MUTANTS["M47"]
    (_, one), *_ = robustness.measure_kills([mutant], range(1), kept=kept)
    (_, two), *_ = robustness.measure_kills([mutant], range(2), kept=kept)
    assert (one["seeds"], two["seeds"], two["survived"]) == ([0], [0, 1], [])
    assert sum(two["laws"].values()) == 2
    assert len((tmp_path / "mutants.jsonl").read_text().splitlines()) == 2
    assert list(robustness.measure_kills([mutant], range(2), kept=kept)) == [(mutant, two)]
    kept.rewrite(["M47"])
    assert kept.lines() == {"M47": two}


def test_a_broken_line_of_measurements_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mutants.jsonl"
    path.write_text('{"mutant": "M01"}\n{"law": "P1"}\n')
    with pytest.raises(ValueError, match=r"line 2 is no measurement with a 'mutant'"):
        Kept(path, "mutant").lines()


def test_necessity_finds_who_else_kills() -> None:
    law = next(law for law in all_laws() if law.id == "J5")
    assert necessity.others_that_kill(MUTANTS["M47"], law, each=1) == "G1"


def test_a_law_without_a_mutant_of_its_own_is_asked_again_on_request(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "laws.jsonl", "law")
    kept.add({"law": "J5", "alone": None, "each": 1, "shared": {}})
    law = next(law for law in all_laws() if law.id == "J5")
    assert [line["alone"] for _, line in necessity.measure([law], each=1, kept=kept)] == [None]
    assert [line["alone"] for _, line in necessity.measure([law], each=1, again=True, kept=kept)] == ["M119"]


def test_measured_rates_hold() -> None:
    for line in calibrate.KEPT.lines().values():
        assert calibrate.Rate(**{field: value for field, value in line.items() if field != "rate"}).holds, line


def test_calibrated_rates_hold_and_a_broken_test_is_seen() -> None:
    share = calibrate.TESTS[0]
    measured = list(calibrate.rates(40, levels=(1e-2,), tests=[share]))
    assert all(rate.holds for rate in measured)
    assert [rate.part for rate in measured] == list(calibrate.PARTS)
    assert measured[-1].alarms > 30 > 5 > measured[0].alarms
    deaf = calibrate.Test("deaf", lambda *_: True, share.least)
    assert not list(calibrate.rates(40, levels=(1e-2,), tests=[deaf]))[-1].holds
    nervous = calibrate.Test("nervous", lambda *_: False, share.least)
    assert not next(calibrate.rates(40, levels=(1e-2,), tests=[nervous])).holds


def test_the_false_alarms_of_a_whole_run_stay_below_one_in_a_million() -> None:
    spent = calibrate.budget()
    assert spent.tests > 300
    assert spent.alpha <= BUDGET


def test_cells_of_one_table_are_one_test() -> None:
    with statistic.spending() as spent:
        statistic.cells_hold([30, 30, 40], [0.3, 0.3, 0.4])
        statistic.share_holds(3, 10, 0.3)
    assert (spent.tests, spent.alpha) == (2, pytest.approx(2 * FALSE_ALARM))


def test_the_verbs_print_and_keep(tmp_path: Path) -> None:
    def call(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["conformance", *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "2 of 2" in call("mutants", "--mutant", "M47", "--seeds", "2", "--results", str(tmp_path))
    assert (tmp_path / "mutants.jsonl").exists()
    assert "distance of CDFs" in call("calibrate", "--runs", "10")
    wrong = CliRunner().invoke(app, ["conformance", "mutants", "--results", str(tmp_path)])
    assert wrong.exit_code == 2


@pytest.mark.parametrize("seed", [10, 13])
def test_a_condition_is_judged_by_the_samples_that_it_leaves(seed: int) -> None:
    variant = next(entry for entry in legal() if entry.id == "L04")
    law = next(law for law in all_laws() if law.id == "R9")
    subject = Subject(variant.make(), "eager", {})
    for case in plan_cases(law, subject, "smoke", seed=seed):
        assert run_case(law, subject, case).status == "passed"
