"""`augspec conformance`: exit codes, what is written, and that the verb costs nothing until it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

import augspec_conformance.cli as verbs
from augspec.cli.app import app
from augspec_conformance import replay
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants import mutants
from augspec_conformance.report import Report
from augspec_conformance.waivers import Waiver, read_waivers

BACKENDS = '''
"""A backend that is right, one that writes into its input, and one that takes its process along."""

import os

from augspec_backends.numpy.backend import Backend


class Right(Backend):
    name = "right"


class Writes(Backend):
    name = "writes"

    def compile(self, policy, **options):
        return Writing(super().compile(policy, **options))


class Writing:
    def __init__(self, inner):
        self.inner, self.policy = inner, inner.policy

    def __call__(self, key, sample, index=None, **more):
        out = self.inner(key, sample, index, **more)
        sample["image"][...] = 0
        return out


class Dies(Backend):
    name = "dies"

    def compile(self, policy, **options):
        os.abort()
'''
WAIVER = """
[[waiver]]
law = "P1"
reason = "writes into its input"
until = "augspec>=99"
witness = '{"policy": {"augspec": 1, "ops": [{"op": "rotate", "degrees": 20}]}}'
kind = "todo"
backend = "writes"
case = "op:rotate small-u8"
raises = "the input changed"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("third")
    (path / "third_party_backends.py").write_text(BACKENDS)
    (path / "waivers.toml").write_text(WAIVER)
    return path


@pytest.fixture(autouse=True)
def importable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["conformance", *(str(argument) for argument in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def run(backend: str, *arguments: object) -> Result:
    return call("run", "--backend", f"third_party_backends:{backend}", "--tier", "smoke", *arguments)


def test_run_leaves_with_0_if_all_passed_and_writes_the_report(tmp_path: Path):
    result = run("Right", "--law", "P1", "--law", "N10", "--report", tmp_path)
    assert result.exit_code == 0, result.output
    assert "right: 2 laws · smoke" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "index.html", "right.jsonl", "right.md", "right.svg", "right.xml"
    ]  # fmt: skip
    report = Report.from_json_lines((tmp_path / "right.jsonl").read_text())
    assert report.violated() == ()
    assert {result.law for result in report.results} == {"P1", "N10"}


def test_run_leaves_with_1_if_a_law_is_broken_and_replays_from_the_file_alone(tmp_path: Path):
    result = run("Writes", "--law", "P1", "--report", tmp_path)
    assert result.exit_code == 1
    assert "the input changed" in result.stdout
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("  replay: ")]
    assert line.startswith(f"  replay: augspec conformance replay {tmp_path}/failures/P1-")
    assert line.endswith(" --backend third_party_backends:Writes")
    assert "writes: 1 law broken" in result.stdout
    path = next((tmp_path / "failures").glob("P1-*.json"))
    again = call("replay", path)
    assert again.exit_code == 1
    assert again.stdout.startswith("failed\nP1 A call changes no input")
    assert call("replay", path, "--backend", "third_party_backends:Right").exit_code == 0
    assert call("replay", path, "--backend", "numpy", "--law", "S1").stdout.strip() == "passed"


def test_explore_says_its_seed_and_leaves_a_file_per_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    options = ("--tier", "explore", "--law", "P1", "--seed", "3", "--budget", "1")
    result = call("run", "--backend", "third_party_backends:Writes", *options)
    assert result.exit_code == 1
    assert "explore: --seed 3 --budget 1" in result.output
    (path,) = (tmp_path / "failures").glob("P1-*.json")
    assert f"replay: augspec conformance replay failures/{path.name}" in result.stdout
    assert call("replay", path).exit_code == 1
    assert call("replay", path, "--backend", "numpy").exit_code == 0


def test_replay_takes_a_case_as_json_and_says_what_is_missing(tmp_path: Path):
    case = next(law for law in all_laws() if law.id == "P1").cases("smoke")[0].to_json()
    assert call("replay", case, "--law", "P1", "--backend", "numpy").exit_code == 0
    for arguments, says in (
        ((case,), "say --law and --backend"),
        ((case, "--law", "P1"), "say --backend"),
        ((case, "--law", "Z1", "--backend", "numpy"), "unknown laws Z1"),
        ((case, "--law", "P1", "--backend", "nothing"), "no such backend"),
        (("{", "--law", "P1"), "not JSON"),
        (("[1]",), "No such file"),
        (('{"case": {"probe_seed": -1}, "law": "P1", "backend": "numpy"}',), "probe_seed"),
        ((tmp_path / "none.json",), "No such file"),
    ):
        result = call("replay", *arguments)
        assert result.exit_code == 2, arguments
        assert says in result.output, result.output


