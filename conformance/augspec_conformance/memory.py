"""What the process holds: memory, objects, threads and open files, as the operating system and the collector count."""

from __future__ import annotations

import ctypes
import gc
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Held", "held", "peak_during"]

_PROCESS = Path("/proc/self")
_RESET_PEAK = "5"
"""What Linux takes in `clear_refs` to count the peak of the resident memory from here on."""


class Held(NamedTuple):
    """What the process holds.

    Attributes:
        memory: resident bytes.
        objects: objects that the collector tracks.
        threads: threads of Python.
        files: open files.
    """

    memory: int
    objects: int
    threads: int
    files: int


def held() -> Held | None:
    """Count, after a collection; None where the system does not tell (anywhere but on Linux)."""
    _let_go()
    memory = _status("VmRSS")
    if memory is None:
        return None
    files = sum(1 for _ in (_PROCESS / "fd").iterdir())
    return Held(memory, len(gc.get_objects()), threading.active_count(), files)


def peak_during(run: Callable[[], Any]) -> int | None:
    """Return by how many bytes the resident memory grew at most during a call; None where the system does not tell.

    Memory that was freed before and is kept by an allocator hides what the call takes: it is given back first, as far
    as the C library can.
    """
    _let_go()
    try:
        (_PROCESS / "clear_refs").write_text(_RESET_PEAK)
    except OSError:
        return None
    before = _status("VmRSS")
    run()
    peak = _status("VmHWM")
    return None if before is None or peak is None else max(peak - before, 0)


def _let_go() -> None:
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, others have not
    if trim is not None:
        trim(0)


def _status(name: str) -> int | None:
    try:
        text = (_PROCESS / "status").read_text()
    except OSError:
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None
