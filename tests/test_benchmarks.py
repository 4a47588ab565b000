"""A guard against slow roads: W1 on the host engine beside Pillow, in one short paired run, on ratios alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

SHARE = 0.5
"""How much of the committed ratio must be left: processors differ, and these machines are shared."""


def test_the_page_of_the_results_is_what_their_files_say() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.page"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == (ROOT / "benchmarks" / "results" / "README.md").read_text()


def test_w1_is_about_as_fast_beside_pillow_as_the_committed_results_say(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    command = ["-m", "benchmarks", "--backend", "host", "--peer", "pillow", "--work", "W1", "--seconds", "0.1"]
    done = subprocess.run(
        [sys.executable, *command, "--json", str(out)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr

    (pairing,) = json.loads(out.read_text())["pairings"]
    kept = json.loads((ROOT / "benchmarks" / "results" / "host_2_cores.json").read_text())["pairings"]
    committed = next(one for one in kept if one["peer"] == "pillow:loop" and one.get("work", "W1") == "W1")
    assert pairing["ratio"]["median"] >= SHARE * committed["ratio"]["median"], done.stdout
