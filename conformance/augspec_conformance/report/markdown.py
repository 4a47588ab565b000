"""Markdown: the table for a pull request or a step summary, and what failed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from augspec_conformance.report.model import ENOUGH, Report
from augspec_conformance.report.table import cells, columns

__all__ = ["markdown_page", "markdown_table"]

_SHOWN = 20
"""Failure texts in one document: step summaries are cut off at a size, and JSON lines hold all of them."""


def markdown_table(reports: Sequence[Report]) -> str:
    """Return a table of laws × (backend, mode): passed cases out of planned ones, or the word for it."""
    titles = [_plain(column.title) for column in columns(reports)]
    lines = ["| law | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    lines += [f"| {_plain(law)} | " + " | ".join(c.text for c in row) + " |" for law, row in cells(reports).items()]
    return "\n".join(lines) + "\n"


def markdown_page(report: Report) -> str:
    """Return one backend's report: totals, the table, and the texts of the first failures."""
    totals = ", ".join(f"{count} {status}" for status, count in report.counts().items() if count)
    executed, planned = report.progress
    parts = [f"## augspec conformance: {_plain(report.backend)}, tier {report.tier}"]
    parts.append(f"Executed {executed} of {planned} planned cases: {totals}.")
    parts += [f"Mode {_plain(mode)} is not proven real: nothing counts in it." for mode in report.unproven()]
    if cut := report.inconclusive():
        pairs = ", ".join(f"{law} ({_plain(mode)})" for mode, law in cut)
        parts.append(f"Inconclusive, run in less than {ENOUGH:.0%} of the plan: {pairs}.")
    parts.append(markdown_table([report]).rstrip())
    failures = report.failures()
    for result in failures[:_SHOWN]:
        summary = f"{result.law}, {result.mode}, {result.case or result.digest}: {result.status}"
        fence = "`" * (2 + max((len(run) for run in re.findall("`+", result.message)), default=1))
        body = f"{fence}text\n{result.message}\n{fence}"
        parts.append(f"<details><summary>{_plain(summary)}</summary>\n\n{body}\n\n</details>")
    if len(failures) > _SHOWN:
        parts.append(f"{len(failures) - _SHOWN} more failures are in the JSON lines.")
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Return a name that ends no cell and opens no tag."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")
