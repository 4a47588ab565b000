"""The pinned corpus: cases with the draws and results that they must give, in this and every later release.

`v1/` holds one file of JSON lines per family and a manifest of SHA-256. Lines are only ever added: see `README.md`.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import class_of

__all__ = ["FOLDER", "Entry", "digest", "draws_of", "entries", "entry", "families", "golden", "results_of"]

FOLDER = Path(__file__).parent / "v1"

Draws = dict[str, Any]


class Entry(BaseModel):
    """A case and what it must give.

    Attributes:
        case: the case; its name is the entry's name.
        pixels: SHA-256 of the sample that is derived from the case, so that a changed probe is not taken for a fault.
        draws: {path: the integers of every sample}; none where the case runs the evaluation.
        results: {entry of the result: SHA-256}, of those that are the same to the bit everywhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: Case
    pixels: str
    draws: Draws
    results: dict[str, str]

    def line(self) -> str:
        """Return the entry as one line of JSON."""
        return json.dumps(
            {
                "case": json.loads(self.case.to_json()),
                "pixels": self.pixels,
                "draws": self.draws,
                "results": self.results,
            },
            separators=(",", ":"),
        )


@cache
def families() -> dict[str, tuple[Entry, ...]]:
    """Return the entries by family, in the order in which they were added."""
    return {
        file.stem: tuple(Entry.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines())
        for file in sorted(FOLDER.glob("*.jsonl"))
    }


@cache
def entries() -> dict[str, Entry]:
    """Return all entries by name."""
    return {one.case.name: one for family in families().values() for one in family}


def entry(name: str) -> Entry:
    """Return the entry of a name.

    Raises:
        LookupError: there is none.
    """
    if name not in entries():
        raise LookupError(f"the corpus has no entry {name!r}: a case of the law J8 is one of the corpus, by its name")
    return entries()[name]


def digest(arrays: dict[str, npt.NDArray[Any]]) -> str:
    """Return the SHA-256 of arrays: names, dtypes, shapes and little-endian bytes, rows first."""
    found = hashlib.sha256()
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array)
        found.update(f"{name} {plain.dtype.name} {plain.shape}\n".encode())
        found.update(plain.astype(plain.dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()


def draws_of(subject: Subject, case: Case) -> Draws:
    """Return a case's draws as plain integers."""
    if case.context.get("training") is False:
        return {}
    return {path: np.asarray(array).tolist() for path, array in sorted(subject.draw(case).items())}


def results_of(subject: Subject, case: Case) -> dict[str, str]:
    """Return the digests of those results that are exact (E1 to E8, C2, T2)."""
    out = subject.call(case, training=case.context.get("training", True))
    return {name: digest({name: out[name]}) for name in _exact(case) if name in out}


def _exact(case: Case) -> tuple[str, ...]:
    """Return the names of the results that do not depend on floating-point arithmetic."""
    ops = case.policy["eval" if case.context.get("training") is False else "ops"] or []
    kind = class_of({"ops": ops})
    names = ["mask", "boxes_valid", "keypoints_visible"]
    if kind == "move":  # whole pixels change places
        return ("image", *names, "boxes", "keypoints")
    if SIGNATURES[case.signature].dtype == "uint8" and kind != "normalize":
        names.insert(0, "image")
    return tuple(names)


def golden(subject: Subject, case: Case) -> Entry:
    """Return what a subject gives for a case, as an entry."""
    return Entry(
        case=case,
        pixels=digest(sample_of(case))[:16],
        draws=draws_of(subject, case),
        results=results_of(subject, case),
    )
