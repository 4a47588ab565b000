"""The table of distances: measured anew it is the one in the docs, and every distance is within its reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import augspec
from augspec_conformance.distances import LIBRARIES, Missing, measure_reference, pairs, results
from augspec_conformance.distances.__main__ import main
from augspec_conformance.distances.bounds import POSITION32
from augspec_conformance.distances.page import page
from augspec_conformance.distances.pair import Library
from augspec_conformance.distances.pairs import ELSEWISE

DOCS = Path(__file__).parents[2] / "docs"
RECORDED = results.read(DOCS / "accuracy.json")
NEAR = 1e-3
"""Levels by which the same versions may differ on another machine: float32 sums in another order."""
NEARS = {pair.name: POSITION32 if "positions" in pair.reason else NEAR for pair in pairs()}
"""By comparison: places that are summed in another order are other places, by up to what the reason gives."""


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda one: one.name)
def test_the_oracle_is_within_the_reason_of(library: Library) -> None:
    found = results.measured(library)
    if "missing" in found:
        pytest.skip(found["missing"])
    document = {**RECORDED, "libraries": {**RECORDED["libraries"], library.name: found}}
    assert results.beyond(document) == []
    assert sorted(found["pairs"]) == sorted(pair.name for pair in pairs() if pair.library is library)
    recorded = RECORDED["libraries"][library.name]
    if found["version"] == recorded.get("version"):
        for name, images in found["pairs"].items():
            for image, distance in images.items():
                assert distance == pytest.approx(recorded["pairs"][name][image], abs=NEARS[name]), (name, image)


@pytest.mark.parametrize("op", ["brightness_scale", "gaussian_blur", "resize"])
def test_our_own_distance_is_the_recorded_one(op: str) -> None:
    for variant, distance in measure_reference(op).items():
        recorded = RECORDED["reference"][op][variant]
        assert [distance.largest, distance.mean] == pytest.approx(recorded, abs=NEAR), variant


def test_what_is_recorded_is_whole_and_within_its_reasons() -> None:
    assert results.beyond(RECORDED) == []
    assert set(RECORDED["libraries"]) == {library.name for library in LIBRARIES}
    assert [name for name, count in Counter(pair.name for pair in pairs()).items() if count > 1] == []
    for pair in pairs():
        assert pair.name in RECORDED["libraries"][pair.library.name]["pairs"], pair.name


def test_every_op_stands_beside_a_library_or_says_why_not() -> None:
    compared = {pair.op["op"] for pair in pairs()}
    own = {name for name in augspec.ops() if "." not in name}  # what other packages register is theirs to compare
    missing = own - compared - set(ELSEWISE)
    assert missing == set(), (
        "write a pair in augspec_conformance.distances, or a line with the reason in pairs.ELSEWISE"
    )
    assert compared & set(ELSEWISE) == set()
    assert set(ELSEWISE) <= own


def test_the_page_has_each_op_with_its_libraries_or_the_reason() -> None:
    text = page(RECORDED)
    assert all(f"\n| [{pair.op['op']}](#{pair.op['op']}) |" in text for pair in pairs())
    assert all(f"- `{op}`: {reason}." in text for op, reason in ELSEWISE.items())
    assert "no library has been put beside it yet" not in text


def test_reasons_are_not_generous() -> None:
    # A reason that explains five times what is measured explains nothing.
    used: dict[tuple[str, str], float] = {}
    for pair in pairs():
        row = RECORDED["libraries"][pair.library.name]["pairs"][pair.name]
        if pair.dtype == "uint8" and pair.bound:
            key = pair.library.name, pair.call
            worst = max(largest for largest, _ in row.values())
            used[key] = max(used.get(key, 0.0), worst / pair.bound)
    assert {key: share for key, share in used.items() if share < 0.2} == {}


def test_the_page_is_what_the_results_say() -> None:
    assert (DOCS / "accuracy.md").read_text(encoding="utf-8") == page(RECORDED)


def test_the_page_names_what_is_missing_and_what_has_no_library() -> None:
    absent: dict[str, Any] = {"missing": "SciPy is not installed: No module named 'scipy'"}
    changed = {
        **RECORDED,
        "libraries": {**RECORDED["libraries"], "SciPy": absent},
        "reference": {**RECORDED["reference"], "brand_new": {"": [0.5, 0.25]}},
    }
    text = page(changed)
    assert "- SciPy: not measured. SciPy is not installed" in text
    assert "| SciPy `" not in text
    assert "- `brand_new`: no library has been put beside it yet." in text


def test_a_missing_library_is_said_to_be_missing() -> None:
    absent = Library("nothing", "no_such_module", ("no-such-distribution",))
    with pytest.raises(Missing, match="nothing is not installed"):
        absent.load()
    assert "nothing is not installed" in results.of_library(absent)["missing"]
    assert absent.version() == ""
    with pytest.raises(ValueError, match="known are SciPy"):
        results.library("nothing")


def test_a_distance_beyond_its_reason_fails_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pair = next(pair for pair in pairs() if pair.dtype == "uint8")
    spoiled = results.read(DOCS / "accuracy.json")
    spoiled["libraries"][pair.library.name]["pairs"][pair.name]["noise"][0] = pair.bound + 0.01
    spoiled["reference"]["rotate"][""][1] = 0.31
    results.write(tmp_path / "accuracy.json", spoiled["libraries"], spoiled["reference"])
    assert main([str(tmp_path), "--page"]) == 1
    said = capsys.readouterr().out
    assert pair.name in said
    assert "rotate : " in said
    results.write(tmp_path / "accuracy.json", RECORDED["libraries"], RECORDED["reference"])
    assert main([str(tmp_path), "--page"]) == 0
