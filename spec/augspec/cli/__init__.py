"""The command line `augspec`, with the extra `cli` (Typer, rich, Pillow)."""

from __future__ import annotations

import sys

__all__ = ["main"]

_NEEDS = ("typer", "rich", "PIL", "click")


def main() -> None:
    """Run the command line; says what to install where its packages are missing."""
    try:
        from augspec.cli.app import app

        app()
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _NEEDS:
            raise
        sys.stderr.write(f'augspec: the command line needs {error.name}. Install it with: pip install "augspec[cli]"\n')
        raise SystemExit(2) from None
