"""`python -m source_mutation cover | run | show ID | page`."""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with threads cannot be forked

from source_mutation import checks as kept
from source_mutation.cover import collected, cover_laws, cover_tests
from source_mutation.page import PAGE, page, read_verdicts
from source_mutation.plain import tests_of
from source_mutation.results import FILE, Row, add, read_rows
from source_mutation.targets import ROOT, Mutant, Target, changes_of, compiled, mutants_of, targets
from source_mutation.trial import KILLED, forked, judge, warm

_CLEAN = 10
"""Without a change, one check of so many is run; `cover` has run every one of them."""


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; 1 if a phase did not end as it must."""
    parser = argparse.ArgumentParser(prog="python -m source_mutation", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    record = verbs.add_parser("cover", help="record which check runs which lines")
    record.add_argument("--tests", nargs="+", metavar="FILE[::NAME]", help="of these tests alone; all else is kept")
    record.add_argument("--laws", nargs="*", metavar="LAW", help="of these laws alone, or of all; all else is kept")
    verbs.add_parser("phases", help="without a change all checks pass; with every function raising, some fail")
    run = verbs.add_parser("run", help="try the changes that have no result yet")
    run.add_argument("--only", nargs="+", default=[""], metavar="TEXT", help="files whose path holds one of the TEXTs")
    run.add_argument("--ids", nargs="+", metavar="ID", help="these changes alone")
    run.add_argument("--again", action="store_true", help="those that survived and may be killed, instead")
    run.add_argument("--seconds", type=float, default=4.0, help="how long the checks of one change took when recorded")
    run.add_argument("--checks", nargs="+", metavar="TEXT", help="ask those whose names hold TEXT; only kills are kept")
    run.add_argument("--minutes", type=float, default=1e6, help="stop after so long")
    verbs.add_parser("page", help=f"write {PAGE.relative_to(ROOT)}")
    given = parser.parse_args(arguments)
    if given.verb == "page":
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    warm()
    gc.freeze()
    if given.verb == "cover":
        return _cover(given.tests, given.laws)
    checks = kept.read()
    if given.verb == "phases":
        return _phases(checks)
    return _run(checks, given)


def _cover(tests: list[str] | None, laws: list[str] | None) -> int:
    """Record laws, then one file of tests after the other; each is kept as soon as it is done."""
    if laws is not None:
        found = collected(_said(partial(cover_laws, only=laws)))
        others = [check for check in kept.read().all if not check.law or (laws and check.law not in laws)]
        kept.write(kept.Checks((*found.all, *others), found.at_import))
        return 0
    if tests is None:
        kept.write(collected(_said(cover_laws)))
    for part in tests or kept.TESTS:
        found = collected([{"at_import": {}}, *_said(partial(cover_tests, tests=part))])
        old = kept.read()
        others = tuple(check for check in old.all if not check.name.startswith(part))
        kept.write(kept.Checks((*others, *found.all), old.at_import))
        print(f"{part}: {len(found.all)} tests", flush=True)
    return 0


def _said(work: Any) -> list[Any]:
    said, end = forked(work, limited=False)
    broken = "".join(one["broken"] for one in said if "broken" in one)
    if broken or end:
        raise SystemExit(f"{broken}{end}")
    return said


def _phases(checks: kept.Checks) -> int:
    """Try no change at all, on both roads, and every function raising, file by file."""
    plain = {target.module: _code(target, forced=False) for target in targets()}
    some = checks.all[::_CLEAN]
    broken = [found for anew in (True, False) if (found := judge(plain, some, anew=anew))["status"] != "survived"]
    print(f"unchanged, {len(some)} checks on each road: {broken or 'all pass'}", flush=True)
    row: dict[str, Any] = {"clean": len(some), "broken": len(broken), "forced": 0, "unseen": []}
    for target in targets():
        if not mutants_of(target):
            continue
        asked = sorted((check for check in checks.all if target.name in check.lines), key=lambda check: check.seconds)
        found = judge({target.module: _code(target, forced=True)}, asked[:40] or checks.all[:40], anew=not asked)
        row["forced"] += 1
        if found["status"] not in (KILLED, "stillborn"):
            row["unseen"].append(target.name)
            print(f"every function of {target.name} raising: {found}", flush=True)
    FILE.with_name("phases.json").write_text(json.dumps(row) + "\n", encoding="utf-8")
    print(row)
    return 1 if broken or row["unseen"] else 0


def _code(target: Target, *, forced: bool) -> CodeType:
    """Return a module as it is, or with every function raising."""
    tree = ast.parse(target.path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in functions if forced else ():
        node.body = ast.parse("raise AssertionError('forced')").body
    if forced and not functions:
        tree.body += ast.parse("raise AssertionError('forced')").body
    return compile(ast.fix_missing_locations(tree), str(target.path), "exec")


def _run(checks: kept.Checks, given: argparse.Namespace) -> int:
    rows = read_rows()
    settled = {name for name, one in read_verdicts().items() if one.verdict == "equivalent"}
    todo = [
        (rank, mutant)
        for target in targets()
        if any(text in target.name for text in given.only)
        for rank, mutant in enumerate((changes_of if given.again or given.ids else mutants_of)(target))
        if (mutant.id in given.ids if given.ids else mutant.id not in settled)
        if (rows[mutant.id].survived and given.again if mutant.id in rows else not given.again)
    ]
    todo.sort(key=lambda one: one[0] // 2)  # a few of every file first: whenever it is stopped, the score is of all
    end = time.monotonic() + 60 * given.minutes
    for number, (_, mutant) in enumerate(todo):
        if time.monotonic() > end:
            break
        asked = (
            [one for name in given.checks for one in _named(checks, name)]
            if given.checks
            else checks.of(mutant, seconds=given.seconds)
        )
        row = _judged(checks, mutant, asked)
        if not (given.checks and row.survived):
            add(row)
        print(f"{number + 1}/{len(todo)} {row.status} {row.title()} {row.by}", flush=True)
    return 0


def _named(checks: kept.Checks, name: str) -> list[kept.Check]:
    """Return the checks whose names begin so; tests need not be recorded for that."""
    if "::" in name:
        tests = tests_of(name.partition("::")[0])
        return [kept.Check(test, "", "", 0.0, {}) for test in tests if test.startswith(name)]
    return [check for check in checks.all if check.name.startswith(name)]


def _judged(checks: kept.Checks, mutant: Mutant, asked: list[kept.Check]) -> Row:
    start = time.monotonic()
    anew = not mutant.edit.called or checks.imports(mutant)
    found = judge({mutant.target.module: compiled(mutant)}, asked, anew=anew) if asked else {"status": "unreached"}
    return Row.of(mutant, found, round(time.monotonic() - start, 2))


if __name__ == "__main__":
    sys.path[:] = [folder for folder in sys.path if Path(folder) != Path(__file__).parent]
    sys.exit(main())
