"""Run one case again: `python -m augspec_conformance.replay FILE` for a failure file, or CASE with --law, --backend."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import augspec
from augspec_conformance.checking import run_case
from augspec_conformance.failures import Failure
from augspec_conformance.law import Case
from augspec_conformance.planning import select_laws
from augspec_conformance.report.model import Result
from augspec_conformance.subject import Subject

__all__ = ["main", "read_case", "replay", "replayed"]


def replayed(failure: Failure) -> Result:
    """Run a case of a law again, in its own mode.

    Raises:
        ValueError: there is no such law.
        BackendUnavailable: there is no such backend.
    """
    law = select_laws([failure.law])[0]
    found = augspec.get_backend(failure.backend)
    subject = Subject(found, failure.case.mode or found.capabilities.modes[0], source=failure.backend)
    return run_case(law, subject, failure.case)


def replay(law: str, backend: str, case: Case) -> str:
    """Run a case of a law in its own mode; return its status, and the message if it did not pass."""
    result = replayed(Failure(law=law, backend=backend, case=case))
    return f"{result.status}\n{result.message}".strip()


def read_case(given: str, *, law: str | None = None, backend: str | None = None, of: str | None = None) -> Failure:
    """Return what to run.

    Args:
        given: a failure file, a file with a case, or the JSON of either.
        law: the law's id, instead of the file's.
        backend: the backend, instead of the file's.
        of: the law where neither the file nor `law` says one.

    Raises:
        ValueError: it is neither, or a case alone without a law and a backend.
        OSError: there is no such file.
    """
    import json

    where, text = "the JSON", given
    if not given.lstrip().startswith("{"):
        where, text = given, Path(given).read_text(encoding="utf-8")
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{where} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"{where} holds no JSON object: neither a case nor a failure")  # noqa: TRY004 (bad input)
    if "case" not in value:
        value = {"case": value}
    changes = {"law": law, "backend": backend}
    value = ({} if of is None else {"law": of}) | value
    value |= {name: said for name, said in changes.items() if said is not None}
    missing = [f"--{name}" for name in changes if name not in value]
    if missing:
        raise ValueError(f"{where} is a case alone: say {' and '.join(missing)} as well")
    return Failure.model_validate_json(json.dumps(value))


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and replay; 0 if the case passed, 1 if not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m augspec_conformance.replay", description=__doc__)
    parser.add_argument("--law", help="the law's id; a failure file has its own")
    parser.add_argument("--backend", help="a name or module:attribute; a failure file has its own")
    parser.add_argument("case", help="a failure file, a file with a case, or a case as JSON")
    given = parser.parse_args(arguments)
    try:
        result = replayed(read_case(given.case, law=given.law, backend=given.backend))
    except (ValueError, OSError, augspec.BackendUnavailable) as error:
        parser.error(str(error))
    sys.stdout.write(f"{result.status}\n{result.message}".strip() + "\n")
    return 0 if result.status == "passed" else 1


if __name__ == "__main__":
    sys.exit(main())
