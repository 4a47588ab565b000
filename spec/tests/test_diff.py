"""`augspec.diff`: what changes is named by its place, and "the same draws" means the same numbers."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.language.policy import Policy

Json = dict[str, Any]
CORPUS = Path(__file__).parents[2] / "conformance" / "augspec_conformance" / "corpus" / "v1"

FLIP: Json = {"op": "horizontal_flip"}
TURN: Json = {"op": "rotate", "degrees": {"uniform": [-9, 9]}}
BLUR: Json = {"op": "gaussian_blur", "sigma": {"normal": {"mean": 1, "std": 1, "low": 0.5, "high": 2}}}


def policy(*ops: Json, **rest: Any) -> Policy:
    return augspec.parse({"augspec": 1, "ops": list(ops), "eval": [], **rest})


def told(a: Policy, b: Policy) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    found = augspec.diff(a, b)
    assert found.equal == (not found.changes)
    return [(one.kind, one.path) for one in found.changes], [(one.kind, one.path) for one in found.streams]


def test_names_and_written_defaults_are_no_difference() -> None:
    plain, spelled = policy(TURN, FLIP), policy({**TURN, "border": "constant", "id": "rotate#0"}, FLIP, name="b")
    assert told(plain, spelled) == ([], [])
    assert augspec.diff(plain, spelled).to_dict()["equal_draws"] is True


def test_a_field_is_told_with_both_values() -> None:
    (change,) = augspec.diff(policy(FLIP, TURN), policy(FLIP, {**TURN, "degrees": 5})).changes
    assert (change.kind, change.path) == ("changed", "ops[1].degrees")
    assert (change.old, change.new) == ({"uniform": [-9.0, 9.0]}, 5.0)


def test_a_distribution_is_told_without_what_it_leaves_unsaid() -> None:
    (change,) = augspec.diff(policy({**TURN, "degrees": {"choice": [3, 5]}}), policy(TURN)).changes
    assert change.old == {"choice": [3.0, 5.0]}
    (change,) = augspec.diff(policy({**TURN, "degrees": {"choice": {"values": [3, 5]}}}), policy(TURN)).changes
    assert change.old == {"choice": {"values": [3.0, 5.0]}}


@pytest.mark.parametrize(
    ("a", "b", "changes", "streams"),
    [
        (policy(TURN), policy(TURN, FLIP), [("added", "ops[1]")], [("added", "sample/horizontal_flip#0/apply")]),
        (policy(FLIP, TURN), policy(TURN), [("removed", "ops[0]")], [("removed", "sample/horizontal_flip#0/apply")]),
        (policy(FLIP, TURN), policy(TURN, FLIP), [("moved", "ops[1]")], []),
        (
            policy({"op": "one_of", "ops": [TURN, BLUR]}),
            policy({"op": "one_of", "ops": [{**TURN, "fill": 1}, BLUR], "weights": [1, 2]}),
            [("changed", "ops[0].ops[0].fill"), ("changed", "ops[0].weights")],
            [("changed", "sample/one_of#0/branch")],
        ),
        (policy(TURN), policy({**TURN, "p": 0.5}), [("changed", "ops[0].p")], [("added", "sample/rotate#0/apply")]),
        (policy(BLUR), policy({**BLUR, "sigma": {"uniform": [0.5, 2]}}), [("changed", "ops[0].sigma")],
         [("changed", "sample/gaussian_blur#0/sigma")]),
        (policy({**TURN, "id": "a"}), policy({**FLIP, "p": 1, "id": "a"}), [("removed", "ops[0]"), ("added", "ops[0]")],
         [("removed", "sample/a/degrees")]),
        (policy(TURN, targets={"mask": {"fill": 3}}), policy(TURN), [("changed", "targets.mask.fill")], []),
        (
            policy(TURN, targets={"masks": {"a": {"fill": 3}, "b": {}}}),
            policy(TURN, targets={"masks": {"a": {}, "c": {}}}),
            [("changed", "targets.masks.a.fill"), ("changed", "targets.masks.b"), ("changed", "targets.masks.c")],
            [],
        ),
        (augspec.parse({"augspec": 1, "ops": []}), policy(), [("added", "eval")], []),
        (policy(eval=[{**FLIP, "p": 1}]), policy(eval=[]), [("removed", "eval[0]")], []),
    ],
    ids=["added", "removed", "moved", "member", "p", "table", "renamed", "targets", "masks", "no-eval", "eval"],
)  # fmt: skip
def test_a_change_is_named_by_its_place(a: Policy, b: Policy, changes: Any, streams: Any) -> None:
    found = told(a, b)
    assert (sorted(found[0]), found[1]) == (sorted(changes), streams)


def test_the_fewest_ops_have_moved() -> None:
    ops = [{**TURN, "id": name} for name in "abcde"]
    assert told(policy(*ops), policy(ops[4], *ops[:4]))[0] == [("moved", "ops[4]")]


def test_equal_draws_are_equal_numbers_and_others_are_not() -> None:
    documents = [
        {"augspec": 1, **json.loads(line)["case"]["policy"]}
        for line in (CORPUS / "distributions.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    policies = [augspec.parse(document) for document in documents]
    for a, b in pairwise(policies):
        drawn = [augspec.compile(one).draw(7, range(257)) for one in (a, b)]
        changed = {one.path for one in augspec.diff(a, b).streams}
        for path in {*drawn[0], *drawn[1]}:
            same = path in drawn[0] and path in drawn[1] and np.array_equal(drawn[0][path], drawn[1][path])
            assert same == (path not in changed), (path, a, b)


def test_every_policy_equals_itself_read_again() -> None:
    for line in (CORPUS / "compositions.jsonl").read_text(encoding="utf-8").splitlines():
        one = augspec.parse({"augspec": 1, **json.loads(line)["case"]["policy"]})
        assert told(one, augspec.loads(augspec.dumps(one))) == ([], [])


def test_it_takes_policies() -> None:
    for other in ({}, {"augspec": 1, "ops": []}):
        with pytest.raises(TypeError, match=r"diff\(\) takes policies"):
            augspec.diff(policy(), other)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"diff\(\) takes policies"):
            augspec.diff(other, policy())  # type: ignore[arg-type]
