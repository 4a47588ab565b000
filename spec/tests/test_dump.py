"""dump, dumps and the canonical hash: a policy survives being written, in words that a person would choose."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import augspec

ROOT = Path(__file__).parents[2]


def document(*ops: Any, **fields: Any) -> str:
    return json.dumps({"augspec": 1, "ops": list(ops), **fields})


EVERYTHING = document(
    {"op": "random_resized_crop", "size": [32, 24], "area": {"uniform": [0.5, 1]}, "ratio": 1},
    {
        "op": "affine",
        "degrees": {"normal": {"mean": 0, "std": 5, "low": -9, "high": 9}},
        "scale": {"log_uniform": [0.9, 1.1]},
    },
    {
        "op": "one_of",
        "weights": [1, 3],
        "ops": [{"op": "grayscale"}, {"op": "saturation", "factor": {"beta": [2, 2]}}],
    },
    {
        "op": "some_of",
        "n": 2,
        "replace": True,
        "ops": [{"op": "shear", "x": {"choice": [-0.1, 0.1]}, "id": "lean"}],
    },
    {"op": "rotate", "degrees": {"integers": [-3, 3]}, "fill": [0.5, 0, 1], "p": 0.25},
    {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
    eval=[{"op": "resize", "size": [32, 24]}],
    name="everything",
    targets={"mask": {"fill": 255}, "boxes": {"min_visibility": 0.1}, "keypoints": {"swap_pairs": [[0, 1]]}},
)


@pytest.mark.parametrize("text", [EVERYTHING, document(), (ROOT / "examples/policies/photos.json").read_text()])
def test_dumps_and_loads_are_inverse(text: str, tmp_path: Path) -> None:
    policy = augspec.loads(text)
    assert augspec.loads(augspec.dumps(policy)) == policy
    assert augspec.dumps(augspec.loads(augspec.dumps(policy))) == augspec.dumps(policy)
    augspec.dump(policy, tmp_path / "policy.json")
    assert augspec.load(tmp_path / "policy.json") == policy
    assert augspec.loads(augspec.dumps(policy)).canonical_hash() == policy.canonical_hash()


def test_dumps_writes_what_a_person_would() -> None:
    text = augspec.dumps(
        augspec.loads(document({"p": 0.5, "degrees": 3, "op": "rotate"}, {"op": "horizontal_flip", "p": 0.5}))
    )
    assert json.loads(text) == {
        "augspec": 1, "ops": [{"op": "rotate", "p": 0.5, "degrees": 3.0}, {"op": "horizontal_flip"}],
    }  # fmt: skip
    assert text.index('"op": "rotate"') < text.index('"p": 0.5')


def shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(entry) for entry in value] if isinstance(value, list) else value


def test_the_canonical_hash_does_not_depend_on_key_order_names_or_written_defaults() -> None:
    policy = augspec.loads(EVERYTHING)
    assert augspec.loads(json.dumps(shuffled(json.loads(EVERYTHING)))).canonical_hash() == policy.canonical_hash()
    renamed = json.loads(EVERYTHING) | {
        "name": "other",
        "description": "x",
        "$schema": "https://augspec.dev/schema/v1.json",
    }
    assert augspec.loads(json.dumps(renamed)).canonical_hash() == policy.canonical_hash()
    plain, spelled = document({"op": "grayscale"}), document({"op": "grayscale", "p": 1.0})
    assert augspec.loads(plain).canonical_hash() == augspec.loads(spelled).canonical_hash()
    assert (
        augspec.loads(document({"op": "grayscale", "p": 0.5})).canonical_hash() != augspec.loads(plain).canonical_hash()
    )


def test_the_canonical_hash_is_stable_over_processes_and_time() -> None:
    code = "import sys, augspec; print(augspec.loads(sys.stdin.buffer.read()).canonical_hash())"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code], input=EVERYTHING.encode(), capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout.strip().decode()
        for seed in ("1", "2")
    }  # fmt: skip
    assert hashes == {augspec.loads(EVERYTHING).canonical_hash()}
    assert hashes == {PINNED}


PINNED = "27ebe0b4988e09e42c70b9bada92cfc5a5504c1accdbc8053c634d33c0606cc6"


def test_dumps_writes_letters_as_they_are() -> None:
    assert '"name": "grün 日本"' in augspec.dumps(augspec.loads(document(name="grün 日本")))
