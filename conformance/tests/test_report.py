"""Reports: they carry everything, refuse what is not whole, and show hostile text as text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from augspec_conformance import headroom, tolerances
from augspec_conformance.failures import failure_name, read_failure
from augspec_conformance.law import Case, Law, require
from augspec_conformance.laws import all_laws
from augspec_conformance.replay import read_case, replayed
from augspec_conformance.report import STATUSES, Report, Result
from augspec_conformance.report.badge import badge
from augspec_conformance.report.folder import read, rebuild
from augspec_conformance.report.junit import junit
from augspec_conformance.report.markdown import markdown_page
from augspec_conformance.report.page import page
from augspec_conformance.runner import BadRequest, check_backend, run_case
from augspec_conformance.subject import reference

HOSTILE = "</script></pre><script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" 'too' ```` \x00\x1b[31m"
FACTS = {"numpy": "2.0", "source": "numpy", "capabilities": {"modes": ["eager"], "differentiable": False, "auto": None}}


def every_status(backend: str = "numpy", mode: str = "eager", message: str = "") -> Report:
    """Return a report in which every law has a result, and every status occurs."""
    results = []
    for number, law in enumerate(all_laws()):
        status = STATUSES[number % len(STATUSES)]
        case = Case(name=f"case {number}", mode=mode)
        text = "" if status == "passed" else case.to_json()
        said = "" if status == "passed" else f"{law.id} {law.sentence}\n  {message or 'found ' + status}"
        share = 0.25 if status == "passed" else 7.0 if status == "failed" else None
        results.append(Result(law.id, case.name, case.digest(), mode, status, said, 0.5, text, share))
    return Report(backend, "smoke", tuple(results), {**FACTS, "source": backend})


def passing(*laws: str) -> Report:
    return Report("numpy", "smoke", tuple(Result(law, "one", "abcd", "eager", "passed") for law in laws), FACTS)


class Document(HTMLParser):
    """Reads a page: tags must be balanced; ids, links, texts and attributes are kept."""

    EMPTY = ("meta", "input", "br", "link", "img")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert not self.stack, self.stack

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.EMPTY:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack, tag
        assert self.stack.pop() == tag

    def handle_data(self, data):
        tag = self.stack[-1] if self.stack else ""
        self.texts[tag] = self.texts.get(tag, "") + data

    def all(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


# JSON lines


def test_json_lines_round_trip_with_headroom():
    report = every_status(message=HOSTILE)
    assert Report.from_json_lines(report.to_json_lines()) == replace(report, planned=report.plan)
    assert {result.headroom for result in report.results} == {0.25, 7.0, None}


def test_json_lines_of_the_schema_before_headroom_are_read():
    lines = [json.loads(line) for line in passing("P1").to_json_lines().splitlines()]
    lines[0]["augspec_conformance"] = 1
    del lines[1]["headroom"]
    report = Report.from_json_lines("\n".join(map(json.dumps, lines)))
    assert report.results[0].headroom is None
    assert report.passed


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: [], "no header"),
        (lambda lines: lines[1:], "no header"),
        (lambda lines: lines[:-1], "footer is missing"),
        (lambda lines: lines[:1], "footer is missing"),
        (lambda lines: [lines[0], lines[-1]], "lines are missing"),
        (
            lambda lines: [{**lines[0], "augspec_conformance": 99}, *lines[1:]],
            "schema 99; this version reads 1 and 2",
        ),
        (lambda lines: [lines[0], {**lines[1], "status": "fine"}, lines[2]], "'fine'"),
        (lambda lines: [lines[0], {**lines[1], "colour": 1}, lines[2]], "colour"),
        (lambda lines: [lines[0], 7, lines[2]], "line 2 is no JSON object"),
    ],
    ids=("empty", "no header", "no footer", "header alone", "lines left out", "schema", "status", "field", "number"),
)
def test_what_is_no_whole_report_is_refused_with_the_reason(change, says):
    lines = [json.loads(line) for line in passing("P1").to_json_lines().splitlines()]
    with pytest.raises(ValueError, match=says):
        Report.from_json_lines("\n".join(map(json.dumps, change(lines))))
    with pytest.raises(ValueError, match="line 1 is not JSON"):
        Report.from_json_lines("{")


# Markdown, JUnit, badge


def test_markdown_shows_failures_inside_a_fence_that_they_cannot_close():
    text = markdown_page(every_status(backend="a|b <i>", message=HOSTILE))
    assert "a\\|b &lt;i>" in text
    fences = re.findall(r"^(`{3,})", text, flags=re.MULTILINE)
    assert fences
    assert all(len(fence) > 4 for fence in fences)
    assert "<details><summary>P2, eager, case 1: failed</summary>" in text


def test_junit_has_a_suite_per_backend_and_mode_with_true_counts():
    two = every_status()
    two = replace(two, results=(*two.results, *every_status(mode="compiled").results))
    root = ET.fromstring(junit([two, every_status("torch")]))
    assert [suite.get("name") for suite in root] == ["numpy eager", "numpy compiled", "torch eager"]
    for suite in root:
        cases = suite.findall("testcase")
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(attribute)) == sum(case.find(tag) is not None for case in cases) > 0
        assert int(suite.get("tests")) == len(cases) == len(all_laws())
        names = [(case.get("classname"), case.get("name")) for case in cases]
        assert len(set(names)) == len(names)
    assert int(root.get("tests")) == 3 * len(all_laws())


def test_junit_says_why_something_failed_was_waived_or_is_not_claimed():
    said = {"failed": "L. A sentence.\n  pixels differ", "not-claimed": "no float16", "waived": "known (todo, until 2)"}
    results = tuple(Result("P1", status, "abcd", "eager", status, text) for status, text in said.items())
    cases = ET.fromstring(junit([Report("mine", "kat", results, {})])).findall(".//testcase")
    found = {case.get("name").split()[0]: case[0] for case in cases}
    assert found["failed"].tag == "failure"
    assert found["failed"].get("message") == "L. A sentence. — pixels differ"
    assert found["failed"].text == said["failed"]
    assert found["not-claimed"].tag == found["waived"].tag == "skipped"
    assert found["not-claimed"].get("message") == "not claimed: no float16"
    assert found["waived"].get("message") == "waived: known (todo, until 2)"


def test_junit_survives_hostile_text():
    root = ET.fromstring(junit([every_status(backend="</x>", message=HOSTILE)]))
    assert "<script>alert(1)</script>" in root.find(".//failure").text
    assert "\x1b" not in root.find(".//failure").text


@pytest.mark.parametrize(
    ("statuses", "text", "colour"),
    [
        (("passed", "not-claimed"), "2 laws · smoke", "#1a7f37"),
        (("passed", "failed"), "1 law broken · smoke", "#b42318"),
        (("passed", "errored"), "1 law errored · smoke", "#b42318"),
        (("passed", "waived"), "1 law · 1 waived · smoke", "#8a5a00"),
        (("not-claimed", "not-claimed"), "nothing ran", "#57606a"),
    ],
)
def test_badge_says_what_was_found(statuses, text, colour):
    report = passing("P1", "P2")
    results = [replace(result, status=status) for result, status in zip(report.results, statuses, strict=True)]
    extra = (
        ()
        if statuses[1] != "not-claimed" or statuses[0] != "passed"
        else (Result("P2", "two", "b", "eager", "passed"),)
    )
    root = ET.fromstring(badge(replace(report, backend='<"&>', results=(*results, *extra))))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["augspec conformance", text]
    assert colour in [element.get("fill") for element in root.iter()]
    assert '<"&>' in root.get("aria-label")


# The page


def test_page_has_every_law_every_status_and_nothing_from_elsewhere():
    text = page([every_status(), every_status("torch", "compiled")])
    document = Document(text)
    assert document.tags.count("script") == document.tags.count("style") == 1
    assert not {"link", "img", "iframe", "object", "embed", "base"} & set(document.tags)
    assert not document.all("src")
    assert all(href.startswith("#") for href in document.all("href"))
    assert "http:" not in text
    assert "https:" not in text
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|import\(", text)
    ids = document.all("id")
    assert len(set(ids)) == len(ids)
    for law in all_laws():
        assert f"law-{law.id}" in ids
        assert law.sentence in "".join(document.texts.values())
    for status in (*STATUSES, "inconclusive"):
        # A cell of which nothing was run is inconclusive, whatever else is said of it.
        assert (f'<td class="{status} first"' in text) == (status != "not-run")
    for status in STATUSES:
        assert f'data-filter="{status}"' in text
    for word in ("✔", "✖ ", "‼", "▲", "–", "1/1 failed", "1/1<span", "not claimed", "waived", "errored"):
        assert word.strip() in text, word


def test_page_links_every_broken_cell_to_its_failure_and_replay_line():
    report = every_status()
    document = Document(page([report]))
    targets = [href.removeprefix("#") for href in document.all("href")]
    assert len(targets) == len(report.failures())
    assert set(targets) <= set(document.all("id"))
    lines = document.texts["code"]
    for result in report.failures():
        assert f"python -m augspec_conformance.replay --law {result.law} --backend numpy " in lines


def test_page_shows_headroom_cases_and_seconds():
    text = page([every_status()])
    assert "<b>25%</b> of the tolerance used, most by case 0" in text
    assert "<b>7.0</b> times the tolerance" in text
    assert "Executed 1 of 1 planned: 1 passed; 0.50 s" in text
    assert '<i style="width:25%">' in text


def test_page_keeps_hostile_text_as_text_and_lets_only_its_own_script_run():
    hostile = every_status(backend=HOSTILE, mode=HOSTILE, message=HOSTILE)
    hostile = replace(hostile, facts={HOSTILE: HOSTILE, "capabilities": {HOSTILE: [HOSTILE]}})
    results = (*hostile.results, Result(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "failed", HOSTILE, 0.0, HOSTILE))
    text = page([replace(hostile, results=results)])
    document = Document(text)
    assert document.tags.count("script") == 1
    assert "img" not in document.tags
    assert "onerror" not in {name for _, name, _ in document.attributes}
    policy = next(value for value in document.all("content") if "default-src 'none'" in value)
    digest = base64.b64encode(hashlib.sha256(document.texts["script"].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "alert" not in document.texts["script"]


def test_page_folds_what_a_wholly_broken_backend_would_flood_it_with():
    results = [
        Result(law.id, f"case {n}", f"{n}", "eager", "failed", f"{law.id}\n  wrong\n" + "x" * 9000)
        for law in all_laws()
        for n in range(40)
    ]
    text = page([Report("numpy", "full", tuple(results), FACTS)])
    assert len(text) < 4_000_000
    assert "35 more of this cell are in the JSON lines" in text
    assert f"{len(all_laws()) - 12} more laws" in text


def test_page_says_in_its_first_words_what_was_found():
    assert "All 2 laws hold" in page([passing("P1", "P2")])
    assert "of 74 laws broken" in page([every_status()]).replace(str(len(all_laws())), "74")
    assert "No law newly broken, 1 of 1 waived" in page(
        [Report("numpy", "smoke", (Result("P1", "a", "b", "eager", "waived", "known"),), FACTS)]
    )


# The folder


def test_folder_has_one_file_of_each_kind_per_backend_and_one_page_over_all(tmp_path: Path):
    every_status("torch").write(tmp_path)
    passing("P1").write(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        *(f"{backend}.{suffix}" for backend in ("numpy", "torch") for suffix in ("jsonl", "md", "xml", "svg")),
        "failures",
        "index.html",
    }
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.index(">numpy</h2>") < text.index(">torch</h2>")
    assert [report.backend for report in read(tmp_path)] == ["numpy", "torch"]
    for result in every_status("torch").failures():
        name = failure_name(every_status("torch"), result)
        assert bool(name) == (result.status != "xpassed"), "what passed has nothing to replay"
        if name:
            assert (tmp_path / name).is_file()
            assert f'href="{name}"' in text


def test_folder_forgets_the_failures_of_the_last_run_and_nobody_elses(tmp_path: Path):
    every_status("torch").write(tmp_path)
    every_status("jax").write(tmp_path)
    (tmp_path / "failures" / "notes.json").write_text("{}")
    replace(passing("P1"), backend="torch", facts={**FACTS, "source": "torch"}).write(tmp_path)
    left = [path for path in (tmp_path / "failures").iterdir() if path.name != "notes.json"]
    assert len(left) == sum(result.status != "xpassed" for result in every_status().failures())
    assert {read_failure(path.read_text()).backend for path in left} == {"jax"}
    assert (tmp_path / "failures" / "notes.json").exists()


def test_names_that_are_no_file_names_stay_in_the_folder(tmp_path: Path):
    replace(passing("P1"), backend="../a b/c").write(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert (tmp_path / "out" / "_a_b_c.jsonl").is_file()


def test_rebuilding_without_reports_or_with_half_a_report_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"no \*.jsonl"):
        rebuild(tmp_path)
    (tmp_path / "half.jsonl").write_text(passing("P1").to_json_lines()[:-40])
    with pytest.raises(ValueError, match=r"half\.jsonl"):
        rebuild(tmp_path)


def test_a_failure_file_needs_nothing_else_to_be_replayed(tmp_path: Path):
    law = next(law for law in all_laws() if law.id == "P1")
    case = law.cases("smoke")[0].with_(mode="eager")
    result = Result("P1", case.name, case.digest(), "eager", "failed", "P1\n  wrong", 0.1, case.to_json())
    Report("numpy", "smoke", (result,), FACTS).write(tmp_path)
    (path,) = (tmp_path / "failures").iterdir()
    assert re.fullmatch(r"P1-[0-9a-f]{8}\.json", path.name)
    failure = read_case(str(path))
    assert (failure.law, failure.backend, failure.case) == ("P1", "numpy", case)
    assert replayed(failure).status == "passed"


# Headroom


def test_headroom_is_the_largest_share_and_none_without_a_tolerance():
    with headroom.measured() as meter:
        assert meter.share is None
        assert headroom.within([0.1, -0.2], 1.0)
        assert headroom.within(0.5, 1.0)
        assert headroom.within(0.25, 1.0)
        assert meter.share == 0.5
        assert not headroom.within(3.0, 1.0)
        assert meter.share == 3.0
    with headroom.measured() as meter:
        assert headroom.within(0.0, 0.0)
        assert not headroom.within(1.0, 0.0)
        assert meter.share is None, "equality is no tolerance"
        assert not headroom.within(np.nan, 1.0)
        assert meter.share == headroom.MOST


def test_headroom_is_measured_by_every_comparison_of_arrays():
    with headroom.measured() as meter:
        assert tolerances.close([1.0, np.nan, np.inf], [1.5, np.nan, np.inf], 1.0).all()
        assert meter.share == 0.5
        assert not tolerances.close([np.nan], [1.0], 1.0).any()
        assert meter.share == headroom.MOST


def test_headroom_does_not_leak_between_cases():
    def checks(*distances: float):
        def check(subject, case):
            for distance in distances:
                require(headroom.within(distance, 1.0), "too far")

        return lambda: run_case(Law("X1", "x", ("C1",), "S.", check, lambda tier: ()), reference(), Case())

    with headroom.measured() as outer:
        assert [checks(*d)().headroom for d in ((0.9, 0.1), (), (0.3,), (2.0,), ())] == [0.9, None, 0.3, 2.0, None]
        assert outer.share is None
    headroom.spend(0.7, 1.0)  # outside of a case: nothing to note it in


def test_an_object_that_is_no_backend_is_refused_before_anything_runs():
    with pytest.raises(BadRequest, match="it has no `name`, no `capabilities`, no `compile`"):
        check_backend(object())


def test_headroom_of_the_reference_stays_below_its_tolerances():
    report = check_backend("numpy", laws=["N10", "R1", "P4"])
    shares = {result.law: result.headroom for result in report.results if result.headroom is not None}
    assert set(shares) == {"N10", "R1"}
    assert all(0 <= (result.headroom or 0) <= 1 for result in report.results)
