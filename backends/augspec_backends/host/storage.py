"""Machine code on disk, so that the next process need not compile it again.

One file for each text, processor and version of LLVM, under `AUGSPEC_CACHE`, or else in the user's folder for caches.
Files may be removed at any time. `AUGSPEC_CACHE=` (empty) keeps nothing.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

__all__ = ["folder", "kept"]

_VARIABLE = "AUGSPEC_CACHE"
_DIGEST = 32


def folder() -> Path | None:
    """Return where machine code is kept; None where nothing is to be."""
    named = os.environ.get(_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "augspec" / "host"


def kept(facts: str, make: Callable[[], bytes]) -> bytes:
    """Return bytes that follow from facts: those of an earlier call, of this process or of another one, or new ones.

    A file that is not whole is made anew. Where the folder cannot be written, a warning says so, and nothing is kept.
    """
    place = folder()
    if place is None:
        return make()
    path = place / f"{hashlib.sha256(facts.encode()).hexdigest()}.o"
    found = _read(path)
    if found is None:
        found = make()
        _write(path, found)
    return found


def _read(path: Path) -> bytes | None:
    try:
        whole = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        warnings.warn(
            f"{path} cannot be read ({error}); the machine code is compiled anew", RuntimeWarning, stacklevel=2
        )
        return None
    digest, data = whole[:_DIGEST], whole[_DIGEST:]
    return data if hashlib.sha256(data).digest() == digest else None


def _write(path: Path, data: bytes) -> None:
    """Write a file at once: other processes see all of it, or nothing."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(hashlib.sha256(data).digest() + data)
        Path(file.name).replace(path)
    except OSError as error:
        warnings.warn(
            f"machine code cannot be kept in {path.parent} ({error}); name another folder by {_VARIABLE}, or none: "
            f"{_VARIABLE}=",
            RuntimeWarning,
            stacklevel=2,
        )
