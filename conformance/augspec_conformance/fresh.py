"""A fresh process: import a backend, compile and call; say what that changed, and what came out.

`python -m augspec_conformance.fresh SOURCE FRAMEWORK CASE…` prints one line of JSON, as `Finding` reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np

import augspec
from augspec_conformance.adapters import FRAMEWORKS, load_adapter
from augspec_conformance.law import Case
from augspec_conformance.subject import Subject

__all__ = ["Finding", "digests_of", "main", "seen"]

HASH_SEED = "4242"
"""Another one than this process has, but for one run in four billion."""


@dataclass(frozen=True)
class Finding:
    """What a fresh process saw.

    Attributes:
        at_import: names of global states that importing the backend changed.
        at_call: names of those that compiling and calling changed.
        digests: by mode, then by case, SHA-256 of draws and results.
    """

    at_import: tuple[str, ...]
    at_call: tuple[str, ...]
    digests: dict[str, dict[str, str]]


@cache
def seen(source: str, framework: str, cases: tuple[str, ...]) -> Finding:
    """Start a process and return what it saw.

    Args:
        source: what `augspec.get_backend` takes.
        framework: the framework of the backend's adapter; it is imported first, and is not the backend's doing.
        cases: cases as JSON.

    Raises:
        RuntimeError: the process failed; its last words are in the text.
    """
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": HASH_SEED}
    command = [sys.executable, "-W", "ignore", "-m", "augspec_conformance.fresh", source, framework, *cases]
    done = subprocess.run(  # noqa: S603 (this interpreter and this module)
        command, capture_output=True, text=True, env=environment, check=False, timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"a fresh process with the backend {source!r} failed:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Finding(tuple(found["at_import"]), tuple(found["at_call"]), found["digests"])


def digests_of(subject: Subject, cases: Sequence[Case]) -> dict[str, str]:
    """Return the SHA-256 of each case's draws and result, all arrays in order.

    Where calls are compiled, the result of the first case alone: draws for keys on the host compile nothing.
    """
    found = {}
    for number, case in enumerate(cases):
        out: dict[str, Any] = dict(subject.draw(case).items())
        if subject.cost == "eager" or not number:
            out |= subject.call(case)
        text = b"".join(name.encode() + np.ascontiguousarray(value).tobytes() for name, value in out.items())
        found[case.name] = hashlib.sha256(text).hexdigest()
    return found


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in before.items() if after[name] != value)


def main(arguments: list[str] | None = None) -> int:
    """Do it here."""
    source, framework, *texts = sys.argv[1:] if arguments is None else arguments
    cases = [Case.model_validate_json(text) for text in texts]
    adapter = load_adapter(framework if framework in FRAMEWORKS else "numpy")
    start = dict(adapter.fingerprint())
    backend = augspec.get_backend(source)
    imported = dict(adapter.fingerprint())
    family: dict[str, Subject] = {}
    subjects = [Subject(backend, mode, family) for mode in backend.capabilities.modes]
    digests = {one.mode: digests_of(one, cases) for one in subjects if one.cost != "dear"}
    finding = Finding(_changed(start, imported), _changed(imported, adapter.fingerprint()), digests)
    sys.stdout.write("\n" + json.dumps(asdict(finding)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
