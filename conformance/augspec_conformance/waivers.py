"""Waivers: failures that are known, each with its reason, its witness and its end; none of them counts as passed."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields, replace
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from packaging.requirements import InvalidRequirement, Requirement

if TYPE_CHECKING:
    from augspec_conformance.law import Case, Law
    from augspec_conformance.subject import Subject

__all__ = ["Kind", "Waiver", "read_waivers"]

Kind = Literal["unsupported", "todo", "upstream", "never"]


@dataclass(frozen=True)
class Waiver:
    """One known failure.

    Attributes:
        law: the law that is broken.
        reason: why, for people.
        until: the requirement that ends it, such as "tensorflow>=2.23": once what is installed meets it, the waiver
            is an error. For a failure of kind "never", when somebody must look at it again.
        witness: a failure file or a case as JSON: it is run first, and must fail as the waiver says.
        kind: "unsupported" (the framework cannot), "todo" (the backend could), "upstream" (a framework's defect), or
            "never" (not meant to).
        backend: name of the backend; empty for any.
        mode: its mode; empty for any.
        case: name of the cases, `*` and `?` stand for other letters; empty for all of the law's. Each of them must
            fail: one that passes is an error.
        raises: a text that the failure's message must contain: another failure is not waived.
        url: where it is discussed.

    Raises:
        ValueError: `until` is no requirement with a version.
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
    url: str = ""

    def __post_init__(self) -> None:
        try:
            bounded = bool(Requirement(self.until).specifier)
        except InvalidRequirement as error:
            raise ValueError(f"until {self.until!r} is no requirement such as 'tensorflow>=2.23': {error}") from error
        if not bounded:
            raise ValueError(f"until {self.until!r} names no version; write for example {self.until + '>=2.23'!r}")

    def __str__(self) -> str:
        where = " ".join(part for part in (self.backend, self.mode, self.law, self.case) if part)
        return f"waiver of {where} ({self.kind}: {self.reason}; until {self.until})"

    def covers(self, law: Law, case: Case, subject: Subject) -> bool:
        """Return whether this case is one that it says fails."""
        pairs = ((self.law, law.id), (self.backend, subject.name), (self.mode, subject.mode))
        return all(not want or want == found for want, found in pairs) and fnmatchcase(case.name, self.case or "*")

    def ended(self) -> str:
        """Return why it is over, or why that cannot be known; empty while it lasts."""
        end = Requirement(self.until)
        found = _installed(end.name)
        if found is None:
            return f"its end cannot be seen: {end.name} is not installed; name a package that is, such as augspec"
        if end.specifier.contains(found, prereleases=True):
            return f"it has expired: {end.name} {found} is installed"
        return ""


def _installed(name: str) -> str | None:
    for distribution in (name, f"{name}-cpu"):  # tensorflow-cpu stands in for tensorflow
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return None


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read a TOML file with one table `[[waiver]]` per known failure; its keys are the attributes of `Waiver`.

    A witness that is a path is looked for beside the file.

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
    found = [_waiver(f"{path}: waiver {number}", entry) for number, entry in enumerate(entries, 1)]
    return tuple(
        one if one.witness.lstrip().startswith("{") else replace(one, witness=str(path.parent / one.witness))
        for one in found
    )


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
    try:
        return Waiver(**entry)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
