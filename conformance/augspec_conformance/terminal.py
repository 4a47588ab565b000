"""Reports and progress on a terminal: results on standard output, progress on standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from augspec.cli import talk
from augspec_conformance.failures import failure_name, replay_file_line
from augspec_conformance.report.badge import verdict
from augspec_conformance.report.model import BROKEN, Report, Result
from augspec_conformance.report.table import SYMBOLS, Cell, cells, columns, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from augspec_conformance.mutants.run import Row

__all__ = ["bar", "show_matrix", "show_reports"]

_STYLES = {
    "failed": "bold red",
    "errored": "bold red",
    "xpassed": "bold red",
    "inconclusive": "yellow",
    "waived": "yellow",
    "unproven": "yellow",
    "passed": "green",
    "not-run": "dim",
    "not-claimed": "dim",
}
_TEXTS = 5
"""Failures that are shown in full, one per law: the report has all of them."""


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar on standard error while it is a terminal; call what it gives with done, planned and a word."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = talk.console(stderr=True)
    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*parts, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title)

        def step(done: int, planned: int, word: str) -> None:
            progress.update(task, completed=done, total=planned, description=f"{title} {word}".strip())

        yield step


def show_reports(reports: Sequence[Report], titles: dict[str, str], folder: Path | None = None) -> None:
    """Print the table of laws, the first failure of each broken law, and one line per backend.

    Args:
        reports: one per backend.
        titles: the laws' titles by id.
        folder: where the failure files lie, if they were written: a short line replays one of these.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("law")
    table.add_column("")
    for column in columns(reports):
        table.add_column(column.title)
    for law, row in cells(reports).items():
        worst = Text(law, style="bold red" if any(cell.status in BROKEN for cell in row) else "")
        table.add_row(worst, titles.get(law, ""), *(Text(_words(cell), _STYLES.get(cell.status, "")) for cell in row))
    talk.console().print(table)
    for report in reports:
        _show_failures(report, folder)
    for report in reports:
        counts = ", ".join(f"{count} {status.replace('-', ' ')}" for status, count in report.counts().items() if count)
        text, colour = verdict(report)
        style = {"green": "bold green", "amber": "bold yellow"}.get(colour, "bold red")
        executed, planned = report.progress
        talk.out(
            (f"{report.backend}: {text}", style),
            f"  (executed {executed} of {planned} planned; {counts}; {seconds_of(report.results):.0f} s)",
        )


def _show_failures(report: Report, folder: Path | None) -> None:
    first: dict[str, Result] = {}
    for result in report.failures():
        first.setdefault(result.law, result)
    for result in list(first.values())[:_TEXTS]:
        talk.out((f"{report.backend} {result.mode} {result.status}", _STYLES[result.status]))
        talk.out(_message(report, result, folder))
        talk.out()
    rest = len(report.failures()) - min(len(first), _TEXTS)
    if rest:
        talk.out((f"{report.backend}: {rest} more failures; a report (--report DIR) holds all of them", "dim"))
        talk.out()


def _message(report: Report, result: Result, folder: Path | None) -> str:
    """Return the failure's text, with the line that replays its file where there is one."""
    name = failure_name(report, result)
    if folder is None or not name or not (folder / name).is_file():
        return result.message
    lines = [line for line in result.message.splitlines() if not line.startswith("  replay: ")]
    return "\n".join((*lines, f"  replay: {replay_file_line(folder / name, report.source)}"))


def _words(cell: Cell) -> str:
    return f"{SYMBOLS[cell.status]} {cell.text}" if cell.results else ""


def show_matrix(rows: Sequence[Row]) -> None:
    """Print the kill matrix and its totals."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("mutant", "base", "fault", "expected", "killed by", "seconds"):
        table.add_column(name)
    for row in rows:
        mutant = row.mutant
        if row.missing:
            found = Text(f"not run: {row.missing}", "dim")
        elif row.killed:
            found = Text(", ".join(row.killed_by), "green")
        else:
            errored = f" (errored: {', '.join(row.errored)})" if row.errored else ""
            found = Text(f"SURVIVED{errored}", "bold red")
        expected = ", ".join(mutant.killers)
        table.add_row(mutant.id, mutant.base, mutant.title, expected, found, f"{row.seconds:.1f}")
    talk.console().print(table)
    missing = sum(bool(row.missing) for row in rows)
    killed = sum(row.killed for row in rows)
    survived = len(rows) - missing - killed
    talk.out(
        f"{killed} killed, ",
        (f"{survived} survived", "bold red" if survived else ""),
        f", {missing} not run: {len(rows)}",
    )
