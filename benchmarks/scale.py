"""W1 on several workers and devices: `python -m benchmarks.scale`.

Three roads, each run in a process of its own: a torch `DataLoader` over an `AugmentedDataset` with 0, 1 and 2 workers,
actors of Ray Data, and JAX on simulated devices of one CPU, with the batch shared among them. All samples must be those
that the NumPy backend makes of the same ids, byte for byte; a road that gives others fails.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import augspec
from benchmarks import report
from benchmarks.workloads import W1, Images

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 900

ROADS = {"loader": (0, 1, 2), "ray": (1, 2), "jax": (1, 2, 8)}
"""How many workers or devices."""

PHOTOS, SAMPLES, BATCH, CHECKED = 64, 4096, 64, 256
"""Different images, samples of an epoch, of a batch, and those that are compared."""

SEED = 5
_COLLECTIVE = re.compile(r" (all-gather|all-reduce|all-to-all|collective-permute|reduce-scatter)(-start)?\(")


class Photos:
    """A map-style dataset of so many samples: a few images again and again."""

    def __init__(self, images: Images) -> None:
        self.images = images

    def __len__(self) -> int:
        return SAMPLES

    def __getitem__(self, index: int) -> Images:
        return self.images[index % PHOTOS]


def policy() -> augspec.Policy:
    """Return W1."""
    return augspec.loads(json.dumps(W1.policy))


def images() -> Images:
    """Return the different images, (64, 224, 224, 3)."""
    return W1.samples()["image"]


def digest(samples: Iterable[Images]) -> str:
    """Return a hash of samples, in order."""
    found = hashlib.sha256()
    for one in samples:
        found.update(np.ascontiguousarray(one).data)
    return found.hexdigest()[:16]


def expected(photos: Images) -> str:
    """Return the hash of the first samples as the NumPy backend makes them."""
    augment = augspec.compile(policy(), "numpy")
    parts = range(0, CHECKED, BATCH)
    return digest(augment(SEED, photos, index=np.arange(start, start + BATCH)) for start in parts)


def loader(workers: int, photos: Images) -> dict[str, Any]:
    """Iterate over epochs of a `DataLoader`; the first one starts the workers and is compared."""
    import torch  # only where it is timed

    from augspec_backends.torch import AugmentedDataset

    torch.set_num_threads(1)
    data = AugmentedDataset(Photos(photos), policy(), seed=SEED)
    batches = torch.utils.data.DataLoader(data, batch_size=BATCH, num_workers=workers, persistent_workers=workers > 0)
    begun = itertools.islice(batches, CHECKED // BATCH)
    first = [batch.numpy().transpose(0, 2, 3, 1) if batch.shape[1] == 3 else batch.numpy() for batch in begun]
    rates = []
    for _ in range(3):
        start = time.perf_counter()
        count = sum(len(batch) for batch in batches)
        rates.append(count / (time.perf_counter() - start))
    return {"samples_per_s": max(rates), "digest": digest(first)}


class Augmented:
    """What an actor of Ray Data does with a batch of rows."""

    def __init__(self) -> None:
        self.augment = augspec.compile(policy(), "host")

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Return the rows, augmented by their ids."""
        return {"id": rows["id"], "image": self.augment(SEED, rows["image"], index=rows["id"])}


