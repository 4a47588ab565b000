"""Failures as files: law, backend and case, all that is needed to run one again."""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from augspec_conformance.law import Case
from augspec_conformance.report.model import Report, Result

__all__ = ["Failure", "failure_name", "read_failure", "replay_file_line", "write_failures"]

FOLDER = "failures"


class Failure(BaseModel):
    """A failed case.

    Attributes:
        law: the law's id.
        backend: a backend's name, or `module:attribute`.
        case: the case, with the mode in which it failed.
        status: "failed" or "errored".
        message: what was found; the first line is the law's sentence.
        pinned: the suite's own case, from which the case was shrunk.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    law: str
    backend: str
    case: Case
    status: str = "failed"
    message: str = ""
    pinned: Case | None = None


def failure_name(report: Report, result: Result) -> str:
    """Return the file's path inside the report's folder, or "" where there is no case to run again."""
    if not result.case_json or result.status not in ("failed", "errored"):
        return ""
    digest = hashlib.sha256(f"{report.source}\n{result.case_json}".encode()).hexdigest()[:8]
    return f"{FOLDER}/{result.law}-{digest}.json"


def write_failures(report: Report, folder: Path) -> list[Path]:
    """Write one file per failure and remove those of the same backend's last run; return what was written."""
    for old in sorted((folder / FOLDER).glob("*.json")):
        try:
            stale = read_failure(old.read_text(encoding="utf-8")).backend == report.source
        except ValueError:
            continue  # not ours
        if stale:
            old.unlink()
    written: list[Path] = []
    for result in report.failures():
        name = failure_name(report, result)
        if name:
            case = json.loads(result.shrunk or result.case_json)
            entry = {"law": result.law, "backend": report.source, "case": case, "status": result.status}
            entry |= {"pinned": json.loads(result.case_json)} if result.shrunk else {}
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({**entry, "message": result.message}, indent=2, ensure_ascii=False)
            path.write_text(text + "\n", encoding="utf-8")
            written.append(path)
    return written


def replay_file_line(path: Path, backend: str) -> str:
    """Return the shell line that runs a failure file again."""
    return f"augspec conformance replay {shlex.quote(path.as_posix())} --backend {shlex.quote(backend)}"


def read_failure(text: str) -> Failure:
    """Read a failure file.

    Raises:
        ValueError: it is none.
    """
    try:
        return Failure.model_validate_json(text)
    except ValidationError as error:
        raise ValueError(f"not a failure file: {error}") from error
