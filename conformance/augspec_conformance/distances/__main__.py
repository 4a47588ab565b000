"""Measure distances: `python -m augspec_conformance.distances [FOLDER]` writes accuracy.json and accuracy.md."""

# ruff: noqa: T201 (a command talks on standard output)

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from augspec_conformance.distances import results
from augspec_conformance.distances.libraries import LIBRARIES
from augspec_conformance.distances.page import page
from augspec_conformance.distances.pairs import pairs

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status: 1 if a distance is larger than its reason explains."""
    parser = argparse.ArgumentParser(prog="python -m augspec_conformance.distances", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs"), help="where both files go")
    parser.add_argument("--library", help="measure this one alone, and print a line of JSON")
    parser.add_argument("--page", action="store_true", help="write accuracy.md from accuracy.json, measure nothing")
    given = parser.parse_args(arguments)
    if given.library:
        print(json.dumps(results.of_library(results.library(given.library))))
        return 0
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is no folder; give one that exists, in a checkout docs")
    file = given.folder / "accuracy.json"
    if not given.page:
        libraries = {}
        for library in LIBRARIES:
            libraries[library.name] = found = results.measured(library)
            print(f"{library.name}: {found.get('missing') or str(len(found['pairs'])) + ' distances'}", flush=True)
        results.write(file, libraries, results.of_reference())
    document = results.read(file)
    (given.folder / "accuracy.md").write_text(page(document), encoding="utf-8")
    wrong = results.beyond(document)
    print("\n".join(wrong) or f"{len(pairs())} comparisons, all within their reasons; see {file.with_suffix('.md')}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