def ray(workers: int, photos: Images) -> dict[str, Any]:
    """Map batches with so many actors, after a first epoch that starts them."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray  # only where it is timed

    ray.init(num_cpus=workers + 1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    ray.data.DataContext.get_current().enable_progress_bars = False
    ids = np.arange(SAMPLES)

    def rows(batch: dict[str, Any]) -> dict[str, Any]:
        return {"id": batch["id"], "image": photos[batch["id"] % PHOTOS]}

    source = ray.data.range(len(ids), override_num_blocks=2 * workers).map_batches(rows, batch_size=BATCH).materialize()
    mapped = source.map_batches(Augmented, batch_size=BATCH, concurrency=workers)
    rates, found = [], {}
    for _ in range(3):
        start, count = time.perf_counter(), 0
        for batch in mapped.iter_batches(batch_size=BATCH):
            count += len(batch["id"])
            found.update({int(i): x for i, x in zip(batch["id"], batch["image"], strict=True) if i < CHECKED})
        rates.append(count / (time.perf_counter() - start))
    ray.shutdown()
    return {"samples_per_s": max(rates), "digest": digest(found[i] for i in range(CHECKED))}


def sharded(devices: int, photos: Images) -> dict[str, Any]:
    """Call a compiled augmenter on batches that are shared among simulated devices; note what these ask each other."""
    import jax  # only where it is timed

    assert len(jax.devices()) == devices
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("batch",))
    where = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("batch"))
    augment = augspec.compile(policy(), "jax", layout="NHWC", mode="compiled")
    batch = jax.device_put(photos, where)
    first = [augment(SEED, batch, index=np.arange(at, at + BATCH)) for at in range(0, CHECKED, BATCH)]
    rates = []
    for turn in range(12):
        start = time.perf_counter()
        augment(augspec.Key(SEED).fold(turn), batch, index=np.arange(BATCH)).block_until_ready()
        rates.append(BATCH / (time.perf_counter() - start))
    dumped = re.search(r"--xla_dump_to=(\S+)", os.environ["XLA_FLAGS"])
    assert dumped
    texts = [file.read_text() for file in Path(dumped[1]).glob("*after_optimizations.txt")]
    found = sorted({one[0] for text in texts for one in _COLLECTIVE.findall(text)})
    return {"samples_per_s": max(rates), "digest": digest(map(np.asarray, first)), "communication": found}


def spawn(road: str, count: int, scratch: str) -> dict[str, Any]:
    """Return what one road does with so many workers or devices, in a process of its own.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    base = {"road": road, "count": count}
    if importlib.util.find_spec({"loader": "torch", "ray": "ray", "jax": "jax"}[road]) is None:
        return base | {"skipped": f"{road} is not installed"}
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    if road == "jax":
        flags = f"--xla_force_host_platform_device_count={count} --xla_dump_hlo_as_text"
        env["XLA_FLAGS"] = f"{flags} --xla_dump_to={Path(scratch, str(count))}"
    command = [sys.executable, "-m", "benchmarks.scale", "--job", road, str(count)]
    done = subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        raise RuntimeError(f"{road} with {count}: {done.stderr.strip()[-2000:]}")
    return base | json.loads(done.stdout.splitlines()[-1])


def row(one: dict[str, Any]) -> str:
    """Return one line."""
    lead = f"{one['road']:<8}{one['count']:>3}"
    if "skipped" in one:
        return f"{lead}  skipped: {one['skipped']}"
    said = one.get("communication")
    talk = "" if said is None else f"  communication: {', '.join(said) or 'none'}"
    return f"{lead}{one['samples_per_s']:>10.0f}  {'equal' if one['equal'] else 'OTHER SAMPLES'}{talk}"


def _version(name: str) -> dict[str, str]:
    return {name: metadata.version(name)} if importlib.util.find_spec(name) else {}


def main(argv: list[str] | None = None) -> int:
    """Measure, print and write; 1 when a road gives other samples than NumPy, or devices ask each other."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    line.add_argument("--road", choices=ROADS, help="only this one")
    line.add_argument("--json", type=Path, help="write every number, the machine and the versions here")
    line.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    given = line.parse_args(argv)
    if given.job:
        measure = {"loader": loader, "ray": ray, "jax": sharded}[given.job[0]]
        print(json.dumps(measure(int(given.job[1]), images())))
        return 0
    wanted, records = expected(images()), []
    print(f"W1, {SAMPLES} samples of 224x224: workers or devices, samples per second")
    with tempfile.TemporaryDirectory() as scratch:
        for road, counts in ROADS.items():
            for count in counts if given.road in (None, road) else ():
                one = spawn(road, count, scratch)
                if "skipped" not in one:
                    one["equal"] = one["digest"] == wanted
                records.append(one)
                print(row(one), flush=True)
    if given.json:
        found = {"versions": report.versions() | _version("ray"), "records": records}
        report.save(given.json, "scale", argv, found)
    return int(any(one.get("communication") or not one.get("equal", True) for one in records))


if __name__ == "__main__":
    sys.exit(main())
