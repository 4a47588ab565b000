"""Reports: what was executed, with which result; nothing passes silently."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["STATUSES", "Report", "Result", "markdown_table"]

STATUSES = ("passed", "failed", "errored", "not-claimed", "waived")
"""All that can become of a case. Only the first is "passed"."""

_SCHEMA = 1


@dataclass(frozen=True)
class Result:
    """What became of one case of one law in one mode.

    Attributes:
        law: the law's id.
        case: the case's name.
        digest: the case's short hash.
        mode: the mode it ran in.
        status: one of `STATUSES`.
        message: for everything but "passed", why.
        seconds: how long it took.
        case_json: the case itself, for replaying; empty for what passed.
    """

    law: str
    case: str
    digest: str
    mode: str
    status: str
    message: str = ""
    seconds: float = 0.0
    case_json: str = ""


@dataclass(frozen=True)
class Report:
    """All results of one backend.

    Attributes:
        backend: its name.
        tier: which tier ran.
        results: one entry per law, case and mode.
        facts: versions and capabilities.
    """

    backend: str
    tier: str
    results: tuple[Result, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how many cases ended in each status."""
        found = Counter(result.status for result in self.results)
        return {status: found[status] for status in STATUSES}

    @property
    def passed(self) -> bool:
        """Return whether something ran, and nothing failed, errored or was waived."""
        counts = self.counts()
        return counts["passed"] > 0 and counts["failed"] == counts["errored"] == counts["waived"] == 0

    def failures(self) -> tuple[Result, ...]:
        """Return what failed or errored."""
        return tuple(result for result in self.results if result.status in ("failed", "errored"))

    def violated(self) -> tuple[str, ...]:
        """Return the ids of laws that were broken by a violation of their own, sorted."""
        return tuple(sorted({result.law for result in self.results if result.status == "failed"}))

    def to_json_lines(self) -> str:
        """Return a header, one line per result, and a footer with the counts."""
        header = {"augspec_conformance": _SCHEMA, "backend": self.backend, "tier": self.tier, "facts": self.facts}
        lines: list[dict[str, Any]] = [header, *(asdict(result) for result in self.results)]
        lines.append({"end": True, "counts": self.counts(), "results": len(self.results)})
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    @classmethod
    def from_json_lines(cls, text: str) -> Report:
        """Read a report; a truncated one, or one with an unknown status, is an error.

        Raises:
            ValueError: the text is not a whole report.
        """
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or lines[0].get("augspec_conformance") != _SCHEMA or lines[-1].get("end") is not True:
            raise ValueError("not a whole report: header or footer is missing")
        results = tuple(Result(**line) for line in lines[1:-1])
        if any(result.status not in STATUSES for result in results):
            raise ValueError(f"a status outside {', '.join(STATUSES)}")
        head = lines[0]
        report = cls(head["backend"], head["tier"], results, head["facts"])
        if report.counts() != lines[-1]["counts"] or len(results) != lines[-1]["results"]:
            raise ValueError("the footer's counts are not those of the results")
        return report

    def write(self, folder: Path) -> None:
        """Write `<backend>.jsonl` and `<backend>.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.backend}.jsonl").write_text(self.to_json_lines(), encoding="utf-8")
        (folder / f"{self.backend}.md").write_text(markdown_table([self]), encoding="utf-8")


def markdown_table(reports: Sequence[Report]) -> str:
    """Return a table of laws × (backend, mode): passed cases out of executed ones, or the word for it."""
    columns = [(report, mode) for report in reports for mode in dict.fromkeys(r.mode for r in report.results)]
    laws = dict.fromkeys(result.law for report in reports for result in report.results)
    lines = ["| law | " + " | ".join(f"{report.backend} {mode}" for report, mode in columns) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for law in laws:
        cells = (_cell(r for r in report.results if r.law == law and r.mode == mode) for report, mode in columns)
        lines.append(f"| {law} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(results: Iterable[Result]) -> str:
    counts = Counter(result.status for result in results)
    if not counts:
        return ""
    bad = [f"{counts[status]} {status}" for status in ("failed", "errored", "waived") if counts[status]]
    ran = sum(counts.values()) - counts["not-claimed"]
    if not ran:
        return "not claimed"
    return ", ".join([f"{counts['passed']}/{ran}", *bad])
