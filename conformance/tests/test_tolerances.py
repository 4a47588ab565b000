"""Between two backends, float errors add up where ops act one after the other, and are the worst one's of a choice."""

from __future__ import annotations

from typing import Any

import pytest

from augspec_conformance.cases.policies import document
from augspec_conformance.tolerances import EPSILON, between_backends

TURN: dict[str, Any] = {"op": "rotate", "degrees": 5}
BRIGHT: dict[str, Any] = {"op": "brightness_scale", "factor": 1.2}
FLIP: dict[str, Any] = {"op": "horizontal_flip"}


def units(*ops: dict[str, Any]) -> float:
    return between_backends(document(*ops), "float32", 1.0) / EPSILON["float32"]


def members(name: str, *ops: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"op": name, "ops": list(ops), **fields}


def test_c2_units_of_ops_in_a_row_add_up() -> None:
    assert units(TURN) > units(BRIGHT) > units(FLIP) == 0
    assert units(TURN, BRIGHT, FLIP) == units(TURN) + units(BRIGHT)
    assert units(BRIGHT, BRIGHT, BRIGHT) == 3 * units(BRIGHT)


@pytest.mark.parametrize("name", ["sequence", "random_order"])
def test_c2_members_that_all_act_are_ops_in_a_row(name: str) -> None:
    assert units(members(name, TURN, BRIGHT, BRIGHT)) == units(TURN, BRIGHT, BRIGHT)
    assert units(TURN, members(name, BRIGHT, FLIP)) == units(TURN, BRIGHT)


def test_c2_of_a_choice_the_worst_counts() -> None:
    assert units(members("one_of", BRIGHT, TURN, FLIP)) == units(TURN)
    assert units(members("one_of", members("sequence", TURN, BRIGHT), TURN)) == units(TURN, BRIGHT)
    assert units(members("some_of", BRIGHT, FLIP, TURN, n=2)) == units(TURN, BRIGHT)
    assert units(members("some_of", BRIGHT, FLIP, TURN, n=0)) == 0
    assert units(members("some_of", BRIGHT, TURN, n=3, replace=True)) == 3 * units(TURN)


def test_c2_a_macro_counts_as_what_it_stands_for() -> None:
    jitter = {"op": "color_jitter", "brightness": {"uniform": [0.5, 1.5]}, "contrast": {"uniform": [0.5, 1.5]}}
    assert units(jitter) == units(BRIGHT, {"op": "contrast", "factor": 1.2})
