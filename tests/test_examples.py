"""The examples run as a reader would run them, and their claims hold."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(script: str, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=cwd,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("script", ["train_torch.py", "train_keras.py", "train_jax.py"])
def test_augmentation_helps_on_the_shifted_split(script: str, tmp_path: Path) -> None:
    out = run(script, "--quick", cwd=tmp_path)
    found = {
        name: (float(validation), float(shifted))
        for name, validation, shifted in re.findall(
            r"^(\w+ augmentation) +validation +([\d.]+)% +shifted test +([\d.]+)%", out, flags=re.MULTILINE
        )
    }
    without, augmented = found["without augmentation"], found["with augmentation"]
    assert augmented[1] >= without[1]
    assert augmented[1] > 60  # and the network has learnt something
    assert without[0] > 80


def test_the_training_scripts_share_one_policy() -> None:
    for script in ("train_torch.py", "train_keras.py", "train_jax.py"):
        source = (EXAMPLES / script).read_text()
        assert "augspec.load(POLICY)" in source
        assert re.search(r"from digits import POLICY\b", source)


def test_flip_one_image_leaves_the_original(tmp_path: Path) -> None:
    out = run("flip_one_image.py", "-o", "flip.png", cwd=tmp_path)
    assert "unchanged" in out
    with Image.open(tmp_path / "flip.png") as file:
        picture = np.asarray(file)
    width = (picture.shape[1] - 16) // 3
    before, flipped, after = (picture[:, place : place + width] for place in (0, width + 8, 2 * width + 16))
    np.testing.assert_array_equal(after, before)
    np.testing.assert_array_equal(flipped, before[:, ::-1])
    assert not np.array_equal(flipped, before)


def test_the_demo_names_commands_that_a_shell_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is not active: `augspec` alone would be a command not found."""
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.new("RGB", (40, 30)).save(photos / "one.png")
    monkeypatch.setenv("PATH", str(tmp_path))
    out = run("demo.py", "--photos", "photos", cwd=tmp_path)
    programs = {line.split()[0] for line in out.partition("Next:")[2].strip().splitlines()}
    assert programs
    assert all(shutil.which(tmp_path / program) for program in programs), programs


@pytest.mark.parametrize("arguments", [("--photos", "none"), ("--photos", "broken"), ("--seed", "-1")])
def test_the_demo_says_what_is_wrong_without_a_traceback(arguments: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "photo.jpg").write_text("no image")
    command = [sys.executable, str(EXAMPLES / "demo.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_model_augments_in_training_alone(framework: str, tmp_path: Path) -> None:
    out = run("train_and_eval_mode.py", framework, cwd=tmp_path)
    assert out.startswith(f"{framework}: augmented in training, untouched in evaluation")


def test_a_tf_data_map_leaves_its_source(tmp_path: Path) -> None:
    out = run("tf_data_brightness_contrast.py", "-o", "pictures.png", cwd=tmp_path)
    digests = dict(re.findall(r"^(source before|source after|mapped) +([0-9a-f]+)", out, flags=re.MULTILINE))
    assert digests["source before"] == digests["source after"] != digests["mapped"]
    with Image.open(tmp_path / "pictures.png") as file:
        assert file.size == (4 * 256, 2 * 256)


def test_every_example_is_listed() -> None:
    listed = (EXAMPLES / "README.md").read_text()
    for script in EXAMPLES.glob("*.py"):
        assert f"]({script.name})" in listed
