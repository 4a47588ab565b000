"""load: a wrong document is refused with its place, what is allowed, and the fix; a right one survives."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

import augspec
from augspec.errors import PolicyError

ROOT = Path(__file__).parents[2]


def document(*ops: Any, **fields: Any) -> str:
    return json.dumps({"augspec": 1, "ops": list(ops), **fields})


def refused(text: str | bytes) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        augspec.loads(text)
    return caught.value


# (name, document, path, part of what is allowed, part of the suggestion)
WRONG: list[tuple[str, str | bytes, str, str, str]] = [
    ("empty", "", "", "one JSON object", "no trailing commas"),
    ("trailing_comma", '{"augspec": 1, "ops": [],}', "", "one JSON object", "no trailing commas"),
    ("array", "[]", "", 'a JSON object such as {"augspec": 1', ""),
    ("latin_1", b'{"augspec": 1, "name": "\xe9", "ops": []}', "", "UTF-8", "Save the file as UTF-8."),
    ("no_version", '{"ops": []}', "augspec", "1, the version", 'Write "augspec": 1.'),
    ("newer_version", '{"augspec": 2, "ops": []}', "augspec", "1, the version", "pip install --upgrade augspec"),
    ("version_is_text", '{"augspec": "1", "ops": []}', "augspec", "1, the version", 'Write "augspec": 1.'),
    ("version_is_true", '{"augspec": true, "ops": []}', "augspec", "1, the version", ""),
    ("no_ops", '{"augspec": 1}', "ops", "an array of at most 256 entries", "It is required."),
    (
        "unknown_op",
        document({"op": "rotat", "degrees": 1}),
        "ops[0].op",
        "one of the ",
        "Did you mean 'rotate'?",
    ),
    (
        "class_name",
        document({"op": "RandomHorizontalFlip"}),
        "ops[0].op",
        "one of the ",
        "'horizontal_flip'",
    ),
    ("ambiguous_op", document({"op": "flip"}), "ops[0].op", "one of", "'vertical_flip' or 'horizontal_flip'"),
    ("op_is_number", document({"op": 7}), "ops[0].op", "one of the ", ""),
    ("op_is_text", document("grayscale"), "ops[0]", "an op, such as", 'Write {"op": "grayscale"}.'),
    ("op_under_type", document({"type": "rotate"}), "ops[0]", "an op, such as", 'Write "op": "rotate".'),
    ("op_as_key", document({"rotate": {"degrees": 5}}), "ops[0]", "an op, such as", 'Write "op": "rotate".'),
    ("unknown_field", document({"op": "grayscale", "P": 1}), "ops[0].P", "the fields op, p, id", ""),
    (
        "another_librarys_word",
        document({"op": "rotate", "degrees": 9, "border": "reflect"}),
        "ops[0].border",
        "constant, edge, mirror, symmetric, wrap",
        "Did you mean 'mirror'?",
    ),
    ("misspelled_field", document({"op": "shear", "xx": 1}), "ops[0].xx", "op, x, y, ", "Did you mean 'x'?"),
    (
        "missing_field",
        document({"op": "rotate"}),
        "ops[0].degrees",
        "from -3600 to 3600 (degrees",
        "It is required.",
    ),
    (
        "range_shorthand",
        document({"op": "rotate", "degrees": [-15, 15]}),
        "ops[0].degrees",
        "a number from -3600",
        'A range is written {"uniform": [-15, 15]}.',
    ),
    (
        "min_and_max",
        document({"op": "contrast", "factor": {"min": 1, "max": 2}}),
        "ops[0].factor",
        "a number from 0 to 8",
        'A range is written {"uniform": [1, 2]}.',
    ),
    (
        "number_as_text",
        document({"op": "rotate", "degrees": "15"}),
        "ops[0].degrees",
        "a number",
        "without quotes",
    ),
    (
        "number_as_true",
        document({"op": "rotate", "degrees": True}),
        "ops[0].degrees",
        "a number from -3600",
        "",
    ),
    (
        "distribution",
        document({"op": "rotate", "degrees": {"unifrom": [0, 1]}}),
        "ops[0].degrees",
        "uniform, log_uniform",
        "Did you mean 'uniform'?",
    ),
    (
        "reversed_range",
        document({"op": "rotate", "degrees": {"uniform": [5, -5]}}),
        "ops[0].degrees",
        "low < high",
        "",
    ),
    (
        "three_ends",
        document({"op": "rotate", "degrees": {"uniform": [1, 2, 3]}}),
        "ops[0].degrees.uniform",
        "[low, high], each a number from -3600 to 3600",
        "",
    ),
    (
        "text_in_range",
        document({"op": "rotate", "degrees": {"uniform": ["a", 2]}}),
        "ops[0].degrees.uniform[0]",
        "a number from -3600 to 3600",
        "",
    ),
    (
        "two_distributions",
        document({"op": "rotate", "degrees": {"uniform": [1, 2], "p": 1}}),
        "ops[0].degrees.p",
        "the fields uniform",
        "",
    ),
    (
        "log_of_zero",
        document({"op": "contrast", "factor": {"log_uniform": [0, 2]}}),
        "ops[0].factor",
        "0 < low < high",
        "",
    ),
    (
        "normal_unbounded",
        document({"op": "rotate", "degrees": {"normal": {"mean": 0, "std": 1, "low": -1}}}),
        "ops[0].degrees.normal.high",
        "a number from -3600 to 3600",
        "It is required.",
    ),
    (
        "normal_far_away",
        document({"op": "rotate", "degrees": {"normal": {"mean": 0, "std": 1, "low": 50, "high": 60}}}),
        "ops[0].degrees",
        "0.1 % of the normal's mass",
        "",
    ),
    (
        "choice_of_text",
        document({"op": "rotate", "degrees": {"choice": {"values": [1, "a"]}}}),
        "ops[0].degrees.choice.values[1]",
        "a number from -3600 to 3600",
        "",
    ),
    (
        "choice_weights",
        document({"op": "rotate", "degrees": {"choice": {"values": [1, 2], "weights": [1]}}}),
        "ops[0].degrees.choice.weights",
        "as many weights as values (2)",
        "",
    ),
    (
        "domain",
        document({"op": "rotate", "degrees": {"uniform": [0, 9000]}}),
        "ops[0].degrees",
        "from -3600 to 3600",
        "",
    ),
    ("probability", document({"op": "grayscale", "p": 50}), "ops[0].p", "a number from 0 to 1", ""),
    (
        "word",
        document({"op": "rotate", "degrees": 1, "border": "mirorr"}),
        "ops[0].border",
        "one of constant, edge, ",
        "Did you mean 'mirror'?",
    ),
    (
        "fill",
        document({"op": "rotate", "degrees": 1, "fill": [0, 255, 0]}),
        "ops[0].fill[1]",
        "a number from 0 to 1",
        "",
    ),
    ("id", document({"op": "grayscale", "id": "A B"}), "ops[0].id", "a text like blur or rotate#0", ""),
    (
        "size_is_number",
        document({"op": "resize", "size": 224}, eval=[]),
        "ops[0].size",
        "[height, width]",
        "[224, 224]",
    ),
    (
        "size_is_huge",
        document({"op": "resize", "size": [224, 99999]}, eval=[]),
        "ops[0].size[1]",
        "from 1 to 8192",
        "",
    ),
    ("resize_to_nothing", document({"op": "resize"}, eval=[]), "ops[0]", "exactly one of `size`", ""),
    (
        "scale_twice",
        document({"op": "scale", "factor": 2, "x": 1}),
        "ops[0]",
        "either `factor`, or `x` and `y`",
        "",
    ),
    ("no_members", document({"op": "one_of", "ops": []}), "ops[0].ops", "an array of 1 to 256 entries", ""),
    (
        "weights",
        document({"op": "one_of", "ops": [{"op": "grayscale"}], "weights": [1, 2]}),
        "ops[0].weights",
        "as many weights as members (1)",
        "",
    ),
    (
        "two_kinds_of_distribution",
        document({"op": "rotate", "degrees": {"uniform": [1, 5], "beta": [1, 1]}}),
        "ops[0].degrees.beta",
        "one distribution",
        "Leave 'beta' or 'uniform' out.",
    ),
    (
        "noise_in_evaluation",
        document(eval=[{"op": "gaussian_noise", "std": 0.1}]),
        "eval[0]",
        "evaluation is deterministic",
        "",
    ),
    (
        "replacement_twice",
        document(
            {
                "op": "some_of",
                "n": 2,
                "replace": True,
                "ops": [
                    {
                        "op": "sequence",
                        "ops": [{"op": "some_of", "n": 1, "replace": True, "ops": [{"op": "grayscale"}]}],
                    }
                ],
            }
        ),
        "ops[0]",
        "one level of replacement",
        "",
    ),
    (
        "too_many_of",
        document({"op": "some_of", "ops": [{"op": "grayscale"}], "n": 2}),
        "ops[0].n",
        "n of at most 1",
        "",
    ),
    (
        "nested",
        document({"op": "sequence", "ops": [{"op": "one_of", "ops": [{"op": "shear", "x": 3}]}]}),
        "ops[0].ops[0].ops[0].x",
        "from -2 to 2",
        "",
    ),
    (
        "no_eval",
        document({"op": "resize", "size": [2, 2]}),
        "eval",
        "a deterministic pipeline",
        '"short_side": 256',
    ),
    ("random_eval", document(eval=[{"op": "horizontal_flip"}]), "eval[0]", "evaluation is deterministic", ""),
    (
        "resize_for_some",
        document({"op": "resize", "size": [2, 2], "p": 0.5}, eval=[]),
        "ops[0].p",
        "every sample",
        "",
    ),
    (
        "deep_resize_for_some",
        document(
            {
                "op": "sequence",
                "p": 0.5,
                "ops": [{"op": "sequence", "ops": [{"op": "center_crop", "size": [2, 2]}]}],
            },
            eval=[],
        ),
        "ops[0].p",
        "every sample",
        "",
    ),
    (
        "sizes_differ",
        document({"op": "one_of", "ops": [{"op": "center_crop", "size": [2, 2]}, {"op": "grayscale"}]}, eval=[]),
        "ops[0]",
        "members of one_of that give the same size",
        "",
    ),
    (
        "normalize_first",
        document({"op": "normalize", "mean": [0], "std": [1]}, {"op": "grayscale"}),
        "ops[0]",
        "as the last op",
        "",
    ),
    (
        "same_id",
        document({"op": "grayscale", "id": "g"}, {"op": "shear", "id": "g"}),
        "ops",
        "unique among siblings",
        "",
    ),
    (
        "target",
        document(targets={"msk": {}}),
        "targets.msk",
        "mask, masks, instance_masks, boxes, keypoints",
        "Did you mean 'mask'?",
    ),
    (
        "target_field",
        document(targets={"boxes": {"min_aera": 1}}),
        "targets.boxes.min_aera",
        "min_area",
        "'min_area'",
    ),
    (
        "pairs",
        document(targets={"keypoints": {"swap_pairs": [[0, 1], [1, 2]]}}),
        "targets.keypoints.swap_pairs",
        "each in one pair only",
        "",
    ),
    ("half_radius", document({"op": "box_blur", "radius": 2.5}), "ops[0].radius", "a whole number from 0 to 31", ""),
    (
        "schema_url",
        document(**{"$schema": "http://example.org"}),
        "$schema",
        "https://augspec.dev/schema/v1.json",
        "",
    ),
    ("top_field", document(opps=[]), "opps", "the fields $schema, augspec, ", "Did you mean 'ops'?"),
    ("null", document({"op": "grayscale", "p": None}), "ops[0].p", "a value", "A field that has a default may be left"),
    # hostile
    (
        "nan",
        '{"augspec": 1, "ops": [{"op": "rotate", "degrees": NaN}]}',
        "ops[0].degrees",
        "finite numbers",
        "",
    ),
    (
        "infinity",
        '{"augspec": 1, "ops": [{"op": "rotate", "degrees": 1e999}]}',
        "ops[0].degrees",
        "finite numbers",
        "",
    ),
    (
        "long_integer",
        '{"augspec": 1, "ops": [{"op": "rotate", "degrees": %s}]}' % ("9" * 400),
        "ops[0].degrees",
        "numbers below 2^64",
        "",
    ),
    (
        "endless_integer",
        '{"augspec": 1, "ops": [{"op": "rotate", "degrees": %s}]}' % ("9" * 9000),
        "",
        "numbers of ordinary length",
        "",
    ),
    (
        "repeated",
        '{"augspec": 1, "ops": [{"op": "rotate", "degrees": 5, "degrees": 6}]}',
        "ops[0].degrees",
        "each field once",
        "Remove one of the two.",
    ),
    ("deep", "[" * 100_000, "", "at most 32 levels", ""),
    (
        "deep_sequences",
        '{"augspec":1,"ops":[' + '{"op":"sequence","ops":[' * 40 + "]}" * 40 + "]}",
        "",
        "32 levels",
        "",
    ),
    ("megabyte", document(description="x" * 1_000_000), "", "at most 1000000 bytes", ""),
    ("many_values", document(*[0] * 60_000), "", "at most 50000", ""),
    ("many_ops", document(*[{"op": "grayscale"}] * 257), "ops", "at most 256", ""),
    (
        "many_nested_ops",
        document({"op": "sequence", "ops": [{"op": "sequence", "ops": [{"op": "grayscale"}] * 130}] * 2}),
        "ops",
        "at most 256 ops",
        "",
    ),
    ("surrogate", '{"augspec": 1, "ops": [], "name": "\\ud800"}', "name", "whole characters", ""),
    (
        "code",
        document({"op": "os.system", "degrees": "__import__('os')"}),
        "ops[0].op",
        "one of the ",
        "",
    ),
]


@pytest.mark.parametrize(
    ("text", "path", "allowed", "suggestion"), [case[1:] for case in WRONG], ids=[c[0] for c in WRONG]
)
def test_a_wrong_document_is_refused_with_path_allowed_and_suggestion(
    text: str | bytes, path: str, allowed: str, suggestion: str
) -> None:
    started = time.perf_counter()
    error = refused(text)
    assert time.perf_counter() - started < 10
    problem = next((p for p in error.problems if p.path == path), None)
    assert problem is not None, [p.path for p in error.problems]
    assert allowed in problem.allowed
    assert suggestion in problem.suggestion
    if path in ("", error.path):
        assert (error.path, error.value, error.allowed, error.suggestion) == (
            error.problems[0].path, error.problems[0].value, error.problems[0].allowed,
            error.problems[0].suggestion
        )  # fmt: skip


@pytest.mark.parametrize("text", [case[1] for case in WRONG], ids=[c[0] for c in WRONG])
def test_an_error_is_short_and_speaks_no_pydantic(text: str | bytes) -> None:
    error = refused(text)
    assert len(error.problems) <= 50
    for line in str(error).splitlines():
        assert ": got " in line
        assert "; allowed: " in line
        assert len(line.replace(", ".join(augspec.ops()), "…")) < 400  # beside the list of all ops
    for word in (
        "pydantic",
        "Input should",
        "validation error",
        "tuple",
        "dict",
        "None",
        "type=",
        "Traceback",
    ):
        assert word not in str(error)


def test_every_problem_of_a_document_is_listed() -> None:
    error = refused(document({"op": "rotat"}, {"op": "shear", "x": 9, "k": 1}, {"op": "grayscale", "p": "x"}))
    assert [p.path for p in error.problems] == ["ops[0].op", "ops[1].x", "ops[1].k", "ops[2].p"]


def test_paths_with_odd_names_stay_on_one_line() -> None:
    error = refused(document({"op": "grayscale", "a b\n": 1, "z" * 500: 2}))
    assert error.problems[0].path == 'ops[0]["a b\\n"]'
    assert all(len(p.path) < 100 and "\n" not in str(p) for p in error.problems)


def test_an_op_named_like_its_own_field_keeps_its_path() -> None:
    assert refused(document({"op": "scale", "scale": 1, "factor": "x"})).problems[0].path == "ops[0].factor"


def test_many_mistakes_are_cut_short_quickly() -> None:
    started = time.perf_counter()
    error = refused(document({"op": "rotate", "degrees": {"choice": ["a"] * 49_000}}))
    assert len(error.problems) == 50
    assert time.perf_counter() - started < 15


def test_a_policy_error_survives_pickling() -> None:
    import pickle

    error = refused(document({"op": "rotat"}))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.problems) == (str(error), error.problems)


def test_loads_takes_text_and_bytes_and_a_byte_order_mark() -> None:
    text = document({"op": "grayscale"}, name="é")
    assert augspec.loads(text) == augspec.loads(text.encode()) == augspec.loads(b"\xef\xbb\xbf" + text.encode())
    with pytest.raises(TypeError, match=r"JSON text.* augspec\.parse\(\)"):
        augspec.loads({"augspec": 1, "ops": []})  # type: ignore[arg-type]
    assert augspec.parse({"augspec": 1, "ops": []}) == augspec.loads('{"augspec": 1, "ops": []}')


def test_a_control_character_is_named_where_it_stands() -> None:
    error = refused('{"augspec": 1, "name": "a\x01", "ops": []}')
    assert "(line 1, column 26: invalid control character)" in error.value
