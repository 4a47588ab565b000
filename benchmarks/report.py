"""What is printed and what is written: a table of ratios, the machine and the versions."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

DISTRIBUTIONS = (
    "augspec", "numpy", "torch", "tensorflow", "tensorflow-cpu", "jax", "keras",
    "kornia", "dm-pix", "augmax", "pillow", "llvmlite", "albumentations", "opencv-python-headless",
)  # fmt: skip
HEAD = (
    "work  backend         peer                       ours    peer   ratio    min    max    last      target"
    "  first call, s"
)
RESULTS = Path(__file__).parent / "results"


def machine() -> dict[str, Any]:
    """Name the CPU, the cores this process may use, and how busy they were."""
    names = [
        line.partition(":")[2].strip()
        for line in (Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else [])
        if line.startswith("model name")
    ]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"cpu": names[0] if names else platform.processor(), "cores": cores, "load_1min": load}


def versions() -> dict[str, str]:
    """List the versions of whatever takes part and is installed."""
    found = {"python": platform.python_version()}
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def committed(record: dict[str, Any]) -> float | None:
    """Return the ratio of a pairing in the results that are kept, or None."""
    for file in sorted(RESULTS.glob("*.json")):
        for one in json.loads(file.read_text())["pairings"]:
            same = all(one.get(name, "W1") == record[name] for name in ("backend", "peer", "work"))
            if same and "ratio" in one:
                return float(one["ratio"]["median"])
    return None


def row(record: dict[str, Any]) -> str:
    """One line of the table; a pairing with no numbers says why."""
    lead = f"{record['work']:<6}{record['backend']:<16}{record['peer']:<23}"
    for kind in ("skipped", "failed"):
        if kind in record:
            return f"{lead}{kind}: {record[kind]}"
    ours, theirs, ratio, target = (record[name] for name in ("ours", "theirs", "ratio", "target"))
    last = committed(record)
    verdict = (
        "" if target is None or record["several"] else f"{target:g}x {'met' if ratio['median'] >= target else 'MISSED'}"
    )
    return (
        f"{lead}{ours['images_per_s']['median']:>8.0f}{theirs['images_per_s']['median']:>8.0f}{ratio['median']:>8.2f}"
        f"{ratio['min']:>7.2f}{ratio['max']:>7.2f}{'' if last is None else f'{last:.2f}':>8}{verdict:>12}"
        f"  {ours['first_call_s']:.1f} / {theirs['first_call_s']:.1f}"
    )


@dataclass(frozen=True)
class Mean:
    """The geometric mean of the ratios of a backend and a peer over their workloads."""

    backend: str
    peer: str
    target: float | None
    ratios: tuple[float, ...]

    @property
    def value(self) -> float:
        """The mean."""
        return statistics.geometric_mean(self.ratios)

    @property
    def met(self) -> bool:
        """Whether it reaches the target, or there is none."""
        return self.target is None or self.value >= self.target


def means(records: list[dict[str, Any]]) -> list[Mean]:
    """Return the mean of each backend and peer that have ratios, in order."""
    found: dict[tuple[str, str, float | None], list[float]] = {}
    for record in records:
        if "ratio" in record:
            key = (record["backend"], record["peer"], record["target"])
            found.setdefault(key, []).append(record["ratio"]["median"])
    return [Mean(*key, tuple(ratios)) for key, ratios in found.items()]


def in_words(mean: Mean) -> str:
    """One line about a mean."""
    verdict = "" if mean.target is None else f"; {mean.target:g}x {'met' if mean.met else 'MISSED'}"
    return (
        f"  {mean.backend} beside {mean.peer}: {mean.value:.2f} over {len(mean.ratios)} workloads, "
        f"least {min(mean.ratios):.2f}{verdict}"
    )


def notes(records: list[dict[str, Any]]) -> list[str]:
    """Say once per peer how its work differs from ours."""
    found = {record["peer"].partition(":")[0]: record["note"] for record in records if "note" in record}
    return [f"  {peer}: {note}" for peer, note in found.items()]


def save(path: Path, module: str, argv: list[str] | None, found: dict[str, Any]) -> None:
    """Write what a module of this folder measured, with its command, the machine and the versions, as JSON."""
    command = ["python", "-m", f"benchmarks.{module}", *(sys.argv[1:] if argv is None else argv)]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"command": command, "machine": machine(), "versions": versions(), **found}
    path.write_text(json.dumps(content, indent=2) + "\n")
