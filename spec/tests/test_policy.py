"""Policies: normalizing is idempotent and changes no draw; ids; the rules of evaluation."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import augspec
from augspec.language.policy import Policy, walk


def policy(*ops: Any, **fields: Any) -> Policy:
    return augspec.loads(json.dumps({"augspec": 1, "ops": list(ops), **fields}))


SOME = policy(
    {"op": "rotate", "degrees": {"uniform": [-5, 5]}},
    {
        "op": "one_of",
        "ops": [{"op": "rotate", "degrees": 1}, {"op": "rotate", "degrees": 2}, {"op": "shear"}],
    },
    {"op": "rotate", "degrees": 3, "id": "last"},
    {"op": "horizontal_flip"},
)


def ids(found: Policy) -> list[str | None]:
    return [op.id for _, op in walk(found.ops, ())]


def test_r6_normalize_writes_ids_that_count_siblings_of_a_type() -> None:
    assert ids(augspec.normalize(SOME)) == [
        "rotate#0", "one_of#0", "rotate#0", "rotate#1", "shear#0", "last", "horizontal_flip#0",
    ]  # fmt: skip


def test_normalize_is_idempotent_and_can_be_written_and_read() -> None:
    once = augspec.normalize(SOME)
    assert augspec.normalize(once) == once
    assert augspec.loads(augspec.dumps(once)) == once


def test_r6_normalize_changes_no_draw() -> None:
    before = augspec.compile(SOME).draw(7, index=range(50))
    after = augspec.compile(augspec.normalize(SOME)).draw(7, index=range(50))
    assert before == after


def test_r6_inserting_an_op_of_another_type_moves_no_draw() -> None:
    longer = policy({"op": "grayscale", "p": 0.5}, *SOME.to_dict()["ops"])
    before, after = (augspec.compile(p).draw(7, index=range(50)) for p in (SOME, longer))
    assert all(np.array_equal(before[path], after[path]) for path in before)
    assert set(after) - set(before) == {"sample/grayscale#0/apply"}


def test_r6_a_new_id_is_a_new_draw() -> None:
    a, b = (
        augspec.compile(policy({"op": "rotate", "degrees": {"uniform": [-5, 5]}, "id": name})).draw(7, index=range(50))
        for name in ("a", "b")
    )
    assert not np.array_equal(a["sample/a/degrees"], b["sample/b/degrees"])


def test_evaluation_is_the_identity_unless_declared() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    out = augspec.compile(SOME)(None, image, training=False)
    assert np.array_equal(out, image)
    assert not np.shares_memory(out, image)


def test_evaluation_runs_the_declared_pipeline() -> None:
    found = policy({"op": "grayscale", "p": 0.5}, eval=[{"op": "center_crop", "size": [2, 2]}])
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert np.array_equal(augspec.compile(found)(None, image, training=False), image[1:3, 1:3])


@pytest.mark.parametrize(
    "op",
    [
        {"op": "horizontal_flip"},
        {"op": "rotate", "degrees": {"uniform": [0, 1]}},
        {"op": "grayscale", "p": 0.5},
        {"op": "one_of", "ops": [{"op": "grayscale"}]},
        {"op": "some_of", "n": 1, "ops": [{"op": "grayscale"}]},
        {"op": "sequence", "ops": [{"op": "shear", "x": {"choice": [0, 1]}}]},
        {"op": "random_resized_crop", "size": [2, 2], "area": 1, "ratio": 1},
        {"op": "gaussian_noise", "std": 0.1},
        {"op": "random_order", "ops": [{"op": "grayscale"}, {"op": "invert"}]},
        {"op": "channel_shuffle"},
        {"op": "sun_flare"},
        {"op": "shadow", "darkness": 0.5, "size": 1.0, "softness": 0.0},
        {"op": "fog", "density": 0.5, "patchiness": 0.5, "roughness": 0.5, "grey": 1.0},
    ],
)
def test_evaluation_is_deterministic(op: dict[str, Any]) -> None:
    with pytest.raises(augspec.PolicyError, match="evaluation is deterministic"):
        policy(eval=[op])


def test_one_of_may_change_the_size_if_all_members_agree() -> None:
    crop, resize = {"op": "center_crop", "size": [4, 4]}, {"op": "resize", "size": [4, 4]}
    both = [crop, {"op": "sequence", "ops": [{"op": "resize", "short_side": 8}, resize]}]
    assert policy({"op": "one_of", "ops": both}, eval=[resize])
    assert policy({"op": "one_of", "ops": [{"op": "resize", "short_side": 8}] * 2}, eval=[resize])


def test_policies_are_frozen_and_closed() -> None:
    with pytest.raises(ValidationError):
        SOME.name = "x"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Policy(augspec=1, ops=(), extra=1)  # type: ignore[call-arg]


def test_a_policy_with_named_masks_is_a_key_and_nobody_changes_its_names() -> None:
    named = policy(targets={"masks": {"depth": {"fill": 2}, "semantic": {}}})
    other = policy(targets={"masks": {"semantic": {}, "depth": {"fill": 2}}})
    assert {named: "one"}[other] == "one"
    masks: Any = named.targets.masks
    with pytest.raises(TypeError, match="make another one with model_copy"):
        masks["more"] = masks["depth"]
    with pytest.raises(TypeError, match="make another one with model_copy"):
        masks.clear()
    assert sorted(masks) == ["depth", "semantic"]


def test_the_table_of_ops_cannot_be_changed_from_outside() -> None:
    augspec.ops().clear()
    assert "rotate" in augspec.ops()
    assert list(augspec.ops()) == sorted(augspec.ops())


def test_e2_warps_that_could_leave_the_exact_range_are_refused_at_compile_time() -> None:
    wild = policy({"op": "scale", "factor": 8}, {"op": "scale", "factor": 8})
    with pytest.raises(augspec.PolicyError, match="warps that enlarge 64 times"):
        augspec.compile(wild)


def test_the_canonical_text_has_its_keys_in_order_and_no_space() -> None:
    text = policy({"p": 0.5, "op": "rotate", "degrees": 3}, {"op": "grayscale", "id": "grau"}, name="ü").canonical()
    first = '{"degrees":3.0,"id":"rotate#0","op":"rotate","p":0.5}'
    assert text == f'{{"augspec":1,"ops":[{first},{{"id":"grau","op":"grayscale"}}]}}'


def test_normalize_refuses_what_parse_would_have_refused() -> None:
    twice = Policy.model_validate_json(
        json.dumps({"augspec": 1, "ops": [{"op": "grayscale", "id": "a"}, {"op": "horizontal_flip", "id": "a"}]})
    )
    with pytest.raises(augspec.PolicyError, match="unique among siblings"):
        augspec.normalize(twice)


def test_the_normalized_document_keeps_the_documents_own_words() -> None:
    from augspec.normalize import normalized_dict

    address = "https://augspec.dev/schema/v1.json"
    full = normalized_dict(policy({"op": "grayscale"}, **{"$schema": address}))
    assert full["$schema"] == address
    assert augspec.parse(full) == augspec.normalize(policy({"op": "grayscale"}, **{"$schema": address}))


@pytest.mark.parametrize("choice", [{"op": "random_order"}, {"op": "some_of", "n": 1}, {"op": "sequence", "p": 0.5}])
def test_members_that_are_not_always_applied_in_turn_keep_the_size(choice: dict[str, Any]) -> None:
    members = [{"op": "resize", "size": [4, 4]}, {"op": "invert"}]
    with pytest.raises(augspec.PolicyError, match="size"):
        policy({**choice, "ops": members}, eval=[])
