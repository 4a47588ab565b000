"""Write docs/peers.md: `python -m augspec_conformance.peer_ops [FOLDER]`."""

# ruff: noqa: T201 (a command talks on standard output)

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from augspec_conformance.peer_ops.page import page

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m augspec_conformance.peer_ops", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs"), help="where the page goes")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is no folder; give one that exists, in a checkout docs")
    file = given.folder / "peers.md"
    file.write_text(page(), encoding="utf-8")
    print(f"{file} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
