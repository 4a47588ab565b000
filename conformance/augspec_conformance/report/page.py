"""One static HTML page over the reports of several backends; it loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from augspec_conformance.law import Law
from augspec_conformance.laws import all_laws
from augspec_conformance.report.badge import verdict
from augspec_conformance.report.model import STATUSES, Report
from augspec_conformance.report.page_failures import failures_section
from augspec_conformance.report.page_table import table_section
from augspec_conformance.report.table import SYMBOLS, columns, laws_of, seconds_of

__all__ = ["page"]

_DOCUMENT = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>augspec conformance</h1>
{head}
</header>
<main>
{main}
</main>
<footer>
<p>Written by <code>augspec conformance</code>; the same in JSON lines, JUnit and Markdown lies beside it.</p>
</footer>
<div id="tip" role="tooltip" hidden></div>
<dialog id="detail" aria-labelledby="detail-title"><form method="dialog"><h2 id="detail-title"></h2>
<button aria-label="Close">✕</button></form><div id="detail-body"></div></dialog>
<script>
{script}</script>
</body>
</html>
"""

_APART = ("capabilities", "source")
"""Facts that are no versions."""


def page(reports: Sequence[Report], *, folder: Path | None = None) -> str:
    """Return the page.

    Args:
        reports: one per backend, in the order of the columns.
        folder: where the page will lie; failures found there as files are linked.
    """
    laws = {law.id: law for law in all_laws()}
    style, script = _asset("page.css"), _asset("page.js")
    # Only this very script may run: whatever a stranger's message holds, it stays text.
    digest = base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode()
    word, sentence = _verdict(reports)
    return _DOCUMENT.format(
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'",
        title=escape(f"{SYMBOLS[word]} {sentence} · augspec conformance"),
        style=style,
        head=_head(reports, word, sentence),
        main="\n".join(
            (_cards(reports), failures_section(reports, laws, folder), table_section(reports, _known(reports, laws)))
        ),
        script=script,
    )


def _asset(name: str) -> str:
    return files("augspec_conformance.report").joinpath(name).read_text(encoding="utf-8")


def _known(reports: Sequence[Report], laws: Mapping[str, Law]) -> dict[str, Law | None]:
    """Return the laws with a result; those of another version of the suite have no law here."""
    return {law: laws.get(law) for law in laws_of(reports)}


def _verdict(reports: Sequence[Report]) -> tuple[str, str]:
    """Return the worst status, and what the reports come to in one sentence."""
    total = len(laws_of(reports))
    found = {status: {law for report in reports for law in report.laws(status)} for status in STATUSES}
    if found["failed"]:
        return "failed", f"{len(found['failed'])} of {_count(total, 'law')} broken"
    if found["errored"]:
        return "errored", f"{len(found['errored'])} of {_count(total, 'law')} could not be checked"
    if found["xpassed"]:
        return "xpassed", f"{len(found['xpassed'])} of {_count(total, 'law')} waived in vain"
    if found["waived"]:
        return "waived", f"No law newly broken, {len(found['waived'])} of {total} waived"
    cut = {law for report in reports for _, law in report.inconclusive()}
    if cut:
        return "inconclusive", f"No law broken, {len(cut)} of {total} inconclusive"
    if found["passed"]:
        rest = total - len(found["passed"])
        return "passed", f"All {_count(len(found['passed']), 'law')} hold" + (f", {rest} not claimed" if rest else "")
    return "not-claimed", "Nothing was executed"


def _head(reports: Sequence[Report], word: str, sentence: str) -> str:
    results = [result for report in reports for result in report.results]
    tiers = " and ".join(dict.fromkeys(report.tier for report in reports))
    spans = [_count(len(reports), "backend"), _count(len(columns(reports)), "mode"), f"tier {tiers}"]
    progress = [report.progress for report in reports]
    executed, planned = sum(done for done, _ in progress), sum(all_of_it for _, all_of_it in progress)
    spans += [f"executed {executed:,} of {planned:,} planned cases", f"{seconds_of(results):,.0f} s"]
    return (
        f'<p class="verdict {word}"><span aria-hidden="true">{SYMBOLS[word]}</span> {escape(sentence)}</p>\n'
        f'<p class="facts">{escape(" · ".join(spans))}</p>'
    )


def _cards(reports: Sequence[Report]) -> str:
    return '<section class="cards" aria-label="Backends">\n' + "\n".join(map(_card, reports)) + "\n</section>"


def _card(report: Report) -> str:
    text, colour = verdict(report)
    word = {"green": "passed", "amber": "waived", "grey": "not-claimed"}.get(colour, "failed")
    counts = [
        f'<li class="{status if count else "not-claimed"}"><b>{count:,}</b> {status.replace("-", " ")}</li>'
        for status, count in report.counts().items()
        if count or status in ("passed", "failed")
    ]
    versions = [
        str(value) if name == "system" else f"{name} {value}"
        for name, value in report.facts.items()
        if name not in _APART
    ]
    capabilities = report.facts.get("capabilities")
    source = "" if report.source == report.backend else f'<p class="facts"><code>{escape(report.source)}</code></p>\n'
    executed, planned = report.progress
    return (
        f'<article class="card"><h2>{escape(report.backend)}</h2>\n'
        f'<p class="state {word}"><span aria-hidden="true">{SYMBOLS[word]}</span> {escape(text)}</p>\n'
        f'{source}<p class="run">Executed <b>{executed:,}</b> of {planned:,} planned cases'
        f'<progress value="{executed}" max="{max(planned, 1)}"></progress></p>\n'
        f"<ul>{''.join(counts)}</ul>\n"
        f'<p class="facts">{escape(" · ".join(versions))}</p>\n'
        f"{_capabilities(capabilities) if isinstance(capabilities, dict) else ''}</article>"
    )


def _capabilities(capabilities: Mapping[str, Any]) -> str:
    rows = [f"<dt>{escape(str(name))}</dt><dd>{escape(_plain(value))}</dd>" for name, value in capabilities.items()]
    return f"<details><summary>Capabilities</summary><dl>{''.join(rows)}</dl></details>"


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: "not said"}[value]
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
