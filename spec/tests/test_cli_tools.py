"""The verbs check, lint, diff, stats and import on the command line: what they print, and how they leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import augspec
from augspec.cli.app import app

FLIP = json.dumps({"augspec": 1, "ops": [{"op": "horizontal_flip"}]})
BAD = json.dumps({"augspec": 1, "ops": [{"op": "hue", "turns": 0.1}, {"op": "transpose"}, {"op": "gamma", "gamma": 1}]})


def call(*arguments: object, stdin: str | None = None):
    return CliRunner().invoke(app, [str(one) for one in arguments], input=stdin)


def test_check_leaves_0_or_1_with_every_problem() -> None:
    assert call("check", "-", "--shape", "3x8x9", "--layout", "nchw", stdin=FLIP).exit_code == 0
    result = call("check", "-", "--shape", "2x8x9", "--layout", "nchw", "--format", "json", stdin=BAD)
    assert result.exit_code == 1
    assert [one["path"] for one in json.loads(result.stdout)["problems"]] == ["ops[1]", "ops[0]"]
    assert "ops[0].op" in call("check", "-", stdin=FLIP.replace("horizontal", "horizont")).stdout
    assert call("check", "-", "--shape", "ax3", stdin=FLIP).exit_code == 2


def test_lint_leaves_0_unless_strict_and_takes_waivers() -> None:
    assert "W301 ops[2]" in call("lint", "-", stdin=BAD).stdout
    assert call("lint", "-", stdin=BAD).exit_code == 0
    assert call("lint", "-", "--strict", stdin=BAD).exit_code == 1
    assert call("lint", "-", "--strict", "--ignore", "W301", stdin=BAD).exit_code == 0
    assert call("lint", "-", "--ignore", "W1", stdin=BAD).exit_code == 2


def test_diff_leaves_1_where_something_differs(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(FLIP)
    assert call("diff", tmp_path / "a.json", "-", stdin=FLIP).exit_code == 0
    result = call("diff", tmp_path / "a.json", "-", stdin=BAD)
    assert result.exit_code == 1
    assert "- ops[0]" in result.stdout


def test_stats_draws_a_sheet(tmp_path: Path) -> None:
    result = call("stats", "-", "--samples", 50, "--shape", "8x8", "--plot", tmp_path / "a.png", stdin=FLIP)
    assert result.exit_code == 0
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_import_writes_a_policy_and_executes_nothing(tmp_path: Path) -> None:
    document = {"transform": {"__class_fullname__": "Compose", "p": 1.0, "transforms": [
        {"__class_fullname__": "HorizontalFlip", "p": 0.3},
        {"__class_fullname__": "os.system", "p": 1.0}]}}  # fmt: skip
    result = call("import", "-", "-o", tmp_path / "p.json", "--strict", stdin=json.dumps(document))
    assert result.exit_code == 1
    assert "unsupported  transforms[1] system" in result.stdout
    assert [op.p for op in augspec.load(tmp_path / "p.json").ops] == [0.3]
    assert call("import", "-", stdin="{}").exit_code == 1


def test_yaml_tags_are_never_followed(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    mark = tmp_path / "mark"
    evil = f"!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ['{mark}']]"
    assert call("import", "-", stdin=evil).exit_code == 1
    assert not mark.exists()
