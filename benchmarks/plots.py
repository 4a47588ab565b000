"""Pictures of `benchmarks/results/growth/*.json` for the documentation: `python -m benchmarks.plots`.

One line for each backend and mode: what an image costs with ops in a row, what a pixel costs by the side of an image,
what an image costs by the size of a batch.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import report

RESULTS = report.RESULTS / "growth"
DOCS = report.RESULTS.parent.parent / "docs"

_SIZE = (5.2, 3.5)
_COLOURS = {"host": "#0072b2", "jax": "#d55e00", "torch": "#009e73", "tensorflow": "#cc79a7", "numpy": "#666666"}


def _name(run: dict[str, Any]) -> str:
    return run["backend"] if run["mode"] == "auto" else f"{run['backend']}, {run['mode']}"


def _line(axes: Axes, found: dict[str, Any], values: dict[str, float], style: str = "-", more: str = "") -> None:
    run = found["run"]
    look = {"marker": "o", "ms": 3, "color": _COLOURS[run["backend"]], "label": _name(run) + more}
    axes.plot([int(x) for x in values], list(values.values()), style, **look)


def stacked(axes: Axes, results: list[dict[str, Any]]) -> None:
    """Draw what an image costs by the number of ops in a row."""
    for found in results:
        for kind, style in (("warps", "-"), ("pointwise", ":")):
            _line(axes, found, found["stacked"][kind], style, f": {kind}")
    axes.set(xlabel="ops in a row", ylabel="µs per image of 224×224", yscale="log", xticks=[1, 2, 3, 5, 7, 10])


def pixels(axes: Axes, results: list[dict[str, Any]]) -> None:
    """Draw what a pixel of W1 costs by the side of an image."""
    for found in results:
        _line(axes, found, found["pixels"])
    axes.set(xlabel="side of one image, pixels", ylabel="W1, ns per pixel", xscale="log", yscale="log")
    axes.set_xticks([32, 128, 512, 2048], ["32", "128", "512", "2048"])
    axes.minorticks_off()


def batches(axes: Axes, results: list[dict[str, Any]]) -> None:
    """Draw what an image of W1 costs by the size of its batch."""
    for found in results:
        _line(axes, found, found["batch"])
    axes.set(xlabel="images of 32×32 in a batch", ylabel="W1, µs per image", xscale="log", yscale="log")
    axes.set_xticks([1, 16, 256, 4096], ["1", "16", "256", "4096"])
    axes.minorticks_off()


PICTURES = {"growth_ops": stacked, "growth_pixels": pixels, "growth_batch": batches}


def draw(results: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Write all pictures as SVG, the same bytes for the same numbers, and return where."""
    written = []
    with mpl.rc_context({"svg.hashsalt": "augspec", "font.size": 9}):
        for name, picture in PICTURES.items():
            figure = Figure(figsize=_SIZE, layout="constrained")
            axes = figure.add_subplot()
            picture(axes, results)
            axes.grid(alpha=0.3)
            figure.legend(frameon=False, fontsize=7, loc="outside lower center", ncols=3)
            axes.spines[["top", "right"]].set_visible(False)
            written.append(folder / f"{name}.svg")
            figure.savefig(written[-1], metadata={"Date": None})
    return written


def main(argv: list[str] | None = None) -> int:
    """Draw from the committed results."""
    line = argparse.ArgumentParser(prog="python -m benchmarks.plots", description=__doc__)
    line.add_argument("--results", type=Path, default=RESULTS, help="folder of what `benchmarks.growth --json` wrote")
    line.add_argument("--to", type=Path, default=DOCS, help="folder for the pictures")
    given = line.parse_args(argv)
    files = sorted(given.results.glob("*.json"))
    if not files:
        print(f"no results in {given.results}: make them with python -m benchmarks.growth --json FILE", file=sys.stderr)
        return 2
    for path in draw([json.loads(file.read_text()) for file in files], given.to):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
