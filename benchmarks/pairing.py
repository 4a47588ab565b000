"""One pairing in a process of its own: warm both sides up, then time them in turn, A B A B."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import ours
from benchmarks.peers import PEERS, Peer
from benchmarks.workloads import BY_NAME, Workload

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 1800

# glibc hands blocks of tens of megabytes back to the system and faults them in anew at the next call: on a
# shared virtual machine that costs an eager peer more than its arithmetic, and another amount each minute.
MALLOC = {
    "keep": {
        "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
        "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
        "MALLOC_ARENA_MAX": "1",  # arenas of worker threads hold 64 MB at most, whatever the thresholds
    },
    "default": {},
}


@dataclass(frozen=True)
class Settings:
    """How long and on what the two sides are timed."""

    rounds: int = 7
    seconds: float = 0.5
    layout: str = "NHWC"
    malloc: str = "keep"
    stand_in: bool = False


@dataclass
class Side:
    """One contender: its first call (compilation within), its warm call, its rate in each round."""

    call: Callable[[int], Any]
    first_s: float = 0.0
    repeat: int = 1
    rates: list[float] = field(default_factory=list)
    step: int = 0

    def warm_up(self, shape: tuple[int, ...], dtype: str, seconds: float) -> None:
        """Compile, check the work, and find how many calls fill a round."""
        self.first_s, first = self._once()
        second = self._once()[1]
        check(first, second, shape, dtype)
        self.repeat = max(1, math.ceil(seconds / min(self._once()[0] for _ in range(2))))

    def _once(self) -> tuple[float, Any]:
        self.step += 1
        start = time.perf_counter()
        out = self.call(self.step)
        wait_for(out)
        return time.perf_counter() - start, out

    def round(self, batch: int) -> None:
        """Time one round; each call draws anew and is waited for before the next."""
        spent = sum(self._once()[0] for _ in range(self.repeat))
        self.rates.append(batch * self.repeat / spent)

    def record(self) -> dict[str, Any]:
        """This side's numbers, in images per second."""
        rates = {"median": statistics.median(self.rates), "rounds": self.rates}
        return {"first_call_s": self.first_s, "calls_per_round": self.repeat, "images_per_s": rates}


def wait_for(out: Any) -> None:
    """Block until the result is there: an array, or a dict of arrays."""
    if isinstance(out, Mapping):
        for array in out.values():
            wait_for(array)
    elif hasattr(out, "block_until_ready"):
        out.block_until_ready()
    elif getattr(out, "is_cuda", False):
        sys.modules["torch"].cuda.synchronize()
    elif "tensorflow" in type(out).__module__:
        sys.modules["tensorflow"].test.experimental.sync_devices()


def check(first: Any, second: Any, shape: tuple[int, ...], dtype: str) -> None:
    """Refuse a contender that does not do the work: images of this shape and dtype, other draws at every step.

    Of a dict the entry `image` is looked at.
    """
    images = [out["image"] if isinstance(out, Mapping) else out for out in (first, second)]
    one, two = (np.asarray(array.cpu() if hasattr(array, "cpu") else array) for array in images)
    if one.dtype != dtype or one.shape != shape:
        raise ValueError(f"expected {dtype} {shape}, got {one.dtype} {one.shape}")
    same = [index for index in range(len(one)) if np.array_equal(one[index], two[index])]
    if len(same) > len(one) // 8:  # few places, a flip, or no change at all can be drawn twice
        raise ValueError(f"two steps gave equal images for samples {same[:5]}: nothing is drawn per call")


def measure(peer: Peer, work: Workload, settings: Settings) -> dict[str, Any]:
    """Run one pairing in this process and return its record."""
    target = None if settings.stand_in else peer.target
    record: dict[str, Any] = {"backend": peer.backend, "peer": peer.name, "work": work.name, "target": target}
    record["several"] = len(peer.works) > 1
    if settings.layout != "NHWC" and not peer.backend.startswith("torch"):
        return record | {"skipped": f"{settings.layout} is timed for torch only"}
    module = peer.load()
    if (reason := module.available()) is not None:
        return record | {"skipped": reason}
    samples, shape = dict(work.samples()), work.shape
    if settings.layout == "NCHW":
        samples["image"] = np.ascontiguousarray(samples["image"].transpose(0, 3, 1, 2))
        shape = (shape[0], shape[3], *shape[1:3])
    with named(f"augspec[{peer.backend}]"):
        mine = Side(ours.make(peer.backend, samples, work=work, stand_in=settings.stand_in))
        mine.warm_up(shape, work.dtype, settings.seconds)
    with named(peer.name):
        theirs = Side(module.make(samples, work=work, road=peer.road))
        theirs.warm_up(shape, work.dtype, settings.seconds)
    for _ in range(settings.rounds):
        mine.round(work.batch)
        theirs.round(work.batch)
    # Noise that lasts a round hits both sides of it: ratios are taken round by round.
    ratios = [a / b for a, b in zip(mine.rates, theirs.rates, strict=True)]
    ratio = {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)}
    return record | {"note": module.NOTE, "ours": mine.record(), "theirs": theirs.record(), "ratio": ratio}


@contextmanager
def named(side: str) -> Iterator[None]:
    """Let an error say whose it is."""
    try:
        yield
    except Exception as error:
        error.add_note(f"({side})")
        raise


def spawn(peer: Peer, work: Workload, settings: Settings) -> dict[str, Any]:
    """Run one pairing in a fresh process: frameworks quarrel, and Keras picks its backend once."""
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch, "result.json")
        # A fresh compiler cache, or else a first call that another run paid for.
        env = os.environ | MALLOC[settings.malloc]
        env |= {
            "KERAS_BACKEND": "tensorflow",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TORCHINDUCTOR_CACHE_DIR": str(Path(scratch, "inductor")),
            "AUGSPEC_CACHE": str(Path(scratch, "augspec")),
        }
        env.pop("JAX_COMPILATION_CACHE_DIR", None)
        job = json.dumps({"peer": PEERS.index(peer), "work": work.name, "settings": asdict(settings)})
        command = [sys.executable, "-m", "benchmarks.pairing", job, str(result)]
        base = {"backend": peer.backend, "peer": peer.name, "work": work.name, "target": peer.target}
        try:
            done = subprocess.run(
                command, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TIMEOUT
            )
        except subprocess.TimeoutExpired:
            return base | {"failed": f"no result within {TIMEOUT} s"}
        if done.returncode or not result.exists():
            lines = done.stderr.strip().splitlines() or [f"the process ended with {done.returncode}"]
            return base | {"failed": " ".join(lines[-2:]), "stderr": lines[-40:]}
        return dict(json.loads(result.read_text()))


def main() -> None:
    """Do the job that `spawn` hands over."""
    job = json.loads(sys.argv[1])
    Path(sys.argv[2]).write_text(
        json.dumps(measure(PEERS[job["peer"]], BY_NAME[job["work"]], Settings(**job["settings"])))
    )


if __name__ == "__main__":
    main()