def test_replay_without_the_command_line_takes_the_same(capsys: pytest.CaptureFixture[str]):
    case = next(law for law in all_laws() if law.id == "P1").cases("smoke")[0]
    whole = json.dumps({"law": "P1", "backend": "third_party_backends:Writes", "case": json.loads(case.to_json())})
    assert replay.main([whole]) == 1
    assert capsys.readouterr().out.startswith("failed\nP1 ")
    assert replay.main(["--law", "P1", "--backend", "numpy", case.to_json()]) == 0
    with pytest.raises(SystemExit) as caught:
        replay.main([case.to_json()])
    assert caught.value.code == 2
    assert "say --law and --backend" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "--law", "Z9"), "unknown laws Z9"),
        (("run", "--tier", "huge"), "kat, smoke, full, stat, stress, explore"),
        (("run", "--backend", "cupy"), "no such backend"),
        (("run", "--backend", "json:nothing"), "has no 'nothing'"),
        (("run", "--backend", "json:dumps"), "is no backend: it has no name"),
        (("run", "--backend", "numpy", "--mode", "compiled", "--law", "P1"), "claims the modes eager"),
        (("run", "--backend", "numpy", "--law", "C1", "--tier", "smoke"), "not one case was executed"),
        (("run", "--backend", "numpy", "--waivers", "none.toml"), "none.toml"),
        (("run", "--tier", "smoke", "--budget", "1"), "only the tier explore has a budget"),
        (("run", "--tier", "full", "--policies", "1"), "or a number of policies"),
        (("run", "--tier", "explore", "--policies", "1", "--budget", "1"), "say one"),
        (("run", "--tier", "explore", "--waivers", "none.toml"), "looks for what nobody knows yet"),
        (("run", "--backend", "numpy", "--tier", "explore", "--law", "R1"), "R1 cannot be explored"),
        (("mutants", "--family", "geometri"), "Did you mean 'geometry'?"),
        (("mutants", "--mutant", "M0"), "no mutant M0"),
        (("report", "nowhere"), "no *.jsonl"),
        (("fly",), "No such command"),
    ],
)
def test_wrong_usage_leaves_with_2_and_says_what_is_allowed(arguments: tuple[str, ...], says: str):
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert says in " ".join(result.output.replace("│", " ").split())


def test_waived_is_neither_passed_nor_broken_and_an_unused_waiver_is_an_error():
    waived = run("Writes", "--law", "P1", "--waivers", "waivers.toml", "--report", "out")
    assert waived.exit_code == 1, "the waiver names one case of many"
    report = Report.from_json_lines(Path("out/writes.jsonl").read_text())
    assert [result.case for result in report.results if result.status == "waived"] == ["op:rotate small-u8"]
    assert report.counts()["failed"] > 1
    other = Path("other.toml")
    other.write_text(WAIVER.replace('backend = "writes"\n', ""))
    unused = run("Right", "--law", "P1", "--waivers", other)
    assert unused.exit_code == 1
    assert "its witness passed: the failure is gone" in unused.stdout
    assert run("Right", "--law", "P1", "--waivers", "waivers.toml").exit_code == 0, "another backend's waiver"


def test_waivers_are_read_and_refused_with_the_reason(tmp_path: Path):
    path = tmp_path / "w.toml"
    path.write_text(WAIVER)
    (waiver,) = read_waivers(path)
    assert waiver == Waiver(
        "P1",
        "writes into its input",
        "augspec>=99",
        '{"policy": {"augspec": 1, "ops": [{"op": "rotate", "degrees": 20}]}}',
        "todo",
        "writes",
        case="op:rotate small-u8",
        raises="the input changed",
    )
    for change, says in (
        (('"todo"', '"later"'), "kind 'later'; there are unsupported, todo, upstream, never"),
        (('reason = "writes into its input"', ""), "says no reason"),
        (("until", "til"), "unknown key 'til'"),
        (("augspec>=99", "next year"), "waiver 1: until 'next year' is no requirement"),
        (("augspec>=99", "augspec"), "names no version"),
        (('"P1"', "1"), "no string"),
        (("[[waiver]]", "[[waivers]]"), "must hold tables"),
        (("[[waiver]]", "[[waiver"), "not TOML"),
    ):
        path.write_text(WAIVER.replace(*change))
        with pytest.raises(ValueError, match=says.replace("[", r"\[")):
            read_waivers(path)


