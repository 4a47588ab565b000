"""Results go to standard output, talk to standard error; NO_COLOR is honoured."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

__all__ = ["console", "error", "json_out", "note", "out"]


def console(*, stderr: bool = False) -> Console:
    """Return a console on the streams as they are now."""
    return Console(
        file=sys.stderr if stderr else sys.stdout, highlight=False, markup=False, soft_wrap=True, emoji=False
    )


def out(*parts: str | tuple[str, str]) -> None:
    """Print a line of result; a part may be (text, style)."""
    console().print(Text.assemble(*parts))


def note(text: str) -> None:
    """Print a line of talk."""
    console(stderr=True).print(Text(text, style="dim"))


def error(text: str) -> None:
    """Print what went wrong."""
    console(stderr=True).print(Text.assemble(("error: ", "bold red"), text))


def json_out(value: Any) -> None:
    """Print a result as JSON."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
