"""Results of a run as JSON, and what cells of the page they come to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from augspec_conformance.peers.libraries import COLUMNS
from augspec_conformance.peers.run import Found, Row
from augspec_conformance.peers.verdict import Verdict, verdicts_of

__all__ = ["PATH", "Cell", "cell_of", "judged", "load", "merged", "save"]

PATH = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Cell:
    """What one law came to in one column: numbers of transforms.

    Attributes:
        passed: the law held.
        failed: it was broken, and a defect was found.
        excused: it was broken, and the library does not promise it.
        unjudged: it was broken, and nobody has looked yet.
        silent: why the whole column was not asked, if it was not.
    """

    passed: int
    failed: int
    excused: int
    unjudged: int
    silent: str = ""


def load(path: Path = PATH) -> tuple[Found, ...]:
    """Read the results of a run."""
    text = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Found(one["peer"], one["versions"], one["missing"], tuple(Row(*row) for row in one["rows"])) for one in text
    )


def save(found: Sequence[Found], path: Path = PATH) -> None:
    """Write results, one row per line; what was not asked is left out."""
    parts = []
    for one in found:
        rows = [row for row in one.rows if row.status != "not-asked"]
        head = json.dumps({"peer": one.peer, "versions": one.versions, "missing": one.missing})
        lines = ",\n".join("  " + json.dumps(list(asdict(row).values()), ensure_ascii=False) for row in rows)
        parts.append(f'{head[:-1]}, "rows": [\n{lines}\n]}}')
    path.write_text("[\n" + ",\n".join(parts) + "\n]\n", encoding="utf-8")


def merged(kept: Found | None, found: Found, laws: Sequence[str], transforms: Sequence[str]) -> Found:
    """Return new results; where only some laws or transforms were asked, with the old rows of all others.

    Old rows of transforms that there are no longer are dropped.
    """
    if kept is None or not (laws or transforms):
        return found

    def asked(row: Row) -> bool:
        return (not laws or row.law in laws) and (not transforms or row.transform.startswith(tuple(transforms)))

    old = [row for row in kept.rows if not asked(row) and row.transform in found.transforms]
    rows = (*old, *(row for row in found.rows if asked(row)))
    return Found(found.peer, found.versions, found.missing, rows, found.transforms)


def judged(found: Found) -> Iterator[tuple[Row, Verdict | None]]:
    """Return the broken rows, each with the finding about it."""
    library = next(column.library for column in COLUMNS if column.name == found.peer)
    verdicts = verdicts_of(library)
    for row in found.rows:
        if row.status not in ("broken", "errored"):
            continue
        about = {"column": found.peer, "law": row.law, "transform": row.transform, "message": row.message}
        yield row, next((verdict for verdict in verdicts if verdict.judges(**about)), None)


def cell_of(found: Found, law: str) -> Cell:
    """Return what a law came to in a column."""
    rows = [row for row in found.rows if row.law == law]
    kinds = [verdict.kind if verdict else "" for row, verdict in judged(found) if row.law == law]
    passed = sum(row.status == "held" for row in rows)
    return Cell(passed, kinds.count("defect"), kinds.count("documented"), kinds.count(""))
