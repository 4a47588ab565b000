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
    assert "unsupported  transforms[1] system: nothing (no op is known to stand for it)\n" in result.stdout
    assert "exact        transforms[0] HorizontalFlip: horizontal_flip\n" in result.stdout
    assert [op.p for op in augspec.load(tmp_path / "p.json").ops] == [0.3]
    assert call("import", "-", stdin="{}").exit_code == 1


def test_yaml_tags_are_never_followed(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    mark = tmp_path / "mark"
    evil = f"!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ['{mark}']]"
    assert call("import", "-", stdin=evil).exit_code == 1
    assert not mark.exists()


def test_check_prints_each_problem_with_what_stands_there_and_what_may() -> None:
    for shape, code in (("8x8", 0), ("3x8x8", 0), ("2×3x8x8", 0), ("8", 2), ("1x2x3x8x8x8", 2), ("2x3.5x8", 2)):
        result = call("check", "-", "--shape", shape, "--layout", "nchw", stdin=FLIP)
        assert result.exit_code == code, shape
    assert "fine, nothing is in the way of a run" in call("check", "-", stdin=FLIP).stdout
    one = call("check", "-", "--value-range", 1, 0, stdin=FLIP).stdout
    assert "1 problem\n" in one
    for line in ("value_range", "got      1, 0", "allowed  a pair of finite numbers, the lower one first"):
        assert line in one
    two = call("check", "-", "--shape", "8x9x2", "--backend", "nump", "--dtype", "uint9", stdin=BAD).stdout
    assert "4 problems" in two
    assert "fix      Did you mean" in two


def test_lint_counts_its_warnings() -> None:
    counted = {
        FLIP: "no warning",
        json.dumps({"augspec": 1, "ops": [{"op": "one_of", "ops": [{"op": "invert"}]}]}): "1 warning",
    }
    counted[json.dumps({"augspec": 1, "ops": [{"op": "rotate", "degrees": 3, "p": 0}] * 2})] = "2 warnings"
    for text, count in counted.items():
        result = call("lint", "-", stdin=text)
        assert result.output.rstrip().endswith(f": {count}")
    found = json.loads(call("lint", "-", "--format", "json", "--target", "keypoints:xy", stdin=FLIP).stdout)
    assert [one["id"] for one in found] == ["W401"]
    assert call("lint", "-", "--class", "left hand", "--strict", stdin=FLIP).exit_code == 1


def test_diff_prints_hashes_changes_and_streams(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(FLIP)
    same = call("diff", tmp_path / "a.json", "-", stdin=FLIP).stdout
    assert "equal: the same samples" in same
    assert same.splitlines()[0].endswith(augspec.loads(FLIP).canonical_hash()[:12])
    text = call("diff", tmp_path / "a.json", "-", stdin=FLIP.replace("}", ', "p": 0.25}', 1)).stdout
    assert "0.5 → 0.25" in text
    assert "same words, another distribution" in text
    found = json.loads(call("diff", tmp_path / "a.json", "-", "--format", "json", stdin=BAD).stdout)
    assert found["equal"] is False
    assert call("diff", "-", "-", stdin=FLIP).exit_code == 2


def test_import_takes_white_and_gives_all_as_json(tmp_path: Path) -> None:
    pad = {"transform": {"__class_fullname__": "Pad", "padding": 1, "fill": 51, "border_mode": 0, "p": 1.0}}
    found = json.loads(call("import", "-", "--format", "json", stdin=json.dumps(pad)).stdout)
    assert found["policy"]["ops"] == [{"op": "pad", "top": 1, "right": 1, "bottom": 1, "left": 1, "fill": 0.2}]
    assert [(row["path"], row["status"], row["ops"]) for row in found["rows"]] == [("transform", "exact", ["pad"])]
    assert "`eval` was added" in found["notes"][0]
    pad["transform"]["fill"] = 0.5
    assert '"fill": 0.5' in call("import", "-", "--white", 1, stdin=json.dumps(pad)).stdout
    (tmp_path / "there.json").write_text("{}")
    assert call("import", "-", "-o", tmp_path / "there.json", stdin=json.dumps(pad)).exit_code == 2


def test_stats_tells_rates_and_ranges() -> None:
    text = json.dumps(
        {"augspec": 1, "ops": [{"op": "rotate", "degrees": {"choice": [0, 9]}, "p": 1}, {"op": "invert", "p": 0}]}
    )
    out = call("stats", "-", "--samples", 64, "--shape", "8x8", stdin=text).stdout
    assert "applied to 100.0 %, " in out
    assert "of all with parameters that change nothing" in out
    (line,) = [line for line in out.splitlines() if "invert" in line]
    assert line.endswith("applied to 0.0 %")
    assert "sample/rotate#0/degrees  mean" in out
    assert "images of 8×8, followed on 64 samples" in out
    for wrong in (("--shape", "3x8x8"), ("--shape", "0x8"), ("--plot", "a.jpg")):
        assert call("stats", "-", *wrong, stdin=FLIP).exit_code == 2


def test_presets_are_listed_and_shown() -> None:
    known = augspec.presets()
    found = json.loads(call("presets", "--format", "json").stdout)
    assert [one["name"] for one in found] == list(known)
    listed = call("presets").stdout.splitlines()
    assert len(listed) >= 2 * len(known)
    one = json.loads(call("presets", "simclr/v1", "--format", "json").stdout)
    assert one["ops"] == json.loads(known["simclr/v1"].ops)
    shown = call("presets", "simclr/v1").stdout
    assert [json.loads(line) for line in shown.splitlines() if line.startswith("{")] == one["ops"]
    assert call("presets", "simclr/v2").exit_code == 2


def test_import_of_what_is_neither_a_file_nor_a_string_of_timm() -> None:
    result = call("import", "4x")
    assert result.exit_code == 2
    assert "4x is no file, and no string of timm that is known" in " ".join(result.stderr.replace("│", " ").split())
