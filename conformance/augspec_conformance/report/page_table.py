"""The page's table: laws by family × (backend, mode), with what a cell shows when pointed at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from augspec_conformance.headroom import MOST
from augspec_conformance.law import Law
from augspec_conformance.report.model import BROKEN, ENOUGH, Report
from augspec_conformance.report.page_failures import anchor, reason
from augspec_conformance.report.table import SYMBOLS, WORST_FIRST, Cell, Column, cells, columns, seconds_of

__all__ = ["NEAR", "table_section"]

_MEANINGS = {
    "passed": "every case that the backend claims holds",
    "failed": "a case breaks the law",
    "errored": "a case ended in an exception: the law could not be checked",
    "xpassed": "a case passed although a waiver says that it fails: the waiver must go",
    "inconclusive": f"less than {ENOUGH:.0%} of the planned cases were run",
    "waived": "a known failure, with its reason and its end; not passed",
    "unproven": "passed in a mode that is not what it says (C4 fails there): does not count",
    "not-run": "planned and left out: the budget was spent, or a failure came first",
    "not-claimed": "the backend does not claim what the cases ask for",
    "": "no case for this mode: some laws are asked once per backend, and slow modes are asked less",
}

_FAMILIES = {
    "P": "Purity and state",
    "K": "Keys and the plumbing of randomness",
    "B": "Batches",
    "S": "Shapes, dtypes, structure",
    "N": "Values",
    "G": "Geometry",
    "F": "Targets agree with each other",
    "R": "Distributions",
    "C": "Compiled modes",
    "J": "The document, and honesty about capabilities",
}

NEAR = 0.8
"""A share of a tolerance above which a case that holds deserves a look."""

_REASONS = 3
"""Messages in a tooltip."""

_LEGEND = (
    '<details class="key"><summary>What the signs mean</summary><dl class="legend">'
    + "".join(
        f'<div><dt class="{status or "none"}"><span aria-hidden="true">{SYMBOLS[status]}</span> '
        f"{status.replace('-', ' ') or 'not asked'}</dt><dd>{meaning}</dd></div>"
        for status, meaning in _MEANINGS.items()
    )
    + '<div><dt><span class="bar key"><i style="width:60%"></i></span></dt>'
    "<dd>headroom: the largest share of a tolerance that a case used; full is the limit, and a bar in another colour "
    f"is above {NEAR:.0%} of it</dd></div></dl>"
    "<p>Counts are cases of that status out of planned ones. Point at a cell, or open it, for more. With the keyboard: "
    "/ filters, arrows move between cells, Enter opens one, Escape closes it.</p></details>"
)


def table_section(reports: Sequence[Report], laws: Mapping[str, Law | None]) -> str:
    """Return the filters and the table of these laws."""
    heads, rows = columns(reports), cells(reports)
    groups = [
        _family(letter, [(law, laws[law], rows[law]) for law in group], heads)
        for letter, group in groupby(laws, lambda law: law[:1])
    ]
    return (
        '<section id="laws" aria-labelledby="laws-title"><h2 id="laws-title">Laws</h2>\n'
        f"{_filters(reports)}\n{_LEGEND}\n"
        f'<div class="scroll"><table>\n{_header(reports, heads, rows)}\n{"".join(groups)}</table></div>\n'
        '<p id="none" hidden>No law matches these filters.</p></section>'
    )


def _filters(reports: Sequence[Report]) -> str:
    tally = Counter(result.status for report in reports for result in report.results)
    tally["inconclusive"] = sum(len(report.inconclusive()) for report in reports)
    chips = [
        f'<button type="button" class="chip {status}" data-filter="{status}" aria-pressed="false">'
        f'<span aria-hidden="true">{SYMBOLS[status]}</span> {status.replace("-", " ")} '
        f"<b>{tally[status]:,}</b></button>"
        for status in WORST_FIRST
        if tally[status]
    ]
    boxes = [
        f'<label><input type="checkbox" data-show="{number}" checked> {escape(report.backend)}</label>'
        for number, report in enumerate(reports)
    ]
    return (
        '<form class="filters" role="search"><input type="search" id="text" '
        'placeholder="Law, word or rule (press /)" aria-label="Filter laws by text">'
        f'<div role="group" aria-label="Only laws with a case that">{"".join(chips)}</div>'
        f'<div role="group" aria-label="Backends">{"".join(boxes)}</div>'
        '<output id="shown" aria-live="polite"></output></form>'
    )


def _header(reports: Sequence[Report], heads: Sequence[Column], rows: Mapping[str, list[Cell]]) -> str:
    top, below = [], []
    for number, report in enumerate(reports):
        span = f'colspan="{len(report.modes())}" data-b="{number}"'
        top.append(f'<th class="first" scope="colgroup" {span}>{escape(report.backend)}</th>')
    for place, column in enumerate(heads):
        found = [row[place].status for row in rows.values()]
        tally = " ".join(
            f'<span class="{status}" title="{found.count(status)} laws {status.replace("-", " ")}">'
            f"{SYMBOLS[status]}{found.count(status)}</span>"
            for status in WORST_FIRST
            if found.count(status)
        )
        executed, planned = column.progress
        number = next(n for n, report in enumerate(reports) if report is column.report)
        first = ' class="first"' if column.mode == column.report.modes()[0] else ""
        mode = escape(column.mode or "any mode")
        below.append(
            f'<th scope="col"{first} data-b="{number}">{mode}<span class="tally">{tally}</span>'
            f'<span class="tally" title="planned cases that were executed">{executed:,} of {planned:,} run</span></th>'
        )
    return f'<thead><tr><th rowspan="2" scope="col">Law</th>{"".join(top)}</tr><tr>{"".join(below)}</tr></thead>'


def _family(letter: str, laws: Sequence[tuple[str, Law | None, list[Cell]]], heads: Sequence[Column]) -> str:
    title = _FAMILIES.get(letter, "Other laws")
    order: dict[int, int] = {}
    places = [order.setdefault(id(column.report), len(order)) for column in heads]
    rows = [_row(name, law, row, heads, places) for name, law, row in laws]
    return (
        f'<tbody><tr class="family"><th colspan="{len(heads) + 1}" scope="rowgroup"><span class="stay">'
        f"<b>{escape(letter)}</b> {escape(title)}</span></th></tr>\n{''.join(rows)}</tbody>\n"
    )


def _row(name: str, law: Law | None, row: Sequence[Cell], heads: Sequence[Column], places: Sequence[int]) -> str:
    if law is None:
        about = '<span class="title">a law that this version of the suite does not have</span>'
    else:
        rules = f' <span class="rules">{escape(" ".join(law.rules))}</span>'
        about = (
            f'<span class="title">{escape(law.title)}</span>{rules}<span class="sentence">{escape(law.sentence)}</span>'
        )
    data = "".join(_cell(name, cell, column, place) for cell, column, place in zip(row, heads, places, strict=True))
    return (
        f'<tr id="law-{escape(name)}"><th scope="row"><span class="id">{escape(name)}</span> {about}</th>{data}</tr>\n'
    )


def _cell(law: str, cell: Cell, column: Column, place: int) -> str:
    status = cell.status
    words = _words(cell)
    inside = f'<span><span aria-hidden="true">{SYMBOLS[status]}</span> {words}</span>'
    if cell.headroom is not None:
        near = " near" if NEAR < cell.headroom <= 1 else ""
        inside += f'<span class="bar{near}"><i style="width:{min(cell.headroom, 1):.0%}"></i></span>'
    first = " first" if column.mode == column.report.modes()[0] else ""
    data = f'data-b="{place}" data-status="{" ".join(dict.fromkeys((*cell.counts, status)))}"'
    if not cell.results:
        return (
            f'<td class="none{first}" {data} title="no case for this mode"><span aria-hidden="true">·</span>'
            '<span class="vh">not asked</span></td>'
        )
    tip = f'<div class="about" hidden>{_about(law, cell, column)}</div>'
    if status in BROKEN:
        face = f'<a class="cell" href="#{anchor(law, place, column.mode)}">{inside}</a>'
    else:
        face = f'<button type="button" class="cell">{inside}</button>'
    return f'<td class="{status}{first}" {data}>{face}{tip}</td>'


def _words(cell: Cell) -> str:
    """Return a cell's text: symbol and colour say no more than it does."""
    counts, status = cell.counts, cell.status
    if status == "not-claimed":
        return f"not claimed <small>{_cases(len(cell.results))}</small>"
    if status == "passed":
        text = f'{counts["passed"]}/{cell.planned}<span class="vh"> passed</span>'
    elif status == "inconclusive":
        text = f"{cell.ran}/{cell.planned} inconclusive"
    else:
        text = f"{counts[status]}/{cell.planned} {status.replace('-', ' ')}"
    rest = [f"{counts[other]} {other.replace('-', ' ')}" for other in WORST_FIRST if other not in (status, "passed")]
    rest = [words for words in rest if not words.startswith("0 ")]
    return text + (f"<small>+ {', '.join(rest)}</small>" if rest else "")


