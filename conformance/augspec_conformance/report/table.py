"""Laws × (backend, mode): the table that Markdown, the page and the terminal all show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from augspec_conformance.report.model import ENOUGH, Report, Result

__all__ = ["SYMBOLS", "WORST_FIRST", "Cell", "Column", "cells", "columns", "laws_of", "seconds_of"]

WORST_FIRST = (
    "failed",
    "errored",
    "xpassed",
    "inconclusive",
    "waived",
    "unproven",
    "passed",
    "not-run",
    "not-claimed",
)
"""A cell has the first of these words that holds for one of its cases; "inconclusive" is said of the whole cell."""

SYMBOLS = {
    "failed": "✖",
    "errored": "‼",
    "xpassed": "⇧",
    "inconclusive": "◐",
    "waived": "▲",
    "unproven": "?",
    "passed": "✔",
    "not-run": "◌",
    "not-claimed": "–",
    "": "·",
}
"""A cell can be read without its colour."""

_FAMILIES = "PKBSNGFRCJ"
"""The families' letters, in the order of the specification of the suite."""


@dataclass(frozen=True)
class Column:
    """One backend in one mode."""

    report: Report
    mode: str

    @property
    def title(self) -> str:
        """Return backend and mode in words."""
        return f"{self.report.backend} {self.mode}".strip()

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many of the mode's planned cases were executed, and how many were planned."""
        return self.report.progress_in(self.mode)


@dataclass(frozen=True)
class Cell:
    """What became of one law in one column; without results if none of its cases was for that mode."""

    results: tuple[Result, ...] = ()

    @cached_property
    def counts(self) -> Counter[str]:
        """Return how many cases ended in each status."""
        return Counter(result.status for result in self.results)

    @property
    def status(self) -> str:
        """Return the worst status of the cases; empty if there are none."""
        return next((word for word in WORST_FIRST if self.counts[word] or (word == "inconclusive" and self.cut)), "")

    @property
    def planned(self) -> int:
        """Return how many cases there were to be run, and searches beyond them."""
        return sum(result.kind != "waiver" for result in self.results)

    @property
    def ran(self) -> int:
        """Return how many cases were executed: all that the backend claims and that were not left out."""
        return self.planned - self.counts["not-claimed"] - self.counts["not-run"]

    @property
    def cut(self) -> bool:
        """Return whether too few of the planned cases were run to say anything."""
        return self.planned - self.counts["not-run"] < ENOUGH * self.planned

    @property
    def headroom(self) -> float | None:
        """Return the largest share of a tolerance that a case used."""
        return max((r.headroom for r in self.results if r.headroom is not None), default=None)

    @property
    def text(self) -> str:
        """Return passed cases out of planned ones and what became of the rest, or the word for it."""
        if not self.results:
            return ""
        if self.status == "not-claimed":
            return "not claimed"
        rest = [f"{self.counts[word]} {word.replace('-', ' ')}" for word in WORST_FIRST if word != "passed"]
        rest = [words for words in rest if not words.startswith("0 ")]
        word = ["inconclusive"] if self.status == "inconclusive" else []
        return ", ".join([f"{self.counts['passed']}/{self.planned}", *word, *rest])


def columns(reports: Sequence[Report]) -> list[Column]:
    """Return one column per backend and mode."""
    return [Column(report, mode) for report in reports for mode in report.modes()]


def laws_of(reports: Sequence[Report]) -> list[str]:
    """Return the ids of all laws with a result, family by family and by number; other names come last."""

    def place(law: str) -> tuple[int, int, str]:
        family, number = _FAMILIES.find(law[:1]), law[1:]
        known = bool(law) and family >= 0 and number.isascii() and number.isdigit()
        return (family, int(number), "") if known else (len(_FAMILIES), 0, law)

    return sorted({result.law for report in reports for result in report.results}, key=place)


def cells(reports: Sequence[Report]) -> dict[str, list[Cell]]:
    """Return, for every law with a result, one cell per column."""
    found: dict[tuple[str, int, str], list[Result]] = {}
    for number, report in enumerate(reports):
        for result in report.results:
            found.setdefault((result.law, number, result.mode), []).append(result)
    keys = [(number, mode) for number, report in enumerate(reports) for mode in report.modes()]
    return {law: [Cell(tuple(found.get((law, *key), ()))) for key in keys] for law in laws_of(reports)}


def seconds_of(results: Iterable[Result]) -> float:
    """Return how long cases took, in seconds."""
    return sum(result.seconds for result in results)
