"""The macro `color_jitter` is the policy that it stands for, written out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import augspec
from augspec.normalize import named
from augspec.plan.place import place

JITTER: dict[str, Any] = {
    "op": "color_jitter",
    "brightness": {"uniform": [0.6, 1.4]},
    "contrast": 0.8,
    "saturation": {"uniform": [0.5, 1.5]},
    "hue": {"uniform": [-0.1, 0.1]},
}
BY_HAND: list[dict[str, Any]] = [
    {"op": "brightness_scale", "id": "brightness", "factor": {"uniform": [0.6, 1.4]}},
    {"op": "contrast", "id": "contrast", "factor": 0.8},
    {"op": "saturation", "id": "saturation", "factor": {"uniform": [0.5, 1.5]}},
    {"op": "hue", "id": "hue", "turns": {"uniform": [-0.1, 0.1]}},
]


def policy(*ops: dict[str, Any], **fields: Any) -> augspec.Policy:
    return augspec.parse({"augspec": 1, "ops": list(ops), **fields})


@pytest.mark.parametrize(("order", "combinator"), [("random", "random_order"), ("fixed", "sequence")])
@pytest.mark.parametrize("p", [1.0, 0.7])
def test_it_is_a_combinator_of_its_fields(order: str, combinator: str, p: float) -> None:
    macro = policy({**JITTER, "order": order, "p": p}, {"op": "invert", "p": 0.5})
    hand = policy({"op": combinator, "id": "color_jitter#0", "p": p, "ops": BY_HAND}, {"op": "invert", "p": 0.5})
    assert augspec.normalize(macro) == augspec.normalize(hand)
    images = np.random.default_rng(0).integers(0, 256, (9, 8, 7, 3), dtype=np.uint8)
    assert (augspec.compile(macro)(7, images) == augspec.compile(hand)(7, images)).all()


def test_fields_that_are_left_out_leave_their_ops_out() -> None:
    draws = augspec.compile(policy({"op": "color_jitter", "hue": {"uniform": [0, 0.1]}})).draw(7, index=range(3))
    assert list(draws) == ["sample/color_jitter#0/order", "sample/color_jitter#0/hue/turns"]
    with pytest.raises(augspec.PolicyError, match="at least one of them"):
        policy({"op": "color_jitter"})


def test_r6_a_field_that_is_added_changes_no_other_draw() -> None:
    few, all_ = (policy({key: JITTER[key] for key in keys}) for keys in (("op", "hue"), JITTER))
    path = "sample/color_jitter#0/hue/turns"
    ids = range(20)
    before, after = (augspec.compile(one).draw(7, index=ids)[path] for one in (few, all_))
    assert (before == after).all()


def test_errors_name_the_field_of_the_macro() -> None:
    with pytest.raises(augspec.PolicyError) as caught:
        policy({**JITTER, "contrast": 9})
    assert caught.value.problems[0].path == "ops[0].contrast"
    ops = named(policy({"op": "sequence", "ops": [JITTER, {"op": "rotate", "degrees": 3}]}).ops)
    path = "sample/sequence#0/color_jitter#0/hue/turns"
    assert place(path, ops, "ops", field=True) == "ops[0].ops[0].hue"
    assert place(path, ops, "ops") == "ops[0].ops[0]"
    assert place("sample/sequence#0/rotate#0/degrees", ops, "ops", field=True) == "ops[0].ops[1].degrees"
    with pytest.raises(augspec.PolicyError, match=r"eval\[0\]: got the random op 'random_order'"):
        policy(eval=[JITTER])


def test_the_fixed_order_of_constants_is_deterministic() -> None:
    policy(eval=[{"op": "color_jitter", "brightness": 0.5, "order": "fixed"}])