def test_several_backends_run_apart_and_one_that_dies_is_no_silence(tmp_path: Path):
    names = [part for name in ("Dies", "Right") for part in ("--backend", f"third_party_backends:{name}")]
    command = [sys.executable, "-m", "augspec_conformance.cli", "run", *names, "--law", "P1", "--tier", "smoke"]
    done = subprocess.run([*command, "--report", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the process of third_party_backends:Dies ended by signal" in done.stderr
    assert "right: 1 law · smoke" in done.stdout
    assert "/tmp" not in done.stderr.replace(str(tmp_path), "")
    assert (tmp_path / "index.html").is_file()


def test_report_rebuilds_the_page(tmp_path: Path):
    run("Right", "--law", "P1", "--report", tmp_path)
    page = (tmp_path / "index.html").read_text()
    (tmp_path / "index.html").unlink()
    result = call("report", tmp_path)
    assert result.exit_code == 0
    assert result.stdout.strip() == str(tmp_path / "index.html")
    assert (tmp_path / "index.html").read_text() == page


def test_laws_are_listed_as_text_and_as_json():
    text = call("laws").stdout
    listed: list[dict[str, Any]] = json.loads(call("laws", "--format", "json").stdout)
    assert [entry["id"] for entry in listed] == [law.id for law in all_laws()]
    assert set(listed[0]) == {"id", "title", "rules", "sentence", "scope"}
    for law in all_laws():
        assert law.sentence in text
        assert law.title in text


def test_mutants_prints_the_kill_matrix_and_leaves_with_1_if_one_survives(monkeypatch: pytest.MonkeyPatch):
    killed = call("mutants", "--mutant", "M47")
    assert killed.exit_code == 0
    assert "1 killed, 0 survived, 0 not run: 1" in killed.stdout
    from dataclasses import replace

    import augspec_conformance.mutants as package
    from augspec_backends.numpy.backend import Backend

    mutant = next(mutant for mutant in mutants() if mutant.id == "M47")
    healthy, absent = replace(mutant, make=Backend), replace(mutant, base="no_such_framework")
    monkeypatch.setattr(package, "mutants", lambda: (healthy, absent))
    survived = call("mutants", "--family", "geometry")
    assert survived.exit_code == 1
    assert "SURVIVED" in survived.stdout
    assert "0 killed, 1 survived, 1 not run: 2" in survived.stdout
    monkeypatch.setattr(package, "mutants", lambda: (absent,))
    assert call("mutants").exit_code == 2, "nothing ran"


def test_without_the_extra_the_install_line_is_printed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(verbs, "find_spec", lambda name: None if name == "hypothesis" else object())
    result = call("laws")
    assert result.exit_code == 2
    assert 'pip install "augspec[conformance]"' in result.output


def test_the_suite_is_imported_only_when_the_verb_is_used():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from augspec.cli.app import app\n"
        "assert 'conformance' in CliRunner().invoke(app, ['--help']).stdout\n"
        "assert CliRunner().invoke(app, ['ops', 'rotate']).exit_code == 0\n"
        "print([name for name in sys.modules if name.startswith('augspec_conformance')])\n"
        "CliRunner().invoke(app, ['conformance', '--help'])\n"
        "print('augspec_conformance.cli' in sys.modules, 'augspec_conformance.runner' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True False"]


@pytest.mark.parametrize("workers", [0, 2])
def test_pytest_writes_the_same_report(tmp_path: Path, workers: int):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "-q", "-c", root / "pyproject.toml", "--rootdir", root]
    command += [root / "conformance/tests/test_laws.py", "-p", "no:cacheprovider", "-k", "P1- or P1] or N10]"]
    command += ["--backend", "third_party_backends:Writes", "--tier", "smoke", "--report", tmp_path / "out"]
    command += ["--waivers", "waivers.toml"]
    if workers:
        pytest.importorskip("xdist", reason="pytest-xdist shares the tests out")
        command += ["-n", str(workers)]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the report is in" in done.stdout
    report = Report.from_json_lines((tmp_path / "out" / "writes.jsonl").read_text())
    assert report.source == "third_party_backends:Writes"
    assert report.violated() == ("P1",)
    assert {result.law for result in report.results} == {"P1", "N10"}
    assert [result.case for result in report.results if result.status == "waived"] == ["op:rotate small-u8"]
    assert report.progress[0] == report.progress[1] == sum(result.kind == "case" for result in report.results)
    assert any(result.case == "search" for result in report.failures()), "what the search finds is in the report"
    assert list((tmp_path / "out" / "failures").glob("P1-*.json"))
