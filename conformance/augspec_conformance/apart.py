"""One process per backend: frameworks quarrel over threads, memory and global state when they share one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from augspec_conformance.report.folder import read
from augspec_conformance.report.model import Report
from augspec_conformance.runner import BadRequest

__all__ = ["Crashed", "check_apart"]

_BAD_USAGE = 2


class Crashed(Exception):
    """The process of a backend ended before its report was whole."""


def check_apart(backend: str, options: Sequence[str]) -> Report:
    """Run `augspec conformance run` for one backend in a process of its own.

    Args:
        backend: a name or `module:attribute`.
        options: further options of `run`.

    Raises:
        BadRequest: the process refused the request; it has said why on standard error.
        Crashed: it died, as a framework does on a segmentation fault.
    """
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "augspec_conformance.cli", "run", "--backend", backend, *options]
        code = subprocess.run([*command, "--report", folder, "--quiet"], check=False).returncode  # noqa: S603
        if code == _BAD_USAGE:
            raise BadRequest(f"{backend} was not checked")
        try:
            return read(Path(folder))[0]
        except ValueError as error:
            how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            raise Crashed(f"the process of {backend} ended {how} before its report was whole") from error
