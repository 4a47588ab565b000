"""What was measured about the teeth: JSON lines, one per mutant or law, kept beside the mutants and resumed from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "Kept"]

FOLDER = Path(__file__).parent / "measured"
"""The committed measurements; docs/teeth.md is written from them."""


class Kept:
    """One file of JSON lines with a name for each line; a later line of a name replaces the earlier one.

    Args:
        path: the file, which is made at the first `add`; None keeps nothing.
        name: the field that names a line, such as "mutant".
    """

    def __init__(self, path: Path | None, name: str) -> None:
        self.path, self.name = path, name

    def lines(self) -> dict[str, dict[str, Any]]:
        """Return the lines by name; none if there is no file yet.

        Raises:
            ValueError: a line is no JSON object or has no name.
        """
        if self.path is None or not self.path.exists():
            return {}
        found: dict[str, dict[str, Any]] = {}
        for number, text in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                line = json.loads(text)
                found[line[self.name]] = line
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(f"{self.path}: line {number} is no measurement with a {self.name!r}") from error
        return found

    def add(self, line: dict[str, Any]) -> None:
        """Append a line, at once: what was measured survives an interruption."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_text(line))

    def rewrite(self, order: Iterable[str]) -> None:
        """Keep one line per name, in an order; names that are not in it are dropped."""
        lines = self.lines()
        if self.path is None:
            return
        self.path.write_text("".join(_text(lines[name]) for name in order if name in lines), encoding="utf-8")


def _text(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(", ", ": ")) + "\n"
