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
from augspec_conformance.cases.catalogue import grid
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.facts import source_of
from augspec_conformance.law import Case, LawViolation
from augspec_conformance.laws.compare import require_results_alike
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["Finding", "digests_of", "elsewhere", "fresh_cases", "main", "seen"]

HASH_SEED = "4242"
"""Another one than this process has, but for one run in four billion."""


@dataclass(frozen=True)
class Finding:
    """What a fresh process saw.

    Attributes:
        at_import: names of global states that importing the backend changed.
        at_call: names of those that compiling and calling changed.
        digests: by mode, then by case, SHA-256 of draws and results.
        places: how many places there are for arrays.
        misplaced: by mode, what went wrong with arrays that lie elsewhere than where they are made first.
    """

    at_import: tuple[str, ...]
    at_call: tuple[str, ...]
    digests: dict[str, dict[str, str]]
    places: int
    misplaced: dict[str, list[str]]


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
    found |= {name: tuple(found[name]) for name in ("at_import", "at_call")}
    return Finding(**found)


def elsewhere(subject: Subject, case: Case) -> Finding:
    """Return what a fresh process sees of the same backend.

    Raises:
        Unclaimed: another process cannot import it.
    """
    backend = subject.backend
    for source in dict.fromkeys((subject.source, source_of(backend))):
        try:
            found = augspec.get_backend(source)
        except augspec.BackendUnavailable:
            continue
        if type(found) is type(backend):
            cases = tuple(one.to_json() for one in fresh_cases(subject, case))
            return seen(source, subject.adapter.FRAMEWORK, cases)
    raise Unclaimed(f"{type(backend).__qualname__} cannot be imported by name, so no other process can have it")


def fresh_cases(subject: Subject, case: Case) -> tuple[Case, ...]:
    """Return what a fresh process is asked; the pixels of the first alone where calls are compiled."""
    names = ("mix:train", "mix:some", "op:gaussian_noise")
    asked = grid("P12", "full", names=names[::-1] if case.context.get("quick") else names)
    return tuple(subject.fitted(one.with_(layout=subject.claimed(one.layout))) for one in asked)


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


def _misplaced(subject: Subject, case: Case) -> list[str]:
    """Return what is wrong with results of a batch that lies at each place."""
    wrong, key, ids = [], subject.key(case), subject.ids(case)
    native, expected = subject.native(case, sample_of(case)), subject.call(case)
    for name, place in subject.adapter.places().items():
        out = subject.of(case)(key, {entry: place.put(array) for entry, array in native.items()}, ids)
        wrong += [
            f"{entry} does not lie on {name}, as its input did" for entry in native if not place.holds(out[entry])
        ]
        try:
            require_results_alike(case, subject.numpy(case, out), expected, f"on {name}")
        except LawViolation as found:
            wrong.append(str(found))
    return wrong


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in before.items() if after[name] != value)


def main(arguments: list[str] | None = None) -> int:
    """Do it here."""
    source, framework, *texts = sys.argv[1:] if arguments is None else arguments
    cases = [Case.model_validate_json(text) for text in texts]
    adapter = load_adapter(framework if framework in FRAMEWORKS else "numpy")
    adapter.split_host()
    start = dict(adapter.fingerprint())
    backend = augspec.get_backend(source)
    imported = dict(adapter.fingerprint())
    family: dict[str, Subject] = {}
    subjects = [Subject(backend, mode, family) for mode in backend.capabilities.modes]
    digests = {one.mode: digests_of(one, cases) for one in subjects if one.cost != "dear"}
    changed = _changed(imported, adapter.fingerprint())
    places = len(adapter.places())
    misplaced = {one.mode: _misplaced(one, cases[0]) for one in subjects if one.cost != "dear" and places > 1}
    finding = Finding(_changed(start, imported), changed, digests, places, misplaced)
    sys.stdout.write("\n" + json.dumps(asdict(finding)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
