"""How much memory a call takes, beside what goes in and comes out: `python -m benchmarks.memory`.

Each case has a process of its own. It makes one call, gives everything back that it made, and notes how much memory the
process holds; the kernel counts anew from there, and a second call shows the peak. What goes in is held already, what
comes out is within. Blocks of more than 64 KiB go back to the system as soon as they are free. Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import augspec
from benchmarks import ours, report
from benchmarks.pairing import wait_for
from benchmarks.workloads import BY_NAME, Workload

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 900

BATCH, SIDE = 64, 224
WORKS = ("W1", "W3", "W5")
MODES = {
    "host": ("compiled",),
    "numpy": ("eager",),
    "torch": ("host", "eager", "compiled"),
    "jax": ("host", "compiled"),
    "tensorflow": ("host",),
}
"""TensorFlow's own allocator keeps what it once had: its peak in the mode `compiled` cannot be seen from outside."""

TIMES = 3
"""What backends other than the host engine may take, in sizes of what goes in and comes out."""

_MB = 1e6


@dataclass(frozen=True)
class Job:
    """One backend in one mode on one workload."""

    backend: str
    mode: str
    work: str


def workload(name: str) -> Workload:
    """Return a workload on 64 images of 224 × 224."""
    return replace(BY_NAME[name], batch=BATCH, size=(SIDE, SIDE), out=None)


def _status(field: str) -> int:
    """Return a size that the kernel knows of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field + ":")).split()[1]) * 1024


def _given_back(augment: Any) -> None:
    """Give back what is free, and the memory that the host engine keeps for its next call."""
    for call in augment._compiled.values():
        if hasattr(call, "code"):
            call.code._free.clear()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def measure(job: Job) -> dict[str, Any]:
    """Return the bytes of what goes in and comes out, and the peak of a call, in this process."""
    work = workload(job.work)
    augment = augspec.compile(augspec.loads(json.dumps(work.policy)), job.backend, layout="NHWC", mode=job.mode)
    native = {name: ours.on_framework(job.backend, array) for name, array in work.samples().items()}
    index = np.arange(work.batch)

    def call(step: int) -> dict[str, Any]:
        found: dict[str, Any] = augment(augspec.Key(1).fold(step), native, index)
        for array in found.values():
            wait_for(array)
        return found

    del work
    given = sum(_bytes(array) for array in native.values())
    made = sum(_bytes(array) for array in call(0).values())
    _given_back(augment)
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
    out = call(1)
    peak = given + _status("VmHWM") - before
    del out
    return {
        **asdict(job),
        "in_bytes": given,
        "out_bytes": made,
        "peak_bytes": peak,
        "most_bytes": most(job, given + made),
    }


def most(job: Job, both: int) -> int:
    """Return the target: of the host engine one image of float32 for each core more than what goes in and out."""
    if "host" not in (job.backend, job.mode):
        return TIMES * both
    cores = len(os.sched_getaffinity(0))
    return both + cores * SIDE * SIDE * 3 * 4


def _bytes(array: Any) -> int:
    return int(np.asarray(array).nbytes)


def spawn(job: Job) -> dict[str, Any]:
    """Return what a process of its own measures.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    command = [sys.executable, "-m", "benchmarks.memory", "--job", json.dumps(asdict(job))]
    env = os.environ | {"MALLOC_MMAP_THRESHOLD_": str(1 << 16), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=env, timeout=TIMEOUT)
    if done.returncode:
        raise RuntimeError(f"{job.backend} {job.mode} {job.work}: {done.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


HEAD = f"{'work':<6}{'backend':<12}{'mode':<10}{'in + out, MB':>13}{'peak, MB':>10}{'ratio':>7}{'target, MB':>12}"


def row(one: dict[str, Any]) -> str:
    """Return one line; `ok` within the target, `!!` beyond."""
    both, peak, target = one["in_bytes"] + one["out_bytes"], one["peak_bytes"], one["most_bytes"]
    return (
        f"{one['work']:<6}{one['backend']:<12}{one['mode']:<10}{both / _MB:>13.1f}{peak / _MB:>10.1f}"
        f"{peak / both:>7.2f}{target / _MB:>12.1f} {'ok' if peak <= target else '!!'}"
    )


def main(argv: list[str] | None = None) -> int:
    """Measure the chosen cases, print a line for each, and write."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    line.add_argument("--backend", choices=MODES, help="only this one")
    line.add_argument("--mode", help="only this mode")
    line.add_argument("--work", choices=WORKS, help="only this workload")
    line.add_argument("--json", type=Path, help="write every number, the machine and the versions here")
    line.add_argument("--job", help=argparse.SUPPRESS)
    given = line.parse_args(argv)
    if given.job:
        print(json.dumps(measure(Job(**json.loads(given.job)))))
        return 0
    records = []
    print(HEAD)
    for work in WORKS:
        for backend, mode in ((backend, mode) for backend, modes in MODES.items() for mode in modes):
            if given.backend in (None, backend) and given.mode in (None, mode) and given.work in (None, work):
                records.append(spawn(Job(backend, mode, work)))
                print(row(records[-1]), flush=True)
    if given.json:
        report.save(given.json, "memory", argv, {"records": records})
    return 0


if __name__ == "__main__":
    sys.exit(main())
