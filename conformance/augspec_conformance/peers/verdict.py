"""What was found by hand about a broken law: a defect, or something that the library does not promise."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from typing import Literal

from augspec_conformance.peers.libraries import COLUMNS

__all__ = ["Verdict", "all_verdicts", "note_of", "verdicts_of"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One finding, read in the library's source and documentation and seen in a script of its own.

    Attributes:
        law: the law's id.
        transforms: beginnings of the names of the transforms that it is about.
        kind: "defect" contradicts the library's documentation, another mode of its own, or the mathematics it names;
            "documented" is not promised, or documented to be otherwise.
        columns: the columns that it is about; empty for all of the library.
        says: a regular expression that the law's message must contain, where one law finds several things.
        title: the defect in a few words.
        seen: what the script shows.
        expected: what should be seen.
        why: why it is wrong; for "documented" the documentation's word.
        source: file and function in the library.
        script: name of the script in docs/report_card, without its ending; empty for "documented".
        engine: engines on which the script shows it, where the library has several.
    """

    law: str
    transforms: tuple[str, ...]
    kind: Literal["defect", "documented"]
    why: str
    columns: tuple[str, ...] = ()
    says: str = ""
    title: str = ""
    seen: str = ""
    expected: str = ""
    source: str = ""
    script: str = ""
    engine: tuple[str, ...] = ()

    def judges(self, *, column: str, law: str, transform: str, message: str) -> bool:
        """Return whether it is about this broken row."""
        return (
            law == self.law
            and (not self.columns or column in self.columns)
            and transform.startswith(self.transforms)
            and re.search(self.says, message) is not None
        )


def verdicts_of(library: str) -> tuple[Verdict, ...]:
    """Return what was found in a library."""
    found: tuple[Verdict, ...] = importlib.import_module(f"augspec_conformance.peers.verdicts.{library}").VERDICTS
    return found


def note_of(library: str) -> str:
    """Return what a reader should know of a library; empty if there is nothing."""
    note: str = importlib.import_module(f"augspec_conformance.peers.verdicts.{library}").NOTE
    return note


def all_verdicts() -> dict[str, tuple[Verdict, ...]]:
    """Return what was found, by library, in the order of the columns."""
    return {library: verdicts_of(library) for library in dict.fromkeys(column.library for column in COLUMNS)}
