"""Run the scripts of docs/report_card: those of one engine in one process, because imports are what takes time.

`python -m augspec_conformance.peers.scripts FOLDER NAME…` runs scripts here and prints what each came to as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from augspec_conformance.peers.libraries.torchvision import load_v2
from augspec_conformance.peers.verdict import all_verdicts

__all__ = ["Shown", "groups", "main", "shown"]


@dataclass(frozen=True)
class Shown:
    """What a script came to.

    Attributes:
        name: its name.
        status: what it left with; 70 for an error that it did not expect.
        output: what it printed.
    """

    name: str
    status: int
    output: str


def groups() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the names of all scripts by library and engine ("" where there is no choice)."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for library, verdicts in all_verdicts().items():
        for verdict in verdicts:
            for engine in verdict.engine or ("",):
                if verdict.script:
                    found.setdefault((library, engine), {})[verdict.script] = None
    return {key: tuple(names) for key, names in found.items()}


def shown(folder: Path, names: Sequence[str], *, engine: str = "", timeout: float = 600) -> tuple[Shown, ...]:
    """Run scripts in a process of their own.

    Raises:
        RuntimeError: the process failed; its last words are in the text.
    """
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109
    environment = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", "NO_ALBUMENTATIONS_UPDATE": "1"}
    environment |= {"KERAS_BACKEND": engine} if engine else {}
    command = [sys.executable, "-W", "ignore", "-m", "augspec_conformance.peers.scripts", str(folder), *names]
    done = subprocess.run(  # noqa: S603 (this interpreter and this module)
        command, capture_output=True, text=True, env=environment, check=False, timeout=timeout
    )
    if done.returncode:
        raise RuntimeError(f"running {', '.join(names)} failed:\n{done.stderr[-2000:]}")
    return tuple(Shown(**one) for one in json.loads(done.stdout.splitlines()[-1]))


def _run(path: Path) -> Shown:
    printed = io.StringIO()
    status = 0
    with contextlib.redirect_stdout(printed):
        try:
            runpy.run_path(str(path), run_name="__main__")
        except SystemExit as leave:
            status = leave.code if isinstance(leave.code, int) else 0
        except Exception as error:
            status = 70
            printed.write(f"{type(error).__name__}: {error}\n")
    return Shown(path.stem, status, printed.getvalue())


def main(arguments: list[str] | None = None) -> int:
    """Run scripts here, and print."""
    folder, *names = sys.argv[1:] if arguments is None else arguments
    warnings.simplefilter("ignore")
    if any(name.startswith("torchvision") for name in names):
        load_v2()  # declares the operators' names where a build has none; no script uses them
    found = [_run(Path(folder) / f"{name}.py") for name in names]
    sys.stdout.write("\n" + json.dumps([asdict(one) for one in found]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
