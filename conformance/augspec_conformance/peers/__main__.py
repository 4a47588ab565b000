"""`python -m augspec_conformance.peers`: print the page; with `--run`, ask the libraries first (minutes)."""

from __future__ import annotations

import argparse
import sys

from augspec_conformance.peers.libraries import COLUMNS
from augspec_conformance.peers.page import page
from augspec_conformance.peers.results import PATH, judged, load, merged, save
from augspec_conformance.peers.run import ask_column

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; leave with 1 if something is broken that nobody has judged."""
    parser = argparse.ArgumentParser(prog="python -m augspec_conformance.peers", description=__doc__)
    parser.add_argument("--run", action="store_true", help="ask the libraries, and keep what they came to")
    parser.add_argument("--peer", action="append", choices=[column.name for column in COLUMNS], help="only this column")
    parser.add_argument("--law", action="append", help="only this law; the results of the others are kept")
    parser.add_argument("--transform", action="append", help="only transforms whose names begin so; others are kept")
    given = parser.parse_args(arguments)
    if given.run:
        kept = (
            {one.peer: one for one in load()} if (given.peer or given.law or given.transform) and PATH.exists() else {}
        )
        for column in COLUMNS:
            if not given.peer or column.name in given.peer:
                sys.stderr.write(f"asking {column.name}\n")
                found = ask_column(column.name, given.law or (), given.transform or ())
                kept[column.name] = merged(kept.get(column.name), found, given.law or (), given.transform or ())
                save([kept[column.name] for column in COLUMNS if column.name in kept])
    results = load()
    sys.stdout.write(page(results))
    unjudged = [(one.peer, row) for one in results for row, verdict in judged(one) if verdict is None]
    for name, row in unjudged:
        sys.stderr.write(f"not judged: {name}, {row.law}, {row.transform}: {row.message}\n")
    return 1 if unjudged else 0


if __name__ == "__main__":
    sys.exit(main())
