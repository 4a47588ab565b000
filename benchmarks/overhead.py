"""What a call costs beyond its pixels, and a process before its first batch: `python -m benchmarks.overhead`.

Four parts: `import` augspec in a fresh process; a `single` sample of 32 × 32 pixels on the host engine, beyond what the
same image costs in a large batch on one core; the `draws` of 1024 samples, warm, on every backend; the `first` batch of
W1 (see `benchmarks.first`). Times of warm calls are the least of several rounds, of processes the median of several.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import augspec
from benchmarks import first, report
from benchmarks.pairing import wait_for
from benchmarks.workloads import W1, WORKLOADS, Workload

BACKENDS = ("numpy", "host", "torch", "jax", "tensorflow")
SAMPLES = 1024
SIDE, MANY = 32, 4096

TARGETS = {"import_s": 0.2, "single_s": 30e-6, "draws_s": 2e-3}
"""Most seconds."""

_LEAST = 0.002
"""Seconds that a call is repeated in its turn: less than what a busy machine leaves a process at a time."""

PARTS = ("import", "single", "draws", "first")

_IMPORT = "import time; t = time.perf_counter(); import augspec; print(time.perf_counter() - t)"


def import_seconds(runs: int) -> dict[str, Any]:
    """Return how long `import augspec` takes in fresh processes."""
    command = [sys.executable, "-c", _IMPORT]
    times = [
        float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=first.ROOT).stdout)
        for _ in range(runs)
    ]
    return {"median_s": statistics.median(times), "runs_s": times}


def least(calls: dict[str, Callable[[int], Any]], rounds: int) -> dict[str, float]:
    """Return the seconds of a call of each case, the least of several rounds in turn."""
    best = dict.fromkeys(calls, float("inf"))
    for turn in range(rounds):
        for name, call in calls.items():
            wait_for(call(turn))
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < _LEAST:
                wait_for(call(count))
                count += 1
            best[name] = min(best[name], (time.perf_counter() - start) / count)
    return best


def single(rounds: int) -> dict[str, float]:
    """Return the seconds of a call for one image, and of each image among many, on one core of the host engine."""
    augment = augspec.compile(augspec.loads(json.dumps(W1.policy)), "host")
    images = np.random.default_rng(0).integers(0, 256, (MANY, SIDE, SIDE, 3), np.uint8)
    image, index, key = images[0].copy(), np.arange(MANY), augspec.Key(1)
    found = least(
        {
            "alone": lambda step: augment(key, image, step),
            "many": lambda step: augment(key.fold(step), images, index),
        },
        rounds,
    )
    alone, pixels = found["alone"], found["many"] / MANY
    return {"call_s": alone, "in_a_batch_s": pixels, "beyond_s": alone - pixels}


def draws(backend: str, rounds: int) -> dict[str, dict[str, float]]:
    """Return the seconds of drawing for 1024 samples by workload: with host keys, and with the framework's own."""
    key, index = augspec.Key(1), np.arange(SAMPLES)
    on_host, inside = {}, {}
    for work in WORKLOADS:
        augment = augspec.compile(augspec.loads(json.dumps(work.policy)), backend)
        on_host[work.name] = lambda step, draw=augment.draw: draw(key.fold(step), index)
        if (own := _compiled(backend, work)) is not None:
            inside[work.name] = own
    return {"host keys": least(on_host, rounds), **({"traced keys": least(inside, rounds)} if inside else {})}


def _compiled(backend: str, work: Workload) -> Callable[[int], Any] | None:
    """Return draws in a compiled function of the key, where a framework has traced keys of its own."""
    augment = augspec.compile(augspec.loads(json.dumps(work.policy)), backend)
    if backend == "jax":
        import jax

        ids = jax.numpy.arange(SAMPLES)
        drawn = jax.jit(lambda words: dict(augment.draw(words, ids).items()))
        keys = [jax.numpy.array([0, step], jax.numpy.uint32) for step in range(64)]
        return lambda step: jax.block_until_ready(drawn(keys[step % 64]))
    if backend == "tensorflow":
        import tensorflow as tf

        ids = tf.range(SAMPLES)
        drawn = tf.function(lambda words: dict(augment.draw(words, ids).items()), jit_compile=True)
        keys = [tf.constant([0, step], tf.int32) for step in range(64)]
        return lambda step: [value.numpy() for value in drawn(keys[step % 64]).values()]
    return None


def spawn(part: str, rounds: int, backend: str = "") -> Any:
    """Return what a part finds in a process of its own, on one core.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    command = [sys.executable, "-m", "benchmarks.overhead", "--job", part, "--rounds", str(rounds)]
    env = os.environ | {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [*command, *(["--backend", backend] if backend else [])],
        check=False, capture_output=True, text=True, cwd=first.ROOT, env=env, timeout=first.TIMEOUT,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{part} {backend}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _verdict(value: float, target: str) -> str:
    return "ok" if value <= TARGETS[target] else "!!"


def show(found: dict[str, Any]) -> None:
    """Print what was found of one part or of several."""
    if "import" in found:
        value = found["import"]["median_s"]
        print(f"import augspec: {1e3 * value:.0f} ms {_verdict(value, 'import_s')}")
    if "single" in found:
        one = found["single"]
        print(
            f"W1 of one {SIDE}×{SIDE} image: {1e6 * one['call_s']:.1f} µs, {1e6 * one['in_a_batch_s']:.1f} of them its "
            f"pixels; beyond: {1e6 * one['beyond_s']:.1f} µs {_verdict(one['beyond_s'], 'single_s')}"
        )
    for backend, kinds in found.get("draws", {}).items():
        for kind, times in kinds.items():
            shown = "  ".join(f"{name} {1e3 * value:.2f}" for name, value in times.items())
            print(f"draws, ms, {backend}, {kind}: {shown} {_verdict(max(times.values()), 'draws_s')}")
    if "first" in found:
        print(first.HEAD, *map(first.row, found["first"]), sep="\n")


def main(argv: list[str] | None = None) -> int:
    """Measure the chosen parts, print, and write."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__)
    line.add_argument("--part", choices=PARTS, help="only this one")
    line.add_argument("--backend", choices=BACKENDS, help="only this one, of the draws and the first batch")
    line.add_argument("--rounds", type=int, default=100, help="of warm calls")
    line.add_argument("--processes", type=int, default=5, help="fresh ones")
    line.add_argument("--json", type=Path, help="write every number, the machine and the versions here")
    line.add_argument("--job", choices=PARTS, help=argparse.SUPPRESS)
    given = line.parse_args(argv)
    if given.job:
        print(json.dumps(single(given.rounds) if given.job == "single" else draws(given.backend, given.rounds)))
        return 0
    parts = [part for part in PARTS if given.part in (None, part)]
    backends = [name for name in BACKENDS if given.backend in (None, name)]
    found: dict[str, Any] = {}
    if "import" in parts:
        found["import"] = import_seconds(given.processes)
        show({"import": found["import"]})
    if "single" in parts:
        found["single"] = spawn("single", given.rounds)
        show({"single": found["single"]})
    if "draws" in parts:
        found["draws"] = {name: spawn("draws", given.rounds, name) for name in backends}
        show({"draws": found["draws"]})
    if "first" in parts:
        found["first"] = [first.spawn(start, given.processes) for start in first.STARTS if start.backend in backends]
        show({"first": found["first"]})
    if given.json:
        report.save(given.json, "overhead", argv, {"targets": TARGETS, **found})
    return 0


if __name__ == "__main__":
    sys.exit(main())
