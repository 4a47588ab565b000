"""The page of the committed results: `python -m benchmarks.page > benchmarks/results/README.md`."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.report import RESULTS, means

CHOICE = "costs/choice.json"

_HEAD = """\
# Committed results

By `python -m benchmarks.page`, from the files of this folder. [How they were measured](../README.md). Quote ratios, not
rates: rates are of one machine and one minute.
"""


def page() -> str:
    """Return benchmarks/results/README.md."""
    each = (line for name in _files() for line in _file(name))
    return "\n".join([*_HEAD.splitlines(), *_summary(), *_choice(), *each])


def _files() -> list[str]:
    return sorted(file.name for file in RESULTS.glob("*.json"))


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / name).read_text())
    return found


def _machine(found: dict[str, Any]) -> str:
    machine = found["machine"]
    return f"{machine['cores']} cores of {machine['cpu']}, load {machine['load_1min']:.1f} before"


def _summary() -> Iterator[str]:
    """Yield the geometric means of all pairings over their workloads, with the targets."""
    yield from ("", "| backend | peer | ratio, geometric mean | workloads | least | target |")
    yield "|---|---|---|---|---|---|"
    for name in _files():
        for one in means(_read(name)["pairings"]):
            verdict = "" if one.target is None else f"{one.target:g}: {'met' if one.met else 'missed'}"
            yield (
                f"| {one.backend} | {one.peer} | **{one.value:.2f}** | {len(one.ratios)} | {min(one.ratios):.2f} "
                f"| {verdict} |"
            )


def _choice() -> Iterator[str]:
    found = _read(CHOICE)
    yield from ("", "## What a choice costs", "")
    yield f"A 14-way choice beside its dearest member, by `python -m benchmarks.choice` ({_machine(found)});"
    yield "the target on the CPU is at most 1."
    yield from ("", "| backend | mode | choice / dearest | min | max | dearest |", "|---|---|---|---|---|---|")
    for one in found["records"]:
        ratio = one["ratio_to_dearest"]
        dearest = one["dearest"].split(" ", 1)[1]
        yield (
            f"| {one['backend']} | {one['mode']} | {ratio['median']:.2f} | {ratio['min']:.2f} | {ratio['max']:.2f} "
            f"| {dearest} |"
        )


def _file(name: str) -> Iterator[str]:
    found = _read(name)
    yield from ("", f"## [{name}]({name})", "")
    yield f"`{shlex.join(found['command'])}`"
    yield f"({_machine(found)})"
    yield from (
        "",
        "| backend | peer | workload | ratio (median) | min | max | images/s: ours / theirs | first call, s |",
        "|---|---|---|---|---|---|---|---|",
    )
    for one in found["pairings"]:
        ratio, sides = one["ratio"], (one["ours"], one["theirs"])
        rates, first = ([side[what] for side in sides] for what in ("images_per_s", "first_call_s"))
        yield (
            f"| {one['backend']} | {one['peer']} | {one['work']} "
            f"| {ratio['median']:.2f} | {ratio['min']:.2f} | {ratio['max']:.2f} "
            f"| {rates[0]['median']:,.0f} / {rates[1]['median']:,.0f} | {first[0]:.1f} / {first[1]:.1f} |"
        )


if __name__ == "__main__":
    sys.stdout.write(page() + "\n")
