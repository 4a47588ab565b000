"""A stranger's backend, with nothing but the wheels: installed into an empty environment, found, and judged."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "examples" / "array_api_backend"
VENDOR = ROOT / "examples" / "vendor_op"

BROKEN = '''
"""The same backend with one mistake: bilinear sampling reads the right column once too far to the left."""

from augspec_strict import Backend as Good, StrictNamespace


class Namespace(StrictNamespace):
    def gather_at(self, image, rows, columns):
        width = image.shape[2]
        return super().gather_at(image, rows, self.where(columns == width - 1, columns - min(width - 1, 1), columns))


class Backend(Good):
    name = "broken"

    def namespace(self, arrays):
        return Namespace()
'''

OWN_TESTS = """
from augspec_conformance import parametrize_laws


@parametrize_laws("strict", tier="smoke", laws=["P1", "S1", "N1"])
def test_backend(check):
    check()
"""


def run(*command: Any, cwd: Path, ok: bool = True) -> str:
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=900, check=False)
    if ok:
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    else:
        assert done.returncode == 1, (done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment that holds augspec's wheel, its extra `conformance`, and the stranger's package."""
    home = tmp_path_factory.mktemp("third_party")
    run(sys.executable, "-m", "venv", home / "venv", cwd=home)
    python = home / "venv" / "bin" / "python"
    wheels = sorted((ROOT / "dist").glob("augspec-*.whl"))
    wheel = wheels[-1] if wheels else ROOT
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt")
    run(*pip, f"{wheel}[conformance]", cwd=home)
    run(*pip, PACKAGE, VENDOR, cwd=home)
    return python


def test_the_stranger_is_found_by_name_and_passes(python: Path, tmp_path: Path) -> None:
    out = run(python, "-c", "import augspec, sys; print(augspec.backends(), 'torch' in sys.modules)", cwd=tmp_path)
    assert "'strict'" in out
    judged = run(
        python, "-m", "pytest", "--pyargs", "augspec_conformance", "--augspec-backend", "strict",
        "--augspec-tier", "smoke", "-q", "-p", "no:cacheprovider", "-k", "test_law", cwd=tmp_path,
    )  # fmt: skip
    passed = re.search(r"(\d+) passed", judged)
    assert passed, judged[-2000:]
    assert int(passed[1]) >= 50, judged[-2000:]
    assert "failed" not in judged


def test_a_package_adds_a_word_to_the_language(python: Path, tmp_path: Path) -> None:
    (tmp_path / "lift.py").write_text(
        "import array_api_strict, augspec, numpy as np\n"
        "policy = augspec.parse({'augspec': 1, 'ops': [{'op': 'film.lift', 'amount': 0.5}]})\n"
        "grey = np.full((1, 4, 4, 3), 100, 'uint8')\n"
        "for name, images in (('numpy', grey), ('strict', array_api_strict.asarray(grey))):\n"
        "    print(np.unique(np.asarray(augspec.compile(policy, backend=name)(0, images))))\n"
    )
    assert run(python, "lift.py", cwd=tmp_path) == "[178]\n[178]\n"


def test_a_test_file_of_his_own_asks_the_laws(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(OWN_TESTS)
    judged = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py", cwd=tmp_path)
    assert "3 passed" in judged


def test_a_broken_copy_is_told_what_is_wrong_and_how_to_replay_it(python: Path, tmp_path: Path) -> None:
    (tmp_path / "broken_backend.py").write_text(BROKEN)
    judged = run(
        python, "-m", "pytest", "--pyargs", "augspec_conformance", "--augspec-backend", "broken_backend:Backend",
        "--augspec-tier", "smoke", "-q", "-p", "no:cacheprovider", "-k", "test_law and (N1 or P1)",
        cwd=tmp_path, ok=False,
    )  # fmt: skip
    assert re.search(r"first difference at \(\d+, \d+, \d+, \d+\)", judged), judged[-3000:]
    assert re.search(r"expected \d+, got \d+", judged)
    line = re.search(r"replay: (.*broken_backend:Backend.*)", judged)
    assert line, judged[-3000:]
    words = [str(python), *shlex.split(line[1])[1:]]
    again = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert again.returncode == 1
    assert "first difference at" in again.stdout