def _about(law: str, cell: Cell, column: Column) -> str:
    counts = ", ".join(f"{count:,} {status.replace('-', ' ')}" for status, count in cell.counts.items())
    lines = [
        f"<p><b>{escape(law)}</b> {escape(column.title)}</p>",
        f"<p>Executed {cell.ran:,} of {cell.planned:,} planned: {escape(counts)}; {seconds_of(cell.results):.2f} s</p>",
    ]
    nearest = max((r for r in cell.results if r.headroom is not None), key=lambda r: r.headroom or 0.0, default=None)
    if nearest is not None:
        lines.append(f"<p>{_used(nearest.headroom or 0.0)}, most by {escape(nearest.case)}</p>")
    said = dict.fromkeys(
        f"{result.status.replace('-', ' ')}: {reason(result)}" for result in cell.results if result.status != "passed"
    )
    lines += [f'<p class="said">{escape(text)}</p>' for text in list(said)[:_REASONS]]
    if len(said) > _REASONS:
        lines.append(f"<p>and {len(said) - _REASONS} more reasons</p>")
    return "".join(lines)


def _used(share: float) -> str:
    if share > 1:
        times = f"{share:.1f}" if share < 100 else f"{share:.0f}" if share < MOST else f"{MOST:.0f} or more"
        return f"<b>{times}</b> times the tolerance"
    percent = f"{share:.0%}" if share >= 0.01 or share == 0 else "below 1%"
    return f"<b>{percent}</b> of the tolerance used"


def _cases(number: int) -> str:
    return f"{number:,} case" if number == 1 else f"{number:,} cases"
