"""Pair augspec with the installed peers and print ratios: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks import report
from benchmarks.pairing import MALLOC, Settings, spawn
from benchmarks.peers import BACKENDS, PEERS
from benchmarks.workloads import WORKLOADS


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    line = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    line.add_argument("--backend", choices=(*BACKENDS, "all"), default="all")
    line.add_argument("--peer", help="only this peer, as name or name:road (see --list)")
    line.add_argument("--work", choices=[work.name for work in WORKLOADS], help="only this workload")
    line.add_argument("--rounds", type=int, default=7, help="timed rounds of each side, in turn")
    line.add_argument("--seconds", type=float, default=0.5, help="least length of one side's round")
    line.add_argument("--layout", choices=("NHWC", "NCHW"), default="NHWC", help="NCHW: torch pairings only")
    line.add_argument("--malloc", choices=tuple(MALLOC), default="keep", help="see the README")
    line.add_argument("--ours", choices=("augspec", "copy"), default="augspec", help="copy: one bare pass")
    line.add_argument("--json", type=Path, help="write every round, the machine and the versions here")
    line.add_argument("--list", action="store_true", help="print the pairings and stop")
    return line


def main(argv: list[str] | None = None) -> int:
    """Run the chosen pairings one after the other; 1 when one of them failed."""
    options = parser().parse_args(argv)
    chosen = [
        peer
        for peer in PEERS
        if options.backend in ("all", peer.backend) and options.peer in (None, peer.module, peer.name)
    ]
    if not chosen:
        print(f"no pairing of {options.backend} with {options.peer}: see --list", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(f"{peer.backend:<16}{peer.name:<28}{' '.join(peer.works)}" for peer in chosen))
        return 0
    settings = Settings(
        rounds=options.rounds,
        seconds=options.seconds,
        layout=options.layout,
        malloc=options.malloc,
        stand_in=options.ours == "copy",
    )
    if settings.stand_in:
        print("STAND-IN: a bare pass over the batch in augspec's place; read the peers' rates only")
    machine = report.machine()
    works = [work for work in WORKLOADS if options.work in (None, work.name)]
    for work in works:
        print(f"{work.name}: {work.title}; {work.batch} uint8 images of {work.size[0]}x{work.size[1]}x3")
    print(f"images per second, median of {settings.rounds} rounds; ratio: median of the rounds' own ratios")
    print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_1min']:.1f}\n")
    print(report.HEAD, flush=True)
    records = []
    for peer, work in ((peer, work) for peer in chosen for work in works if work.name in peer.works):
        records.append(spawn(peer, work, settings))
        print(report.row(records[-1]), flush=True)
    if means := report.means([record for record in records if record.get("several")]):
        print("\nGeometric means of the ratios:", *map(report.in_words, means), sep="\n")
    if notes := report.notes(records):
        print("\nHow a peer's work differs from ours:", *notes, sep="\n")
    if options.json:
        content = {
            "command": ["python", "-m", "benchmarks", *(sys.argv[1:] if argv is None else argv)],
            "machine": machine | {"load_1min_after": report.machine()["load_1min"]},
            "versions": report.versions(),
            "workloads": [asdict(work) for work in works],
            "settings": asdict(settings),
            "pairings": records,
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    return int(any("failed" in record for record in records))


if __name__ == "__main__":
    sys.exit(main())
