"""What the parts of an error say, word for word: the allowed values of every kind of field, hints, and odd texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

import augspec
from augspec.errors import PolicyError, printable, show

DEGREES = (
    "a number from -3600 to 3600 (degrees, counter-clockwise), "
    "or a distribution in that range: uniform, log_uniform, normal, integers, choice, beta"
)
BITS = "a whole number from 1 to 8 (bits that are kept), or a distribution in that range: integers, choice"
OP = 'an op, such as {"op": "rotate", "degrees": 10}'
ID = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?(#[0-9]+)?$"
LEVELS = "an array of 1 to 64 entries, each a number from 0 to 1"
SIZE = "[height, width], each a whole number from 1 to 8192"


def turn(degrees: Any = 5, **fields: Any) -> dict[str, Any]:
    return {"ops": [{"op": "rotate", "degrees": degrees, **fields}]}


def bits(value: Any) -> dict[str, Any]:
    return {"ops": [{"op": "posterize", "bits": value}]}


def resize(**fields: Any) -> dict[str, Any]:
    return {"ops": [{"op": "resize", **fields}], "eval": []}


def pairs(*rows: Any) -> dict[str, Any]:
    return {"ops": [], "targets": {"keypoints": {"swap_pairs": list(rows)}}}


CASES = [
    ("ops", {"ops": 3}, "ops", f"an array of at most 256 entries, each {OP}", ""),
    ("members", {"ops": [{"op": "one_of", "ops": []}]}, "ops[0].ops", f"an array of 1 to 256 entries, each {OP}", ""),
    (
        "names",
        {"ops": [], "targets": {"masks": []}},
        "targets.masks",
        "an object of at most 64 names, each an object with the fields fill",
        "",
    ),
    ("no name", {"ops": [], "targets": {"masks": {"": {}}}}, 'targets.masks[""]', "names of 1 to 200 characters", ""),
    (
        "taken",
        {"ops": [], "targets": {"masks": {"mask": {}}}},
        "targets.masks.mask",
        "other names than image, mask, instance_masks, boxes, keypoints, label, labels, boxes_valid, keypoints_visible",
        "Its settings are targets.mask.",
    ),
    (
        "object",
        {"ops": [], "targets": 3},
        "targets",
        "an object with the fields mask, masks, instance_masks, boxes, keypoints, label, frames",
        "",
    ),
    ("text", {"ops": [], "name": 5}, "name", "a text of at most 200 characters", ""),
    ("flag", resize(size=[5, 5], antialias=3), "ops[0].antialias", "true or false", ""),
    ("side", resize(size=5), "ops[0].size", SIZE, "Write [5, 5]."),
    ("side-as-text", resize(size="5"), "ops[0].size", SIZE, ""),
    ("missing", {"ops": [{"op": "center_crop"}], "eval": []}, "ops[0].size", SIZE, "It is required."),
    ("missing-parameter", {"ops": [{"op": "rotate"}]}, "ops[0].degrees", DEGREES, "It is required."),
    ("missing-row", pairs([1]), "targets.keypoints.swap_pairs[0][1]", "a whole number", "It is required."),
    ("row", pairs([1, "a"]), "targets.keypoints.swap_pairs[0][1]", "a whole number", ""),
    ("probability", turn(p="x"), "ops[0].p", "a number from 0 to 1", ""),
    (
        "id",
        turn(id=5),
        "ops[0].id",
        f"a text like blur or rotate#0 (pattern {ID})",
        "",
    ),
    ("fill", turn(fill="x"), "ops[0].fill", f"a number from 0 to 1, or {LEVELS}", ""),
    ("fills", turn(fill=[]), "ops[0].fill", LEVELS, ""),
    ("quoted", turn("5"), "ops[0].degrees", DEGREES, "Write the number without quotes."),
    ("word", turn("five"), "ops[0].degrees", DEGREES, ""),
    ("range", turn([1, 2]), "ops[0].degrees", DEGREES, 'A range is written {"uniform": [1, 2]}.'),
    ("choice", turn([1, 2, 3]), "ops[0].degrees", DEGREES, 'A choice is written {"choice": [1, 2, 3]}.'),
    ("min-max", turn({"min": -5, "max": 5}), "ops[0].degrees", DEGREES, 'A range is written {"uniform": [-5, 5]}.'),
    ("three-fields", turn({"min": -5, "max": 5, "mode": 1}), "ops[0].degrees", DEGREES, ""),
    ("whole", bits(2.5), "ops[0].bits", BITS, ""),
    ("whole-list", bits([2, 6]), "ops[0].bits", BITS, 'A range is written {"integers": [2, 6]}.'),
    ("whole-range", bits({"uniform": [2, 6]}), "ops[0].bits", BITS, 'A range is written {"integers": [2, 6]}.'),
    ("whole-uneven-list", bits([2.5, 6]), "ops[0].bits", BITS, ""),
    ("whole-words", bits(["a", 6]), "ops[0].bits", BITS, ""),
    ("whole-uneven", bits({"uniform": [2.5, 6]}), "ops[0].bits", BITS, ""),
    ("whole-normal", bits({"normal": {"mean": 4, "std": 1, "low": 2, "high": 6}}), "ops[0].bits", BITS, ""),
    ("whole-beyond", bits(9), "ops[0].bits", "whole numbers from 1 to 8 (bits that are kept)", ""),
    ("whole-choice", bits({"choice": [2, 3.5]}), "ops[0].bits", BITS, ""),
    ("whole-value", bits({"choice": [2, "a"]}), "ops[0].bits.choice[1]", "a whole number from 1 to 8", ""),
    ("end", turn({"uniform": ["a", 1]}), "ops[0].degrees.uniform[0]", "a number from -3600 to 3600", ""),
    ("value", turn({"choice": ["a"]}), "ops[0].degrees.choice[0]", "a number from -3600 to 3600", ""),
    (
        "deviation",
        turn({"normal": {"mean": 0, "std": "x", "low": -1, "high": 1}}),
        "ops[0].degrees.normal.std",
        "a number above 0",
        "",
    ),
]


@pytest.mark.parametrize(
    ("document", "path", "allowed", "hint"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_is_allowed_is_said_in_full(document: dict[str, Any], path: str, allowed: str, hint: str) -> None:
    with pytest.raises(PolicyError) as caught:
        augspec.loads(json.dumps({"augspec": 1, **document}))
    (problem,) = caught.value.problems
    assert (problem.path, problem.allowed, problem.suggestion) == (path, allowed, hint)


def test_a_value_is_shown_in_at_most_80_characters() -> None:
    assert PolicyError.single("a", "x" * 80, "less").value == "x" * 80
    assert PolicyError.single("a", "x" * 81, "less").value == "x" * 79 + "…"
    assert PolicyError.single("a", ["x"] * 99, "less").value.endswith("…")
    assert PolicyError.single("a", None, "less").value == "None"


def test_what_prints_stays_and_what_steers_a_terminal_is_escaped() -> None:
    assert printable("grün — 日本") == "grün — 日本"
    assert printable("a\x1b[31m\n\u202e\x9b") == "a\\x1b[31m\\n\\u202e\\x9b"
    assert show("grün", quoted=True) == '"grün"'
    assert show({"a": True}, quoted=True) == '{"a": true}'


def test_deep_documents_are_refused_however_many_lists_were_closed_before() -> None:
    closed = ",".join(["[]"] * 2000)
    with pytest.raises(PolicyError, match="32 levels"):
        augspec.loads('{"augspec": 1, "a": [' + closed + '], "b": ' + "[" * 1500 + "]" * 1500 + "}")
    with pytest.raises(PolicyError, match="unknown field 'a'"):
        augspec.loads('{"augspec": 1, "ops": [], "a": [' + closed + "]}")


def test_brackets_within_texts_are_no_levels() -> None:
    text = "[{" * 40 + '\\" [[[' + "\\\\"
    assert augspec.loads('{"augspec": 1, "ops": [], "name": "' + text + '"}').name == "[{" * 40 + '" [[[\\'
