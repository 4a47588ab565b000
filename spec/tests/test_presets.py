"""Presets: data that never change, and macros that stand for what they say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import augspec
from augspec.normalize import normalized_dict
from augspec.presets.page import text

PINNED = json.loads((Path(__file__).parent / "expected/preset_draws.json").read_text())


def policy(name: str, **fields: Any) -> augspec.Policy:
    return augspec.parse({"augspec": 1, "ops": [{"op": "preset", "name": name, **fields}], "eval": []})


def drawn(name: str) -> dict[str, Any]:
    """Return the draws for key 7 and the ids 0 to 3, in steps, by path."""
    draws = augspec.compile(policy(name)).draw(7, index=range(4))
    return {path.removeprefix("sample/preset#0/"): array.tolist() for path, array in draws.items()}


def data_hash(name: str) -> str:
    return hashlib.sha256(augspec.presets()[name].ops.encode()).hexdigest()


def test_every_preset_is_pinned() -> None:
    assert sorted(PINNED) == list(augspec.presets())


@pytest.mark.parametrize("name", sorted(PINNED))
def test_a_preset_never_changes(name: str) -> None:
    assert data_hash(name) == PINNED[name]["sha256"]
    assert drawn(name) == PINNED[name]["draws"]


@pytest.mark.parametrize("name", list(augspec.presets()))
def test_a_preset_is_its_ops_under_its_id(name: str) -> None:
    """R6: paths begin with the preset's id, and draws are those of a sequence of that id."""
    facts = augspec.presets()[name]
    assert all((facts.summary, facts.library, facts.version, facts.where, facts.paper.startswith("https://")))
    ops = json.loads(facts.ops)
    written = {"augspec": 1, "ops": [{"op": "sequence", "id": "preset#0", "ops": ops}], "eval": []}
    assert augspec.normalize(policy(name)) == augspec.normalize(augspec.parse(written))
    assert "preset#0/" in augspec.explain(policy(name), "plan")


def test_the_document_and_its_hash_keep_the_macro() -> None:
    one = policy("randaugment/torchvision")
    assert json.loads(one.canonical())["ops"] == [{"id": "preset#0", "name": "randaugment/torchvision", "op": "preset"}]
    assert augspec.loads(augspec.dumps(one)) == one
    assert normalized_dict(one)["ops"][0]["op"] == "sequence"


def test_an_unknown_preset_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(augspec.PolicyError) as caught:
        policy("randaugment/torchvison")
    (problem,) = caught.value.problems
    assert problem.path == "ops[0].name"
    assert "randaugment/torchvision" in str(problem)


def test_a_preset_that_resizes_needs_an_evaluation() -> None:
    with pytest.raises(augspec.PolicyError, match=r"because ops\[0\] \(random_resized_crop\) changes the size"):
        augspec.parse({"augspec": 1, "ops": [{"op": "preset", "name": "imagenet/resnet"}]})
    with pytest.raises(augspec.PolicyError, match=r"ops\[0\]\.p"):
        policy("imagenet/resnet", p=0.5)


def test_no_preset_is_deterministic_enough_for_evaluation() -> None:
    with pytest.raises(augspec.PolicyError, match=r"eval\[0\]"):
        augspec.parse({"augspec": 1, "ops": [], "eval": [{"op": "preset", "name": "randaugment/timm"}]})


def test_presets_count_as_what_they_stand_for() -> None:
    many = {"augspec": 1, "ops": [{"op": "preset", "name": "autoaugment/torchvision_svhn"}] * 4}
    with pytest.raises(augspec.PolicyError, match="at most 256 ops, members and what macros stand for included"):
        augspec.parse(many)
    with pytest.raises(augspec.PolicyError, match="one level of replacement"):
        augspec.parse(
            {
                "augspec": 1,
                "ops": [
                    {"op": "some_of", "n": 2, "replace": True, "ops": [{"op": "preset", "name": "randaugment/timm"}]}
                ],
            }
        )


def test_the_page_is_the_printed_one() -> None:
    assert (Path(__file__).parents[2] / "docs/presets.md").read_text(encoding="utf-8") == text()
