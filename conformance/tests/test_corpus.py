"""The pinned corpus: whole, append-only, small, about everything, and held by the reference."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import augspec
from augspec.language.distributions import distribution_kinds
from augspec_backends.generic.numbers import FixedNumbers
from augspec_conformance.cases.policies import document, op_names
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.corpus import FOLDER, Entry, choose, entries, families, golden, manifest
from augspec_conformance.corpus.__main__ import check
from augspec_conformance.corpus.choose import MAX_LINE
from augspec_conformance.law import Case
from augspec_conformance.laws import all_laws
from augspec_conformance.runner import check_backend, run_case
from augspec_conformance.subject import Subject, reference

J8 = next(law for law in all_laws() if law.id == "J8")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "v1"))


def test_the_corpus_is_what_was_published() -> None:
    assert check() == []


def test_there_are_three_hundred_cases_in_less_than_a_megabyte() -> None:
    assert len(entries()) >= 300
    assert sum(len(family) for family in families().values()) == len(entries())
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_000_000


def test_lines_are_short_but_for_one_that_was_published_before() -> None:
    longer = {one.case.name for one in entries().values() if len(one.line().encode()) > MAX_LINE}
    assert longer == {"op:iou_crop small-u8"}  # its draws are 40 candidates of four numbers


def test_only_short_lines_are_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "mutants", tuple)
    short = Case(name="short", policy=document({"op": "horizontal_flip"}))
    boxes = document({"op": "iou_crop", "size": [5, 5]})
    long = Case(name="long", policy=boxes, targets=("image", "boxes"))
    assert len(golden(reference(), long).line()) > MAX_LINE > len(golden(reference(), short).line())
    found = choose.choose({"ops": [short, long]}, total=2)
    assert [one.case.name for one in found.entries["ops"]] == ["short"]


def test_the_corpus_holds_every_word_of_the_language() -> None:
    text = "\n".join(one.line() for one in entries().values())
    words = [*op_names(), *distribution_kinds(), "mirror", "symmetric", "wrap", "edge", "nearest", "bicubic"]
    words += ["keypoints", "boxes", "mask", "swap_pairs", "min_visibility", "box_format", "NCHW", "eval", "training"]
    assert [word for word in words if f'"{word}"' not in text] == []
    ids = {i for one in entries().values() for i in one.case.ids or ()}
    assert max(ids) > 2**40
    assert {one.case.epoch for one in entries().values()} >= {0, 1, 2**32 - 1}


def test_lines_come_back_as_they_are() -> None:
    for family, ones in families().items():
        lines = (FOLDER / f"{family}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [one.line() for one in ones] == lines
        assert all(one.case.signature in SIGNATURES for one in ones)


def test_a_changed_line_is_found_and_nothing_is_added_then(copied: Path) -> None:
    file = copied / "ops.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines()
    changed = json.loads(lines[0])
    changed["pixels"] = "0" * 16
    file.write_text("\n".join([json.dumps(changed), *lines[1:]]) + "\n", encoding="utf-8")
    assert manifest.problems(copied) == [
        f"ops.jsonl: the first {manifest.read(copied)['ops.jsonl'][0]['lines']} lines are not those that were published"
    ]
    with pytest.raises(ValueError, match="append-only"):
        manifest.append(copied, {"ops.jsonl": ["{}"]})
    assert "{}" not in file.read_text(encoding="utf-8").splitlines()


def test_lost_and_unpublished_lines_and_files_are_found(copied: Path) -> None:
    ops, targets = copied / "ops.jsonl", copied / "targets.jsonl"
    ops.write_text("".join(ops.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    with targets.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    (copied / "extra.jsonl").write_text("{}\n", encoding="utf-8")
    (copied / "warps.jsonl").unlink()
    text = "\n".join(manifest.problems(copied))
    for part in ("ops.jsonl: the first", "targets.jsonl: 1 lines that", "extra.jsonl: not in", "warps.jsonl: in the"):
        assert part in text


def test_additions_are_kept_beside_what_was_published(copied: Path) -> None:
    before = manifest.read(copied)
    manifest.append(copied, {"ops.jsonl": ["{}"], "new.jsonl": ["{}", "[]"], "none.jsonl": []})
    after = manifest.read(copied)
    assert manifest.problems(copied) == []
    assert after["ops.jsonl"][:-1] == before["ops.jsonl"]
    assert after["new.jsonl"][0]["lines"] == 2
    assert not (copied / "none.jsonl").exists()


def test_the_reference_holds_the_corpus_at_every_tier() -> None:
    for tier, least in (("kat", len(entries()) // 2), ("smoke", 60)):
        report = check_backend("numpy", tier=tier, laws=["J8"])
        assert report.passed, report.failures()[0].message
        assert report.counts()["passed"] >= least


def test_a_change_of_everybody_at_once_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the corpus sees that the reference itself has moved: every other law compares with it."""
    one = next(one for one in entries().values() if one.case.policy["ops"][:1] and "grayscale" in one.case.name)
    subject = Subject(augspec.get_backend("numpy"), "eager")
    assert run_case(J8, subject, one.case).status == "passed"
    monkeypatch.setattr(FixedNumbers, "grey", lambda self, x: x)
    changed = run_case(J8, Subject(augspec.get_backend("numpy"), "eager"), one.case)
    assert changed.status == "failed"
    assert "the SHA-256 of image" in changed.message
    n1 = next(law for law in all_laws() if law.id == "N1")
    assert run_case(n1, Subject(augspec.get_backend("numpy"), "eager"), one.case).status == "passed"


def test_a_case_of_the_law_is_one_of_the_corpus() -> None:
    result = run_case(J8, Subject(augspec.get_backend("numpy"), "eager"), Case(name="ops/999 nothing"))
    assert result.status == "errored"
    assert "no entry" in result.message


def test_entries_are_plain_data() -> None:
    first = next(iter(entries().values()))
    assert Entry.model_validate_json(first.line()) == first
