"""How far from the limit: `python -m benchmarks.limit` prints the floor of each workload beside what it takes.

The floor is what memory alone would take: bytes in and bytes out over the bandwidth of a copy of so many bytes, which
is measured in the same process, in turn. One core, batches, the host engine. What the rest goes to is told by the time
that each op of the workload takes alone on images of the same size.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import augspec
from benchmarks import report
from benchmarks.workloads import WORKLOADS, Json, Workload

_BATCH = 16
"""Images of a call: more than the caches hold, less than a minute for all workloads."""

_LEAST = 0.05
"""Seconds that a contender is called again and again in its turn."""

Call = Callable[[int], Any]


def least(calls: Mapping[str, Call], rounds: int) -> dict[str, float]:
    """Return the seconds of a call of each, the least of several rounds in turn."""
    best = dict.fromkeys(calls, float("inf"))
    for turn in range(rounds + 1):
        for name, call in calls.items():
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < _LEAST:
                call(turn + count)
                count += 1
            if turn:  # the first round compiles
                best[name] = min(best[name], (time.perf_counter() - start) / count)
    return best


def _augment(ops: list[Json], given: Any) -> Call:
    policy = augspec.parse({"augspec": 1, "ops": ops, "eval": []})
    augment, index = augspec.compile(policy, "host"), np.arange(_BATCH)
    return lambda step: augment(augspec.Key(1).fold(step), given, index)


def measure(work: Workload, rounds: int) -> dict[str, Any]:
    """Return the floor and the time of a workload, and the times of its ops alone, in microseconds per image."""
    many = -(-_BATCH // work.batch)
    samples = {name: np.concatenate([array] * many)[:_BATCH] for name, array in work.samples().items()}
    images = samples["image"]
    call = _augment(list(work.ops), samples if len(samples) > 1 else images)
    out = call(0)
    results = out.values() if isinstance(out, dict) else [out]
    moved = sum(array.nbytes for array in (*samples.values(), *results))
    source, target = (np.zeros(moved // 2, np.uint8) for _ in range(2))
    calls: dict[str, Call] = {"copy": lambda _: np.copyto(target, source), "all": call}
    alone = [op for op in work.ops if len(work.ops) > 1 and op["op"] not in ("mixup", "cutmix")]
    calls |= {f"{number} {op['op']}": _augment([op], images) for number, op in enumerate(alone)}
    found = {name: 1e6 * seconds / _BATCH for name, seconds in least(calls, rounds).items()}
    floor, taken = found.pop("copy"), found.pop("all")
    return {
        "work": work.name,
        "floor": floor,
        "taken": taken,
        "factor": taken / floor,
        "gigabytes_per_s": moved / _BATCH / floor / 1e3,
        "alone": {name.partition(" ")[2]: value for name, value in found.items()},
    }


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and write."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.limit", description=__doc__)
    line.add_argument("--work", choices=[work.name for work in WORKLOADS], action="append")
    line.add_argument("--rounds", type=int, default=5)
    line.add_argument("--json", type=Path)
    given = line.parse_args(argv)
    os.environ["OMP_NUM_THREADS"] = "1"
    rows = [measure(work, given.rounds) for work in WORKLOADS if not given.work or work.name in given.work]
    for row in rows:
        beside = f"{row['factor']:5.1f} times the {row['floor']:6.1f} µs of a copy at {row['gigabytes_per_s']:.1f} GB/s"
        print(f"{row['work']:4} {row['taken']:8.1f} µs an image, {beside}")
        parts = sorted(row["alone"].items(), key=lambda item: -item[1])
        if parts:
            print("     alone:", ", ".join(f"{name} {value:.0f}" for name, value in parts))
    if given.json:
        report.save(given.json, "limit", argv, {"rows": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())
