"""Run one case again: `python -m augspec_conformance.replay --law P1 --backend torch CASE` (JSON, or a file of it)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import augspec
from augspec_conformance.law import Case
from augspec_conformance.runner import run_case, select_laws
from augspec_conformance.subject import Subject

__all__ = ["main", "replay"]


def replay(law: str, backend: str, case: Case) -> str:
    """Run a case of a law in its own mode; return its status, and the message if it did not pass."""
    found = augspec.get_backend(backend)
    result = run_case(select_laws([law])[0], Subject(found, case.mode or found.capabilities.modes[0]), case)
    return f"{result.status}\n{result.message}".strip()


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and replay; 0 if the case passed."""
    parser = argparse.ArgumentParser(prog="python -m augspec_conformance.replay", description=__doc__)
    parser.add_argument("--law", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("case", help="the case as JSON, or a file that holds it")
    given = parser.parse_args(arguments)
    text = given.case if given.case.lstrip().startswith("{") else Path(given.case).read_text(encoding="utf-8")
    said = replay(given.law, given.backend, Case.model_validate_json(text))
    sys.stdout.write(said + "\n")
    return 0 if said.startswith("passed") else 1


if __name__ == "__main__":
    sys.exit(main())
