"""Presets: published recipes as data, each with its source; one JSON file each, in the folder of its family."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from augspec.ops.base import Op

__all__ = ["PresetFacts", "fragment", "names", "presets"]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class PresetFacts:
    """What the file of a preset says.

    Attributes:
        name: family/name, as the op `preset` takes it.
        summary: what it is, in a sentence.
        library: whose code it was read from.
        version: of which release or state.
        where: file and function there.
        paper: where it was first described; empty if nowhere.
        differs: what is not as in that code, a sentence each.
        ops: the fragment of a policy, as JSON text; `json.loads` gives the ops.
    """

    name: str
    summary: str
    library: str
    version: str
    where: str
    paper: str
    differs: tuple[str, ...]
    ops: str


@cache
def names() -> tuple[str, ...]:
    """Return the names of all presets, sorted."""
    return tuple(sorted(f"{file.parent.name}/{file.stem}" for file in _FOLDER.glob("*/*.json")))


def presets() -> dict[str, PresetFacts]:
    """Return all presets by name, sorted."""
    return {name: _facts(name) for name in names()}


@cache
def _facts(name: str) -> PresetFacts:
    data: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    source = data["source"]
    return PresetFacts(
        name=name,
        summary=data["summary"],
        library=source["library"],
        version=source["version"],
        where=source["where"],
        paper=source.get("paper", ""),
        differs=tuple(data["differs"]),
        ops=json.dumps(data["ops"]),
    )


@cache
def fragment(name: str) -> tuple[Op, ...]:
    """Return the ops of a preset."""
    from pydantic import TypeAdapter

    from augspec.registry import any_op

    ops: Any = tuple[any_op(), ...]  # type: ignore[misc]  # a type made at run time
    found: tuple[Op, ...] = TypeAdapter(ops).validate_json(_facts(name).ops)
    return found
