"""What became of each change: lines of JSON, the last one of a change counts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from source_mutation.targets import Mutant

__all__ = ["FILE", "Row", "add", "history", "read_rows"]

FILE = Path(__file__).with_name("results.jsonl")


@dataclass(frozen=True)
class Row:
    """One change and its verdict.

    Attributes:
        id: as in `Mutant`.
        file: path from the repository's root.
        folder: the row of the table that it counts in.
        line: where it stood when it was tried.
        function: where it is.
        kind: which kind of change.
        before: the source.
        after: what it became.
        status: one of `trial.STATUSES`.
        by: the check that failed.
        how: "failed" if it was judged wrong, "errored" if it ended in another exception.
        ran: how many checks ran.
        seconds: how long that took.
    """

    id: str
    file: str
    folder: str
    line: int
    function: str
    kind: str
    before: str
    after: str
    status: str
    by: str = ""
    how: str = ""
    ran: int = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, mutant: Mutant, found: dict[str, Any], seconds: float) -> Row:
        """Return the row of a mutant's result."""
        edit, target = mutant.edit, mutant.target
        where = (target.name, target.folder, edit.lines[0], edit.function, edit.kind)
        return cls(mutant.id, *where, edit.before, edit.after, seconds=seconds, **found)

    @property
    def survived(self) -> bool:
        """Say whether nothing noticed."""
        return self.status in ("survived", "unreached")

    def title(self) -> str:
        """Return the change in words."""
        return f"{self.id} {self.file}:{self.line} {self.kind}: {self.before} → {self.after}"


def add(row: Row, path: Path = FILE) -> None:
    """Append a row."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def history(path: Path = FILE) -> list[list[Row]]:
    """Return every change's rows, first to last."""
    found: dict[str, list[Row]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = Row(**json.loads(line))
        found.setdefault(row.id, []).append(row)
    return list(found.values())


def read_rows(path: Path = FILE) -> dict[str, Row]:
    """Return the last row of every change, by id."""
    return {rows[-1].id: rows[-1] for rows in history(path)}
