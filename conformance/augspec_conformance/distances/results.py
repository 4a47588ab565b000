"""The results file: what was measured, with which versions, and what could not be."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import augspec
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import LIBRARIES
from augspec_conformance.distances.measure import compared_ops, measure, measure_reference
from augspec_conformance.distances.pair import Library, Missing
from augspec_conformance.distances.pairs import pairs
from augspec_conformance.tolerances import LEVELS, MEAN_LEVELS

__all__ = ["DIGITS", "beyond", "library", "measured", "of_library", "of_reference", "read", "write"]

DIGITS = 5
"""Decimals that are kept, in levels."""

Json = dict[str, Any]


def library(name: str) -> Library:
    """Return a library by name.

    Raises:
        ValueError: it is none of them.
    """
    for one in LIBRARIES:
        if one.name == name:
            return one
    raise ValueError(f"no library {name!r}; known are {', '.join(one.name for one in LIBRARIES)}")


def of_library(one: Library) -> Json:
    """Measure all pairs of a library in this process; `{"missing": reason}` if it is not installed."""
    try:
        one.load()
    except Missing as missing:
        return {"missing": str(missing)}
    found = {pair.name: _plain(measure(pair)) for pair in pairs() if pair.library is one}
    return {"version": one.version(), "pairs": found}


def of_reference() -> Json:
    """Measure our uint8 images: by op, then by variant, largest and mean."""
    return {op: _plain(measure_reference(op)) for op in compared_ops()}


def measured(one: Library) -> Json:
    """Measure a library in a process of its own: some frameworks do not bear each other.

    Raises:
        RuntimeError: the process failed; its last words are in the text.
    """
    command = [sys.executable, "-W", "ignore", "-m", "augspec_conformance.distances", "--library", one.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"measuring {one.name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    found: Json = json.loads(done.stdout.splitlines()[-1])
    return found


def write(path: Path, libraries: Mapping[str, Json], reference: Json) -> None:
    """Write the results file."""
    document = {
        "about": "written by python -m augspec_conformance.distances; distances in levels: [largest, mean]",
        "image": [*SIZE, 3],
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "augspec": augspec.__version__},
        "reference": reference,
        "libraries": dict(libraries),
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Json:
    """Read the results file."""
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def beyond(document: Json) -> list[str]:
    """Return what is farther away than its reason, or than rule E8, explains: one line each."""
    found = []
    for pair in pairs():
        for image, (largest, _) in document["libraries"][pair.library.name].get("pairs", {}).get(pair.name, {}).items():
            if not largest <= pair.bound + 0.5 * 10.0**-DIGITS:
                found.append(f"{pair.name}, {image}: {largest} levels, and at most {pair.bound:.5f} ({pair.reason})")
    for op, variants in document["reference"].items():
        for variant, (largest, mean) in variants.items():
            if not (largest <= LEVELS and mean < MEAN_LEVELS):
                found.append(
                    f"{op} {variant}: {largest} levels, {mean} on average, and E8 allows {LEVELS}, {MEAN_LEVELS}"
                )
    return found


def _plain(distances: Mapping[str, Any]) -> Json:
    return {name: [round(one.largest, DIGITS), round(one.mean, DIGITS)] for name, one in distances.items()}
