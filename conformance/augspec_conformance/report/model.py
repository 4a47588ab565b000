"""What a report is: the results of one backend, and JSON lines that carry them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["STATUSES", "Report", "Result"]

STATUSES = ("passed", "failed", "errored", "not-claimed", "waived")
"""All that can become of a case. Only the first is "passed"."""

_SCHEMA = 2
_READ = (1, 2)
"""Schema 1 had no `headroom`: its results are read as measured without one."""


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
        headroom: the largest share of a tolerance that it used, 0 to 1, more where the law is broken; None where
            nothing was compared with a tolerance.
    """

    law: str
    case: str
    digest: str
    mode: str
    status: str
    message: str = ""
    seconds: float = 0.0
    case_json: str = ""
    headroom: float | None = None


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

    @property
    def source(self) -> str:
        """Return what `--backend` takes to get this backend: its name, or `module:attribute`."""
        return str(self.facts.get("source", self.backend))

    def modes(self) -> tuple[str, ...]:
        """Return the modes of the results, in the order in which they ran."""
        return tuple(dict.fromkeys(result.mode for result in self.results))

    def failures(self) -> tuple[Result, ...]:
        """Return what failed or errored."""
        return tuple(result for result in self.results if result.status in ("failed", "errored"))

    def violated(self) -> tuple[str, ...]:
        """Return the ids of laws that were broken by a violation of their own, sorted."""
        return self.laws("failed")

    def laws(self, *statuses: str) -> tuple[str, ...]:
        """Return the ids of laws with a result in one of these statuses, sorted."""
        return tuple(sorted({result.law for result in self.results if result.status in statuses}))

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
            ValueError: the text is not a whole report, or of a schema that is not known here.
        """
        lines = _objects(text)
        if not lines or "augspec_conformance" not in lines[0]:
            raise ValueError("not a report: the first line is no header with `augspec_conformance`")
        head, *rows, foot = lines if len(lines) > 1 else (*lines, {})
        if head["augspec_conformance"] not in _READ:
            raise ValueError(
                f"a report of schema {head['augspec_conformance']!r}; this version reads "
                f"{' and '.join(map(str, _READ))}: read it with the augspec that wrote it, or run the suite again"
            )
        if foot.get("end") is not True:
            raise ValueError("not a whole report: the footer is missing, so the run or the file was cut off")
        try:
            results = tuple(Result(**row) for row in rows)
            report = cls(head["backend"], head["tier"], results, head["facts"])
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a report: {error}") from error
        unknown = sorted({result.status for result in results} - set(STATUSES))
        if unknown:
            raise ValueError(f"a status {unknown[0]!r}, which is outside {', '.join(STATUSES)}")
        if report.counts() != foot.get("counts") or len(results) != foot.get("results"):
            raise ValueError("the footer's counts are not those of the results: lines are missing")
        return report

    def write(self, folder: Path) -> None:
        """Write `<backend>.jsonl`, `.md`, `.xml` (JUnit), `.svg` (badge), failures, and `index.html` of the folder."""
        from augspec_conformance.report.folder import write

        write(self, folder)


def _objects(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise ValueError(f"line {number} is not JSON ({error}): not a whole report") from error
            if not isinstance(found[-1], dict):
                raise ValueError(f"line {number} is no JSON object: not a report")
    return found
