"""How cost grows: with ops in a row, with pixels, with the batch: `python -m benchmarks.growth --json FILE`.

Times are the least of several rounds in turn, in one process: what the work costs, without what others do meanwhile.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import augspec
from benchmarks import ours, report
from benchmarks.pairing import wait_for
from benchmarks.workloads import W1, Json

SIDES = (32, 64, 128, 256, 512, 1024, 2048)
STACKS = (1, 2, 3, 5, 7, 10)
BATCHES = (1, 4, 16, 64, 256, 1024, 4096)

_LEAST = 0.02
"""Seconds that a case is called again and again in its turn."""

WARP: Json = {"op": "rotate", "degrees": {"uniform": [-15, 15]}}
POINTWISE: tuple[Json, ...] = (
    {"op": "brightness_scale", "factor": {"uniform": [0.8, 1.2]}},
    {"op": "contrast", "factor": {"uniform": [0.8, 1.2]}, "pivot": "mid"},
    {"op": "gamma", "gamma": {"uniform": [0.8, 1.2]}},
    {"op": "solarize", "threshold": {"uniform": [0.5, 1.0]}},
    {"op": "brightness_shift", "delta": {"uniform": [-0.1, 0.1]}},
    {"op": "posterize", "bits": 6},
    {"op": "invert"},
    {"op": "brightness_scale", "factor": {"uniform": [0.9, 1.1]}},
    {"op": "contrast", "factor": {"uniform": [0.9, 1.1]}, "pivot": "mid"},
    {"op": "brightness_shift", "delta": {"uniform": [-0.05, 0.05]}},
)


@dataclass(frozen=True)
class Run:
    """One backend in one mode."""

    backend: str
    mode: str
    rounds: int


def timed(run: Run, cases: dict[str, tuple[list[Json], int, int]]) -> dict[str, float]:
    """Return the seconds of a call for each case: ops, batch and side. Cases take turns."""
    calls: dict[str, Callable[[int], Any]] = {}
    for name, (ops, batch, side) in cases.items():
        policy = augspec.parse({"augspec": 1, "ops": ops, "eval": []})
        augment = augspec.compile(policy, run.backend, layout="NHWC", mode=run.mode)
        images = np.random.default_rng(0).integers(0, 256, (batch, side, side, 3), np.uint8)
        native, index = ours.on_framework(run.backend, images), np.arange(batch)
        calls[name] = lambda step, f=augment, x=native, i=index: wait_for(f(augspec.Key(1).fold(step), x, i))
        calls[name](0)
    best = dict.fromkeys(calls, float("inf"))
    for turn in range(run.rounds):
        for name, call in calls.items():
            call(turn)  # the case before it took the caches
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < _LEAST:
                call(count)
                count += 1
            best[name] = min(best[name], (time.perf_counter() - start) / count)
    return best


def in_a_row(run: Run) -> dict[str, float]:
    """Return what ten warps cost beside one, and ten pointwise ops beside the sum of the ten alone."""
    cases: dict[str, tuple[list[Json], int, int]] = {
        "1 warp": ([WARP], 16, 224),
        "10 warps": ([WARP] * 10, 16, 224),
        "10 pointwise": (list(POINTWISE), 16, 224),
        **{f"alone {number}": ([op], 16, 224) for number, op in enumerate(POINTWISE)},
    }
    seconds = timed(run, cases)
    alone = sum(value for name, value in seconds.items() if name.startswith("alone"))
    return {
        "10 warps / 1 warp": seconds["10 warps"] / seconds["1 warp"],
        "10 pointwise / sum of them alone": seconds["10 pointwise"] / alone,
    }


def stacked(run: Run) -> dict[str, dict[int, float]]:
    """Return microseconds of an image by the number of ops in a row, for warps and for pointwise ops."""
    cases: dict[str, tuple[list[Json], int, int]] = {f"warps {n}": ([WARP] * n, 16, 224) for n in STACKS}
    cases |= {f"pointwise {n}": (list(POINTWISE[:n]), 16, 224) for n in STACKS}
    found = timed(run, cases)
    return {kind: {n: 1e6 * found[f"{kind} {n}"] / 16 for n in STACKS} for kind in ("warps", "pointwise")}


def with_pixels(run: Run) -> dict[int, float]:
    """Return nanoseconds per pixel of W1, one image a call, by side."""
    found = timed(run, {str(side): (list(W1.ops), 1, side) for side in SIDES})
    return {side: 1e9 * found[str(side)] / side**2 for side in SIDES}


def with_batch(run: Run) -> dict[int, float]:
    """Return microseconds per image of W1 on 32 × 32 pixels, by batch."""
    found = timed(run, {str(batch): (list(W1.ops), batch, 32) for batch in BATCHES})
    return {batch: 1e6 * found[str(batch)] / batch for batch in BATCHES}


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and write."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    line.add_argument("--backend", default="host")
    line.add_argument("--mode", default="auto")
    line.add_argument("--rounds", type=int, default=15)
    line.add_argument("--json", type=Path)
    given = line.parse_args(argv)
    run = Run(given.backend, given.mode, given.rounds)
    row, stacks, pixels, batch = in_a_row(run), stacked(run), with_pixels(run), with_batch(run)
    for name, ratio in row.items():
        print(f"{name}: {ratio:.2f}")
    for kind, times in stacks.items():
        print(f"{kind} in a row, µs per image:", "  ".join(f"{n}: {value:.0f}" for n, value in times.items()))
    print("W1, ns per pixel by side:   ", "  ".join(f"{side}: {value:.2f}" for side, value in pixels.items()))
    print("W1, µs per 32×32 by batch:  ", "  ".join(f"{size}: {value:.2f}" for size, value in batch.items()))
    if given.json:
        found = {"run": asdict(run), "in a row": row, "stacked": stacks, "pixels": pixels, "batch": batch}
        report.save(given.json, "growth", argv, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
