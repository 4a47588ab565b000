"""T4: keypoints named left and right need pairs where a policy mirrors, or a word that says they need none."""

from __future__ import annotations

import json
from typing import Any

import pytest

import augspec
from augspec.sides import counterpart

NAMES = ["nose", "left_eye", "right_eye"]
FLIP = {"op": "horizontal_flip"}


def loads(*ops: Any, evaluation: Any = None, **keypoints: Any) -> augspec.Policy:
    extra = {} if evaluation is None else {"eval": evaluation}
    return augspec.loads(json.dumps({"augspec": 1, "ops": list(ops), "targets": {"keypoints": keypoints}, **extra}))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("left_eye", "right_eye"),
        ("eye_right", "eye_left"),
        ("leftEye", "rightEye"),
        ("EyeLeft", "EyeRight"),
        ("LEFT KNEE", "RIGHT KNEE"),
        ("l_hip", "r_hip"),
        ("hip.R", "hip.L"),
        ("LEar", "REar"),
        ("Left-1", "Right-1"),
        ("nose", None),
        ("bright", None),
        ("cleft", None),
        ("label", None),
    ],
)
def test_a_name_has_the_side_that_a_word_of_it_says(name: str, other: str | None) -> None:
    assert counterpart(name) == other
    assert other is None or counterpart(other) == name


@pytest.mark.parametrize(
    "ops",
    [
        [FLIP],
        [{"op": "vertical_flip"}],
        [{"op": "transpose"}],
        [{"op": "sequence", "ops": [{"op": "one_of", "ops": [{"op": "rotate", "degrees": 3}, FLIP]}]}],
    ],
)
def test_a_mirror_without_pairs_is_refused_with_the_pairs(ops: list[Any]) -> None:
    with pytest.raises(augspec.PolicyError) as caught:
        loads(*ops, names=NAMES)
    (problem,) = caught.value.problems
    assert problem.path == "targets.keypoints.swap_pairs"
    assert problem.value == "no pair for 'left_eye' (row 1) and 1 more"
    assert f"({_innermost(ops[0])}) mirrors" in problem.allowed
    assert problem.suggestion == 'Write "swap_pairs": [[1, 2]]; "unswapped": true keeps the rows as they are.'


def _innermost(op: dict[str, Any]) -> str:
    return str(op["op"]) if "ops" not in op else _innermost(op["ops"][-1])


def test_a_mirror_in_evaluation_is_one_too() -> None:
    with pytest.raises(augspec.PolicyError, match=r"because eval\[0\] \(horizontal_flip\) mirrors"):
        loads(evaluation=[{**FLIP, "p": 1.0}], names=NAMES)


def test_a_pair_of_other_points_is_no_pair() -> None:
    with pytest.raises(augspec.PolicyError, match="no pair for 'left_eye'"):
        loads(FLIP, names=[*NAMES, "left_ear", "right_ear"], swap_pairs=[[1, 4], [2, 3]])


def test_a_side_without_the_other_is_refused_too() -> None:
    with pytest.raises(augspec.PolicyError, match="No row is the other side"):
        loads(FLIP, names=["nose", "left_eye"])


@pytest.mark.parametrize(
    "fields",
    [
        {"names": NAMES, "swap_pairs": [[2, 1]]},
        {"names": NAMES, "unswapped": True},
        {"names": ["nose", "chin"]},
        {},
    ],
)
def test_what_is_in_order_loads(fields: dict[str, Any]) -> None:
    loads(FLIP, **fields)


def test_without_a_mirror_nothing_is_asked_for() -> None:
    loads({"op": "rotate", "degrees": 3}, {**FLIP, "p": 0.0}, {"op": "rot90", "turns": 2}, names=NAMES)


def test_names_are_one_per_row() -> None:
    with pytest.raises(augspec.PolicyError, match="'nose' twice"):
        loads(names=["nose", "nose"])
    with pytest.raises(augspec.PolicyError, match="the row 3; allowed: rows from 0 to 2"):
        loads(names=NAMES, swap_pairs=[[1, 3]])
