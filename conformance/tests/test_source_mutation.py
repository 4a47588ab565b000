"""The tool that changes the source: its edits, its sample, its verdicts, and the page that stands in docs/."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1]


def tool(module: str) -> Any:
    """Import a module of the tool; its folder comes last on the path, so that the suite under test stays itself."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return importlib.import_module(f"source_mutation.{module}")


def changed(source: str) -> dict[str, set[str]]:
    """Return what each change of a piece of source gives, by kind."""
    operators, tree = tool("operators"), ast.parse(source)
    found: dict[str, set[str]] = {}
    for edit in operators.edits(tree):
        with operators.applied(edit):
            found.setdefault(edit.kind, set()).add(ast.unparse(tree))
    assert ast.unparse(tree) == ast.unparse(ast.parse(source))  # nothing is left of them
    return found


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("a < b", "compare", {"a <= b", "a >= b"}),
        ("a >> 8", "arithmetic", {"a << 8"}),
        ("x = 3", "constant", {"x = 4", "x = 2"}),
        ("x = True", "constant", {"x = False"}),
        ("a and b", "boolean", {"a or b"}),
        ("not a", "boolean", {"a"}),
        ("-a", "sign", {"a"}),
        ("f(a, k=b)", "call", {"a"}),
        ("f(a, k=b)", "option", {"f(a)"}),
        ("xp.minimum(a, b)", "name", {"xp.maximum(a, b)"}),
        ("def f():\n    return a", "return", {"def f():\n    return None"}),
        ("f(a)", "drop", {"pass"}),
        ("if a:\n    b", "condition", {"if not a:\n    b"}),
        ("for i in a:\n    break", "loop", {"for i in a:\n    continue"}),
    ],
)
def test_each_kind_of_change(source: str, kind: str, expected: set[str]) -> None:
    assert changed(source)[kind] == expected


def test_what_is_no_behaviour_is_left_alone() -> None:
    source = '''
"""Text with 3."""
__all__ = ["a"]
assert a < 3
def f(a: int) -> "3":
    raise ValueError(f"{1 + a}")
'''
    assert set(changed(source)) == {"drop"}  # the error itself


def test_constraints_in_annotations_are_behaviour() -> None:
    assert "a: Annotated[int, Field(ge=2)]" in changed("a: Annotated[int, Field(ge=1)]")["constant"]


def test_the_sample_covers_every_file_and_follows_from_the_source() -> None:
    targets = tool("targets")
    files = list(targets.targets())
    samples = {target.name: targets.mutants_of(target) for target in files}
    ids = [mutant.id for sample in samples.values() for mutant in sample]
    assert len(set(ids)) == len(ids)
    assert {target.folder for target in files} == set(targets.FOLDERS)
    for target in files:
        possible = sum(1 for _ in tool("operators").edits(ast.parse(target.path.read_text(encoding="utf-8"))))
        assert len(samples[target.name]) == min(possible, target.count), target.name
    again = [mutant.id for target in files for mutant in targets.changes_of.__wrapped__(target)[: target.count]]
    assert again == ids


def test_every_verdict_is_on_a_survivor_and_the_page_is_what_they_give() -> None:
    page, results = tool("page"), tool("results")
    verdicts = page.read_verdicts()
    _, stale = page.untriaged(results.read_rows(), verdicts)
    assert stale == []
    without, _ = page.untriaged(page.standing(), verdicts)
    assert ("Survivors without a verdict yet" in page.page()) == bool(without)
    assert page.PAGE.read_text(encoding="utf-8") == page.page()


def test_a_result_counts_while_the_source_allows_its_change(monkeypatch: pytest.MonkeyPatch) -> None:
    page, results, targets = tool("page"), tool("results"), tool("targets")
    change = targets.changes_of(next(targets.targets()))[0]
    row = results.Row(change.id, change.target.name, change.target.folder, 1, "", "constant", "1", "2", "killed")
    gone = results.Row(**{**vars(row), "id": "no such change"})
    monkeypatch.setattr(page, "read_rows", lambda: {one.id: one for one in (row, gone)})
    assert page.standing() == {change.id: row}


def test_tests_of_the_files_own_name_are_asked_first() -> None:
    checks, targets = tool("checks"), tool("targets")
    change = next(m for t in targets.targets() if t.name == "spec/augspec/sides.py" for m in targets.changes_of(t))
    lines = {change.target.name: frozenset(range(*change.edit.lines)) | {change.edit.lines[0]}}
    laws = [checks.Check(f"N{n} 0", f"N{n}", "{}", 1.0, lines) for n in range(1, 9)]
    tests = [checks.Check(f"spec/tests/test_{name}.py::test_a[0]", "", "", 1.0, lines) for name in ("load", "sides")]
    asked = checks.Checks((*laws, *tests), {}).of(change, seconds=3.0)
    assert "spec/tests/test_sides.py::test_a[0]" in [check.name for check in asked]
    assert len(asked) == 3


def test_a_timeout_is_no_kill() -> None:
    page, results = tool("page"), tool("results")
    one = results.Row("a", "f.py", "f", 1, "", "constant", "1", "2", "killed")
    rows = [one, *(results.Row(**{**vars(one), "id": s, "status": s}) for s in ("survived", "timeout", "stillborn"))]
    assert page.score(rows) == "50.0 %"
    assert page.score(rows, equivalent=1) == "100.0 %"
