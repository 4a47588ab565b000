"""What `words.toml` says, checked as it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

__all__ = ["Library", "Mention", "Verdict", "Word", "Words", "words"]

Verdict = Literal["same", "near", "unneeded", "none"]
_FILE = Path(__file__).parent / "words.toml"
_MENTION = re.compile(r"(?P<name>[a-z0-9_]+)(?:\{(?P<fields>[a-z0-9_,]+)\})?$")


@dataclass(frozen=True)
class Mention:
    """An op of ours, with the fields that matter; or a preset, whose name stands in `preset`."""

    op: str
    fields: tuple[str, ...] = ()
    preset: str = ""


@dataclass(frozen=True)
class Word:
    """One of theirs, and what it is here.

    Attributes:
        name: theirs.
        verdict: how near it is.
        here: ops that stand for it.
        target: what stands for it, where that is no op.
        remark: what differs, or why it is not here.
    """

    name: str
    verdict: Verdict
    here: tuple[Mention, ...]
    target: str
    remark: str


@dataclass(frozen=True)
class Library:
    """A library and its ops, sorted by name; `importer` names the module of `augspec.importing` that reads it."""

    key: str
    title: str
    version: str
    importer: str
    other: tuple[str, ...]
    ops: tuple[Word, ...]


@dataclass(frozen=True)
class Words:
    """All of it."""

    targets: tuple[Word, ...]
    libraries: tuple[Library, ...]


@cache
def words() -> Words:
    """Read the file.

    Raises:
        ValueError: a line is not as the file's head says.
    """
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    reasons: Mapping[str, str] = found["reasons"]
    targets = tuple(_target(name, line, reasons) for name, line in found["targets"].items())
    known = frozenset(word.target for word in targets if word.target)
    libraries = []
    for key, table in found.items():
        if key not in ("reasons", "targets"):
            ops = tuple(_word(name, line, reasons, known) for name, line in sorted(table["ops"].items()))
            other, importer = tuple(table["other"]), table.get("importer", "")
            libraries.append(Library(key, table["title"], table["version"], importer, other, ops))
    return Words(targets, tuple(libraries))


def _word(name: str, line: Any, reasons: Mapping[str, str], targets: frozenset[str] = frozenset()) -> Word:
    """Return what a line says; `here` may also be one of the targets."""
    verdict, here, remark = _checked(name, line, reasons)
    if here in targets:
        return Word(name, verdict, (), here, remark)
    return Word(name, verdict, tuple(_mention(name, part) for part in here.split()), "", remark)


def _target(name: str, line: Any, reasons: Mapping[str, str]) -> Word:
    verdict, here, remark = _checked(name, line, reasons)
    return Word(name, verdict, (), here, remark)


def _checked(name: str, line: Any, reasons: Mapping[str, str]) -> tuple[Verdict, str, str]:
    if not (isinstance(line, Sequence) and len(line) == 3 and line[0] in get_args(Verdict)):
        raise ValueError(f"{name}: [verdict, here, remark] is expected, with a verdict of {get_args(Verdict)}")
    verdict, here, remark = line
    remark = reasons[remark[1:]] if remark.startswith("@") else remark
    if verdict != "same" and not remark:
        raise ValueError(f"{name}: {verdict!r} wants a remark")
    return cast("Verdict", verdict), here, remark


def _mention(name: str, text: str) -> Mention:
    if text.startswith("preset:"):
        return Mention("preset", preset=text.removeprefix("preset:"))
    found = _MENTION.match(text)
    if found is None:
        raise ValueError(f"{name}: {text!r} is neither an op, nor op{{field,field}}, nor preset:NAME")
    return Mention(found["name"], tuple((found["fields"] or "").split(",")) if found["fields"] else ())
