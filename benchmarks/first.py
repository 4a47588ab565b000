"""How long it takes to the first batch of W1, in fresh processes: with empty compiler caches, and with filled ones.

A process imports the framework, binds the policy (`augspec.compile`), makes the first call and then a second one. The
first process of a backend finds empty folders for what compilers keep, the later ones find what it left there.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 600

FRAMEWORKS = {"host": "numpy", "numpy": "numpy", "torch": "torch", "jax": "jax", "tensorflow": "tensorflow"}


@dataclass(frozen=True)
class Start:
    """One road whose first batch is timed.

    Attributes:
        backend: name of the backend.
        mode: of `augspec.compile`.
        batch: how many images of 224 × 224 pixels.
        cold_s: most seconds of binding and the first call together, with empty caches; None: no target.
        warm_s: most seconds of the first call alone, with filled ones.
    """

    backend: str
    mode: str
    batch: int = 64
    cold_s: float | None = None
    warm_s: float | None = None


STARTS = (
    Start("host", "auto", 1, cold_s=3.0, warm_s=0.05),  # as the worker of a loader begins
    Start("host", "auto", 64, cold_s=3.0),
    Start("numpy", "auto", 64),
    Start("torch", "eager", 64, cold_s=20.0),
    Start("torch", "compiled", 64, cold_s=20.0),
    Start("jax", "compiled", 64, cold_s=3.0),
    Start("tensorflow", "compiled", 64, cold_s=3.0),
)


def caches(folder: Path) -> dict[str, str]:
    """Return the settings by which compilers keep what they made in a folder, however quickly they made it."""
    names = {"AUGSPEC_CACHE": "augspec", "TORCHINDUCTOR_CACHE_DIR": "inductor", "JAX_COMPILATION_CACHE_DIR": "jax"}
    return {
        **{name: str(folder / part) for name, part in names.items()},
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        "TF_XLA_FLAGS": f"--tf_xla_persistent_cache_directory={folder / 'xla'}",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def measure(start: Start) -> dict[str, float]:
    """Return the seconds of each step from here to the second batch, in this process."""
    marks = [time.perf_counter()]

    def mark() -> None:
        marks.append(time.perf_counter())

    __import__(FRAMEWORKS[start.backend])
    mark()
    import numpy as np

    import augspec
    from benchmarks import ours
    from benchmarks.pairing import wait_for
    from benchmarks.workloads import W1

    images = np.random.default_rng(0).integers(0, 256, (start.batch, *W1.size, 3), np.uint8)
    native, index = ours.on_framework(start.backend, images), np.arange(start.batch)
    policy = augspec.loads(json.dumps(W1.policy))
    mark()
    augment = augspec.compile(policy, start.backend, layout="NHWC", mode=start.mode)
    mark()
    wait_for(augment(augspec.Key(1), native, index))
    mark()
    wait_for(augment(augspec.Key(2), native, index))
    mark()
    names = ("import_s", "language_s", "bind_s", "first_call_s", "second_call_s")
    return {name: after - before for name, before, after in zip(names, marks[:-1], marks[1:], strict=True)}


def _process(start: Start, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.first", json.dumps(asdict(start))]
    env = os.environ | caches(folder)
    done = subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        raise RuntimeError(f"{start.backend} {start.mode}: {done.stderr.strip()[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def spawn(start: Start, runs: int) -> dict[str, Any]:
    """Return the steps of a first process, whose caches are empty, and the medians of so many later ones.

    Raises:
        RuntimeError: a process failed; with the end of what it said.
    """
    with tempfile.TemporaryDirectory() as scratch:
        cold = _process(start, Path(scratch))
        later = [_process(start, Path(scratch)) for _ in range(runs)]
    warm = {name: statistics.median(one[name] for one in later) for name in cold}
    return {**asdict(start), "cold": cold, "warm": warm}


HEAD = (
    f"{'backend':<12}{'mode':<10}{'batch':>5}{'cold: bind':>14}{'first call, s':>14}{'':>3}"
    f"{'warm: bind':>14}{'first call, s':>14}{'':>3}{'second, ms':>12}"
)


def row(record: dict[str, Any]) -> str:
    """Return one line; `ok` where a target is met, `!!` where it is missed."""
    line = f"{record['backend']:<12}{record['mode']:<10}{record['batch']:>5}"
    for kind in ("cold", "warm"):
        bind, call = (record[kind][name] for name in ("bind_s", "first_call_s"))
        target, spent = record[f"{kind}_s"], call + (bind if kind == "cold" else 0)
        verdict = "" if target is None else " ok" if spent <= target else " !!"
        line += f"{bind:>14.3f}{call:>14.3f}{verdict:>3}"
    return f"{line}{1e3 * record['warm']['second_call_s']:>12.1f}"


if __name__ == "__main__":
    print(json.dumps(measure(Start(**json.loads(sys.argv[1])))))
