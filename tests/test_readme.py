"""The README's fences: every JSON document loads, every Python block runs, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import augspec

README = Path(__file__).parent.parent / "README.md"
FENCES = re.findall(r"```(json|python)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
POLICY = next(text for kind, text in FENCES if kind == "json")
BLOCKS = [text for kind, text in FENCES if kind == "python"]


@pytest.mark.parametrize("text", [text for kind, text in FENCES if kind == "json"])
def test_every_policy_in_the_readme_loads(text: str) -> None:
    policy = augspec.loads(text)

    assert augspec.loads(augspec.dumps(policy)) == policy


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_python_block_in_the_readme_runs(number: int, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(POLICY, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[number]],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )

    assert done.returncode == 0, done.stderr


def test_the_readme_lists_every_op() -> None:
    table = README.read_text(encoding="utf-8").split("## The vocabulary")[1].split("##")[0]

    assert set(re.findall(r"`([a-z0-9_]+)`", table.split("Numbers may")[0])) == set(augspec.ops())
