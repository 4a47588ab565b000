"""What a report is: the results of one backend, and JSON lines that carry them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ["BROKEN", "ENOUGH", "STATUSES", "Kind", "Report", "Result"]

Kind = Literal["case", "search", "waiver"]

STATUSES = ("passed", "failed", "errored", "xpassed", "waived", "unproven", "not-run", "not-claimed")
"""All that can become of a case. Only the first is "passed".

`xpassed` passed although a waiver says that it fails; `unproven` passed in a mode that is not what it says (C4 fails
there); `not-run` was planned and left out, with the reason; `not-claimed` is more than the backend promises.
"""

BROKEN = ("failed", "errored", "xpassed")
"""What must be mended: in the backend, in the suite, or in a waiver."""

ENOUGH = 0.6
"""A law of which a smaller share of the planned cases was executed is inconclusive, whatever these gave."""

_SCHEMA = 3
_READ = (1, 2, 3)
"""Schema 1 had no `headroom`, schema 2 no plan: the cases of these reports are taken for all that were planned."""


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
        kind: a "case" of the plan; a "search" beyond it; or a "waiver" that is in order no more.
        shrunk: of a failure, a smaller case on which the law fails as well, as JSON; empty if none was found.
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
    kind: Kind = "case"
    shrunk: str = ""


@dataclass(frozen=True)
class Report:
    """All results of one backend.

    Attributes:
        backend: its name.
        tier: which tier ran.
        results: one entry per law, case and mode.
        facts: versions and capabilities.
        planned: by mode, then by law, how many cases were to be run; empty where the results are the plan.
    """

    backend: str
    tier: str
    results: tuple[Result, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    planned: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def plan(self) -> dict[str, dict[str, int]]:
        """Return by mode, then by law, how many cases were to be run."""
        if self.planned:
            return self.planned
        found: dict[str, dict[str, int]] = {}
        for (mode, law), count in self._cases().items():
            found.setdefault(mode, {})[law] = count
        return found

    def _cases(self, *without: str) -> Counter[tuple[str, str]]:
        some = (r for r in self.results if r.kind == "case" and r.status not in without)
        return Counter((result.mode, result.law) for result in some)

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many of the planned cases were executed, and how many were planned.

        What the backend does not claim was not executed.
        """
        found = [self.progress_in(mode) for mode in self.plan]
        return sum(executed for executed, _ in found), sum(planned for _, planned in found)

    def progress_in(self, mode: str) -> tuple[int, int]:
        """Return the same of one mode."""
        executed = self._cases("not-run", "not-claimed")
        return sum(n for (of, _), n in executed.items() if of == mode), sum(self.plan.get(mode, {}).values())

    def inconclusive(self) -> tuple[tuple[str, str], ...]:
        """Return the (mode, law) pairs of which too few of the planned cases were run."""
        run, plan = self._cases("not-run"), self.plan
        return tuple(
            (mode, law)
            for mode, laws in plan.items()
            for law, count in laws.items()
            if count and run[mode, law] < ENOUGH * count
        )

    def held(self) -> tuple[str, ...]:
        """Return the ids of laws that passed: in some mode, and in none of them was anything else in the way."""
        other = {*self.laws(*BROKEN, "waived"), *(law for _, law in self.inconclusive())}
        return tuple(law for law in self.laws("passed") if law not in other)

    def unproven(self) -> tuple[str, ...]:
        """Return the modes that are not what they say, so that nothing that passed there counts."""
        return tuple(dict.fromkeys(result.mode for result in self.results if result.status == "unproven"))

    def counts(self) -> dict[str, int]:
        """Return how many cases ended in each status."""
        found = Counter(result.status for result in self.results)
        return {status: found[status] for status in STATUSES}

    @property
    def passed(self) -> bool:
        """Return whether something passed, every planned case was run, and nothing broke, was waived or is unproven."""
        counts = self.counts()
        return counts["passed"] > 0 and not any(counts[s] for s in (*BROKEN, "waived", "unproven", "not-run"))

    @property
    def source(self) -> str:
        """Return what `--backend` takes to get this backend: its name, or `module:attribute`."""
        return str(self.facts.get("source", self.backend))

    def modes(self) -> tuple[str, ...]:
        """Return the modes of the results, in the order in which they ran."""
        return tuple(dict.fromkeys(result.mode for result in self.results))

    def failures(self) -> tuple[Result, ...]:
        """Return what must be mended: what failed, errored, or passed against a waiver."""
        return tuple(result for result in self.results if result.status in BROKEN)

    def violated(self) -> tuple[str, ...]:
        """Return the ids of laws that were broken by a violation of their own, sorted."""
        return self.laws("failed")

    def laws(self, *statuses: str) -> tuple[str, ...]:
        """Return the ids of laws with a result in one of these statuses, sorted."""
        return tuple(sorted({result.law for result in self.results if result.status in statuses}))

    def to_json_lines(self) -> str:
        """Return a header, one line per result, and a footer with the counts."""
        header = {
            "augspec_conformance": _SCHEMA,
            "backend": self.backend,
            "tier": self.tier,
            "facts": self.facts,
            "planned": self.plan,
        }
        executed, planned = self.progress
        foot = {"end": True, "counts": self.counts(), "results": len(self.results)}
        lines: list[dict[str, Any]] = [header, *(asdict(result) for result in self.results)]
        lines.append({**foot, "executed": executed, "planned": planned})
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
            report = cls(head["backend"], head["tier"], results, head["facts"], head.get("planned", {}))
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a report: {error}") from error
        unknown = sorted({result.status for result in results} - set(STATUSES))
        if unknown:
            raise ValueError(f"a status {unknown[0]!r}, which is outside {', '.join(STATUSES)}")
        if report.counts() != foot.get("counts") or len(results) != foot.get("results"):
            raise ValueError("the footer's counts are not those of the results: lines are missing")
        report.check_whole()
        return report

    def check_whole(self) -> None:
        """Refuse a report that lacks planned cases: what was left out has a result as well, `not-run`.

        Raises:
            ValueError: there are fewer cases than were planned, or others.
        """
        found = self._cases()
        for mode, laws in self.plan.items():
            for law, count in laws.items():
                if found.pop((mode, law), 0) < count:
                    raise ValueError(f"fewer cases of {law} in the mode {mode!r} than the {count} planned: truncated")
        if found:
            mode, law = next(iter(found))
            raise ValueError(f"cases of {law} in the mode {mode!r} that nobody planned")

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
