"""Ask peers: one process per column, because frameworks quarrel and Keras chooses its engine at import.

`python -m augspec_conformance.peers.run COLUMN [--law ID]… [--transform NAME]…` prints one column as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata

from augspec_conformance.law import LawViolation
from augspec_conformance.peers.laws import peer_laws
from augspec_conformance.peers.libraries import COLUMNS, load_peer
from augspec_conformance.peers.peer import Peer
from augspec_conformance.peers.peer_law import NothingTested

__all__ = ["Found", "Row", "ask_column", "ask_here", "main"]

_FIXED = {"B1", "S5", "S9", "N3", "C1"}
"""Laws that compare two calls of fixed parameters: where R4 is broken they would only say so again."""

_SEEDED = {*_FIXED, "B6", "J1", "C11"}
"""Laws that compare two calls of one seed: where K1 is broken they would only say so again."""

_FIRST = ("J6", "R4", "K1")
"""Laws on which others build."""

_PATH = re.compile(r'File "[^"]*?([^"/\\]+)"')
"""Paths of whoever asked are nobody's business."""

_TEXT = 400
"""Characters of a message that are kept."""


@dataclass(frozen=True)
class Row:
    """What one law came to for one transform: "held", "broken", "errored" or "not-asked", and why."""

    law: str
    transform: str
    status: str
    message: str = ""


@dataclass(frozen=True)
class Found:
    """What one column came to.

    Attributes:
        peer: the column.
        versions: by distribution.
        missing: what is not installed, in which case there are no rows.
        rows: one per law and transform.
        transforms: the names of all transforms of the peer, asked or not.
    """

    peer: str
    versions: dict[str, str]
    missing: str
    rows: tuple[Row, ...]
    transforms: tuple[str, ...] = ()


def ask_here(peer: Peer, laws: Sequence[str] = (), transforms: Sequence[str] = ()) -> Iterator[Row]:
    """Ask every transform every law in this process; what does not run is asked no further law.

    Args:
        peer: the library.
        laws: only these, and those on which they build.
        transforms: only those whose names begin so.
    """
    every = sorted(peer_laws(), key=lambda law: _FIRST.index(law.id) if law.id in _FIRST else len(_FIRST))
    for transform in peer.transforms():
        if transforms and not transform.name.startswith(tuple(transforms)):
            continue
        broken = drawn = unseeded = ""
        for law in every:
            if laws and law.id not in {*laws, *_FIRST}:
                continue
            reason = (
                broken
                or (drawn if law.id in _FIXED else "")
                or (unseeded if law.id in _SEEDED else "")
                or peer.silent.get(law.id)
                or law.needs(peer, transform)
            )
            if reason:
                yield Row(law.id, transform.name, "not-asked", reason)
                continue
            try:
                law.check(peer, transform)
            except LawViolation as violation:
                text = " ".join(str(violation).split())
                if law.id == "J6":
                    broken = f"it does not run (J6): {text}"[:_TEXT]
                if law.id == "R4":
                    drawn = "its parameters are not fixed, as they should be (R4)"
                if law.id == "K1":
                    unseeded = "its seed does not decide what it does (K1)"
                yield Row(law.id, transform.name, "broken", text[:_TEXT])
            except NothingTested as reason:
                yield Row(law.id, transform.name, "not-asked", str(reason))
            except Exception as error:
                text = _PATH.sub(r'File "\1"', f"{type(error).__name__}: {' '.join(str(error).split())}")
                yield Row(law.id, transform.name, "errored", text[:_TEXT])
            else:
                yield Row(law.id, transform.name, "held")


def ask_column(name: str, laws: Sequence[str] = (), transforms: Sequence[str] = (), *, timeout: float = 3600) -> Found:
    """Ask one column in a process of its own.

    Raises:
        RuntimeError: the process failed; its last words are in the text.
    """
    column = next(one for one in COLUMNS if one.name == name)
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109
    environment = {**os.environ, **column.environment(), "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["NO_ALBUMENTATIONS_UPDATE"] = "1"
    command = [sys.executable, "-W", "ignore", "-m", "augspec_conformance.peers.run", name]
    command += [part for law in laws for part in ("--law", law)]
    command += [part for one in transforms for part in ("--transform", one)]
    done = subprocess.run(  # noqa: S603 (this interpreter and this module)
        command, capture_output=True, text=True, env=environment, check=False, timeout=timeout
    )
    if done.returncode:
        raise RuntimeError(f"asking {name} failed:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Found(
        found["peer"],
        found["versions"],
        found["missing"],
        tuple(Row(**row) for row in found["rows"]),
        tuple(found["transforms"]),
    )


def main(arguments: list[str] | None = None) -> int:
    """Ask here, and print."""
    parser = argparse.ArgumentParser(prog="python -m augspec_conformance.peers.run", description=__doc__)
    parser.add_argument("column", choices=[column.name for column in COLUMNS])
    parser.add_argument("--law", action="append", default=[])
    parser.add_argument("--transform", action="append", default=[])
    given = parser.parse_args(arguments)
    name = given.column
    warnings.simplefilter("ignore")
    peer = load_peer(name)
    missing = peer.missing()
    rows = () if missing else tuple(ask_here(peer, given.law, given.transform))
    names = () if missing else tuple(one.name for one in peer.transforms())
    versions = {} if missing else {package: metadata.version(package) for package in peer.packages}
    sys.stdout.write("\n" + json.dumps(asdict(Found(name, versions, missing, rows, names))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
