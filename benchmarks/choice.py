"""What a choice costs beside its members: `python -m benchmarks.choice --backend torch --mode compiled`.

A 14-way choice (TrivialAugment's ops, each with probability 1) and each of its members alone take turns on the same
batch; a round's ratio is the choice's time over that of its dearest member. Each backend and mode has a process of its
own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import augspec
from benchmarks import ours, report
from benchmarks.pairing import wait_for
from benchmarks.workloads import Images

PRESET = "trivialaugment_wide/torchvision"
MODES = {
    "numpy": ("eager",),
    "host": ("compiled",),
    "torch": ("eager", "compiled"),
    "jax": ("compiled",),
    "tensorflow": ("graph", "compiled"),
}
TIMEOUT = 1800


@dataclass(frozen=True)
class Job:
    """One backend in one mode, and how long it is timed."""

    backend: str
    mode: str
    batch: int
    side: int
    rounds: int


def policies() -> dict[str, Any]:
    """Return the choice, and every member of it alone, as documents."""
    (choice,) = json.loads(augspec.presets()[PRESET].ops)
    alone = {f"{number} {op.get('id', op['op'])}": [op] for number, op in enumerate(choice["ops"])}
    return {name: {"augspec": 1, "ops": ops} for name, ops in {"choice": [choice], **alone}.items()}


def images(job: Job) -> Images:
    """Return noise with smooth parts, uint8."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (job.batch, job.side, job.side, 3), np.uint8)


def measure(job: Job) -> dict[str, Any]:
    """Time the choice and its members in turn, in this process."""
    batch = images(job)
    native, index = ours.on_framework(job.backend, batch), np.arange(job.batch)
    calls: dict[str, Callable[[int], Any]] = {}
    first: dict[str, float] = {}
    for name, document in policies().items():
        policy = augspec.loads(json.dumps(document))
        augment = augspec.compile(policy, backend=job.backend, mode=job.mode, layout="NHWC")
        calls[name] = lambda step, augment=augment: augment(augspec.Key(step), native, index=index)
        first[name] = _seconds(calls[name], 0)
    times: dict[str, list[float]] = {name: [] for name in calls}
    for step in range(job.rounds):
        for name, call in calls.items():
            times[name].append(_seconds(call, 1 + step))
    members = [name for name in calls if name != "choice"]
    medians = {name: statistics.median(values) for name, values in times.items()}
    dearest = max(members, key=medians.__getitem__)
    ratios = [a / b for a, b in zip(times["choice"], times[dearest], strict=True)]
    mean = statistics.mean(medians[name] for name in members)
    return {
        **job.__dict__,
        "choice_s": medians["choice"],
        "first_call_s": first["choice"],
        "dearest": dearest,
        "dearest_s": medians[dearest],
        "mean_of_members_s": mean,
        "ratio_to_dearest": {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)},
        "members_s": {name: medians[name] for name in members},
    }


def _seconds(call: Callable[[int], Any], step: int) -> float:
    start = time.perf_counter()
    wait_for(call(step))
    return time.perf_counter() - start


def spawn(job: Job) -> dict[str, Any]:
    """Time one backend and mode in a process of its own.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    command = [sys.executable, "-m", "benchmarks.choice", "--job", json.dumps(job.__dict__)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        raise RuntimeError(f"{job.backend} {job.mode}: {done.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


_HEAD = (
    f"{'backend':<11}{'mode':<9}{'choice':>10}{'dearest':>10}{'mean':>10}  {'ratio (min-max)':<18}first call  dearest"
)


def _row(one: dict[str, Any]) -> str:
    ratio = one["ratio_to_dearest"]
    shown = f"{ratio['median']:.2f} ({ratio['min']:.2f}-{ratio['max']:.2f})"
    times = "".join(f"{one[name] * 1e3:>7.1f} ms" for name in ("choice_s", "dearest_s", "mean_of_members_s"))
    return f"{one['backend']:<11}{one['mode']:<9}{times}  {shown:<18}{one['first_call_s']:>8.1f} s  {one['dearest']}"


def main(argv: list[str] | None = None) -> int:
    """Time the chosen backends and print one line for each mode."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.choice", description=__doc__)
    line.add_argument("--backend", choices=MODES, help="only this one")
    line.add_argument("--mode", help="only this mode")
    line.add_argument("--batch", type=int, default=64)
    line.add_argument("--side", type=int, default=224)
    line.add_argument("--rounds", type=int, default=7)
    line.add_argument("--json", type=Path, help="write every number, the machine and the versions here")
    line.add_argument("--job", help=argparse.SUPPRESS)
    options = line.parse_args(argv)
    if options.job:
        print(json.dumps(measure(Job(**json.loads(options.job)))))
        return 0
    records = []
    print(_HEAD)
    for backend, modes in MODES.items():
        for mode in modes:
            if options.backend in (None, backend) and options.mode in (None, mode):
                records.append(spawn(Job(backend, mode, options.batch, options.side, options.rounds)))
                print(_row(records[-1]), flush=True)
    if options.json:
        content = {"machine": report.machine(), "versions": report.versions(), "preset": PRESET, "records": records}
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
