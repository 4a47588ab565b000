"""Waivers: failures that are known, each with its reason, its witness and its end; none of them counts as passed."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from augspec_conformance.law import Case, Law
    from augspec_conformance.subject import Subject

__all__ = ["Waiver", "read_waivers"]

Kind = Literal["unsupported", "todo", "upstream", "never"]


@dataclass(frozen=True)
class Waiver:
    """One known failure.

    Attributes:
        law: the law that is broken.
        reason: why, for people.
        until: when it must be gone, such as "tensorflow>=2.23".
        witness: the case, as JSON, that shows it.
        kind: "unsupported", "todo", "upstream" or "never".
        backend: name of the backend; empty for any.
        mode: its mode; empty for any.
        case: name of the case; empty for any.
        raises: a text that the failure's message must contain: another failure is not waived.
    """

    law: str
    reason: str
    until: str
    witness: str
    kind: Kind
    backend: str = ""
    mode: str = ""
    case: str = ""
    raises: str = ""

    def matches(self, law: Law, case: Case, subject: Subject, message: str) -> bool:
        """Return whether this failure is the waived one."""
        pairs = ((self.backend, subject.name), (self.mode, subject.mode), (self.case, case.name))
        return law.id == self.law and all(not want or want == is_ for want, is_ in pairs) and self.raises in message


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read a TOML file with one table `[[waiver]]` per known failure; its keys are the attributes of `Waiver`.

    Raises:
        ValueError: it is not TOML, or a waiver lacks a key, has an unknown one, or a value that is none of it.
        OSError: there is no such file.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: not TOML ({error})") from error
    entries = document.get("waiver", [])
    if set(document) - {"waiver"} or not isinstance(entries, list) or not entries:
        raise ValueError(
            f"{path}: holds {', '.join(document) or 'nothing'}; it must hold tables [[waiver]] and no more"
        )
    return tuple(_waiver(f"{path}: waiver {number}", entry) for number, entry in enumerate(entries, 1))


def _waiver(where: str, entry: dict[str, Any]) -> Waiver:
    known = {field.name: field for field in fields(Waiver)}
    wrong = sorted(set(entry) - set(known))
    if wrong:
        raise ValueError(f"{where} has an unknown key {wrong[0]!r}; known are {', '.join(known)}")
    missing = [name for name, field in known.items() if field.default is MISSING and not entry.get(name)]
    if missing:
        raise ValueError(f"{where} says no {' and no '.join(missing)}: a known failure has all of it")
    if any(not isinstance(value, str) for value in entry.values()):
        raise ValueError(f"{where} has a value that is no string: {entry}")
    if entry["kind"] not in get_args(Kind):
        raise ValueError(f"{where} is of kind {entry['kind']!r}; there are {', '.join(get_args(Kind))}")
    return Waiver(**entry)
