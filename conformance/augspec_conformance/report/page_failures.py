"""The page's failures: what broke, in full, with the line that replays it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from augspec_conformance.failures import failure_name, replay_file_line
from augspec_conformance.law import Case, Law, replay_line
from augspec_conformance.report.model import BROKEN, Report, Result
from augspec_conformance.report.table import Cell, Column, cells, columns

__all__ = ["anchor", "failures_section", "reason"]

_TEXTS = 5
"""Failures of a cell that are shown in full: a backend that is wrong everywhere must not make a page of megabytes."""

_OPEN = 12
"""Laws in the list; more are folded, so that the table stays near."""

_LONGEST = 6000
"""Characters of one failure's text on the page; the JSON lines hold all."""


def anchor(law: str, backend: int, mode: str) -> str:
    """Return the id of a cell's failures."""
    return re.sub(r"[^\w-]", "_", f"failure-{law}-{backend}-{mode}")


def reason(result: Result) -> str:
    """Return what was found, in one line: a failure's text starts with the law's sentence, an exception ends it."""
    lines = [line.strip() for line in result.message.splitlines() if line.strip()]
    if not lines:
        return result.case
    if result.status == "failed":
        return lines[min(1, len(lines) - 1)]
    if result.status == "errored":
        return next((line for line in reversed(lines) if not line.startswith("replay:")), "")
    return lines[0]


def failures_section(reports: Sequence[Report], laws: Mapping[str, Law], folder: Path | None) -> str:
    """Return what failed or errored, by law; empty if nothing did."""
    heads = columns(reports)
    broken = {
        law: [(column, cell) for column, cell in zip(heads, row, strict=True) if cell.status in BROKEN]
        for law, row in cells(reports).items()
    }
    broken = {law: found for law, found in broken.items() if found}
    if not broken:
        return ""
    parts = [_law(name, laws.get(name), found, reports, folder) for name, found in broken.items()]
    return (
        '<section id="failures" aria-labelledby="failures-title">'
        f'<h2 id="failures-title">What failed <span class="count">{len(parts)}</span></h2>\n'
        '<p class="facts">Lines that replay a file are for the folder of this page.</p>\n'
        + "\n".join(parts[:_OPEN])
        + (f'<details class="more"><summary>{len(parts) - _OPEN} more laws</summary>' if parts[_OPEN:] else "")
        + "\n".join(parts[_OPEN:])
        + ("</details>" if parts[_OPEN:] else "")
        + "\n</section>"
    )


def _law(
    name: str,
    law: Law | None,
    found: Sequence[tuple[Column, Cell]],
    reports: Sequence[Report],
    folder: Path | None,
) -> str:
    where = ", ".join(f"{column.title}: {_wrong(cell)}" for column, cell in found)
    first = next(r for _, cell in found for r in cell.results if r.status in BROKEN)
    title = f"<span>{escape(law.title)}</span>" if law else ""
    sentence = f'<p class="sentence">{escape(law.sentence)}</p>' if law else ""
    body = "".join(_column(name, column, cell, reports, folder) for column, cell in found)
    return (
        f'<details class="law"><summary><b>{escape(name)}</b> {title} <span class="where">{escape(where)}</span>'
        f'<span class="why">{escape(reason(first))}</span></summary>\n{sentence}{body}</details>'
    )


def _column(law: str, column: Column, cell: Cell, reports: Sequence[Report], folder: Path | None) -> str:
    place = next(number for number, report in enumerate(reports) if report is column.report)
    wrong = [result for result in cell.results if result.status in BROKEN]
    shown = "".join(_failure(result, column.report, folder) for result in wrong[:_TEXTS])
    rest = len(wrong) - _TEXTS
    more = f'<p class="facts">{rest} more of this cell are in the JSON lines.</p>' if rest > 0 else ""
    return (
        f'<div class="failures" id="{anchor(law, place, column.mode)}"><h3>{escape(column.title)}: '
        f"{_wrong(cell)}</h3>{shown}{more}</div>"
    )


def _wrong(cell: Cell) -> str:
    bad = " and ".join(f"{cell.counts[word]} {word}" for word in BROKEN if cell.counts[word])
    return f"{bad} of {cell.planned} planned"


def _failure(result: Result, report: Report, folder: Path | None) -> str:
    text = result.message if len(result.message) <= _LONGEST else result.message[:_LONGEST] + " …"
    body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("replay: python"))
    name = failure_name(report, result)
    there = bool(name) and folder is not None and (folder / name).is_file()
    file = f' <a href="{escape(name)}">{escape(name)}</a>' if there else ""
    replay = _replay(result, report, name if there else "")
    return (
        f'<div class="failure"><h4>{escape(result.case or result.digest)} <span class="facts">{escape(result.status)}, '
        f"{result.seconds:.2f} s</span>{file}</h4><pre>{escape(body)}</pre>{replay}</div>"
    )


def _replay(result: Result, report: Report, file: str) -> str:
    if file:
        line = replay_file_line(Path(file), report.source)
    elif result.case_json:
        try:
            case = Case.model_validate_json(result.shrunk or result.case_json)
        except ValueError:
            return '<p class="facts">A case of another version of the suite: it cannot be replayed with this one.</p>'
        line = replay_line(result.law, case, report.source)
    else:
        return ""
    return (
        f'<div class="replay"><code>{escape(line)}</code><button type="button" class="copy">Copy replay line</button>'
        "</div>"
    )
