"""`augspec.lint`: every rule finds what it is about, and leaves its nearest harmless neighbour alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

import augspec
from augspec.language.policy import Policy
from augspec.lint.measured import mirrors, ramp_change, saturated
from augspec.lint.rules import RULES
from augspec.lint.subject import Subject

Json = dict[str, Any]

FLIP: Json = {"op": "horizontal_flip"}
TURN: Json = {"op": "rotate", "degrees": {"uniform": [-9, 9]}}
NOISE: Json = {"op": "gaussian_noise", "std": 0.05}
BLUR: Json = {"op": "gaussian_blur", "sigma": 1.5}
CONTRAST: Json = {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}}
EVEN: Json = {"op": "equalize"}
UNIT: Json = {"op": "normalize", "mean": [0.5], "std": [0.5]}
SMALL: Json = {"op": "resize", "size": [32, 32]}
TURN_TWICE: Json = {"op": "sequence", "ops": [TURN, {"op": "resample"}, TURN]}


def policy(*ops: Json, **rest: Any) -> Policy:
    return augspec.parse({"augspec": 1, "ops": list(ops), "eval": [], **rest})


def one_of(*members: Json, **rest: Any) -> Json:
    return {"op": "one_of", "ops": list(members), **rest}


FOUND: list[tuple[str, Policy, Json, list[str]]] = [
    ("W101", policy({"op": "brightness_scale", "factor": {"uniform": [0.9, 4]}}), {}, ["ops[0]"]),
    ("W101", policy(one_of(FLIP, {"op": "brightness_shift", "delta": -0.6})), {}, ["ops[0].ops[1]"]),
    ("W102", policy(CONTRAST, FLIP, EVEN), {}, ["ops[2]"]),
    ("W102", policy({"op": "some_of", "n": 2, "ops": [CONTRAST, EVEN, FLIP]}), {}, ["ops[0].ops[1]"]),
    ("W103", policy({"op": "posterize", "bits": {"integers": [1, 4]}}), {}, ["ops[0].bits"]),
    ("W104", policy({"op": "gaussian_noise", "std": {"uniform": [0.3, 0.4]}}), {}, ["ops[0]"]),
    ("W104", policy({"op": "salt_pepper", "amount": 0.5}), {}, ["ops[0]"]),
    ("W104", policy({"op": "sequence", "ops": [{**NOISE, "std": 0.4}]}), {}, ["ops[0].ops[0]"]),
    ("W201", policy(NOISE, FLIP, {"op": "sequence", "ops": [BLUR]}), {}, ["ops[2].ops[0]"]),
    ("W202", policy({"op": "random_resized_crop", "size": [9, 9]}, FLIP, TURN), {}, ["ops[2]"]),
    ("W202", policy(TURN, {"op": "resample"}, TURN), {}, ["ops[2]"]),
    ("W202", policy(one_of(FLIP, TURN_TWICE)), {}, ["ops[0].ops[1].ops[2]"]),
    ("W301", policy({**TURN, "p": 0}), {}, ["ops[0]"]),
    ("W301", policy({"op": "scale", "factor": 1}, {"op": "translate"}), {}, ["ops[0]", "ops[1]"]),
    ("W301", policy(one_of(FLIP, TURN, weights=[1, 0])), {}, ["ops[0].ops[1]"]),
    ("W301", policy({"op": "sequence", "ops": []}), {}, ["ops[0]"]),
    ("W301", policy({"op": "some_of", "n": 0, "ops": [FLIP]}), {}, ["ops[0]"]),
    ("W301", policy({"op": "solarize_add", "delta": 0}), {}, ["ops[0]"]),
    ("W302", policy(one_of(TURN)), {}, ["ops[0]"]),
    ("W302", policy({"op": "some_of", "n": 2, "ops": [TURN, FLIP]}), {}, ["ops[0]"]),
    ("W303", policy({"op": "rotate", "degrees": {"choice": [5]}}), {}, ["ops[0].degrees"]),
    ("W401", policy(FLIP), {"targets": ["keypoints"]}, ["ops[0]"]),
    ("W402", policy(FLIP, name="MNIST, small"), {}, ["ops[0]"]),
    ("W402", policy({"op": "vertical_flip"}), {"classes": ["left_hand"]}, ["ops[0]"]),
    ("W402", policy({"op": "transpose"}), {"classes": ["cat", "7"]}, ["ops[0]"]),
    ("W501", policy(UNIT), {}, ["eval"]),
    ("W501", policy(eval=[UNIT]), {}, ["ops"]),
    ("W501", policy(UNIT, eval=[FLIP | {"p": 1}, {**UNIT, "mean": [0.4]}]), {}, ["eval[1]"]),
    ("W502", policy(SMALL, eval=[{"op": "resize", "size": [40, 32]}]), {}, ["eval"]),
    ("W502", policy(SMALL, eval=[{"op": "resize", "short_side": 32}]), {}, ["eval"]),
    ("W503", policy({**UNIT, "mean": [99], "std": [58]}, eval=[UNIT]), {}, ["ops[0].mean", "ops[0].std"]),
]

QUIET: list[tuple[str, Policy, Json]] = [
    ("W101", policy({"op": "brightness_scale", "factor": {"uniform": [0.6, 1.4]}}, {"op": "invert"}, EVEN), {}),
    ("W102", policy(one_of(CONTRAST, EVEN)), {}),
    ("W102", policy({"op": "some_of", "n": 1, "ops": [CONTRAST, EVEN]}), {}),
    ("W102", policy(CONTRAST, {"op": "gaussian_blur", "sigma": 2}, {"op": "saturation", "factor": 1.5}), {}),
    ("W103", policy({"op": "posterize", "bits": {"integers": [2, 4]}}), {}),
    ("W104", policy({"op": "gaussian_noise", "std": {"uniform": [0, 0.4]}}, {"op": "salt_pepper", "amount": 0.02}), {}),
    ("W104", policy({"op": "gaussian_noise", "std": 0.4, "p": 0.5}, one_of(FLIP, {**NOISE, "std": 0.4})), {}),
    ("W104", policy({"op": "sequence", "p": 0.5, "ops": [{**NOISE, "std": 0.4}]}), {}),
    ("W201", policy(BLUR, NOISE, {"op": "sharpness", "factor": 2}), {}),
    ("W201", policy(one_of(NOISE, BLUR)), {}),
    ("W202", policy(TURN, FLIP, {"op": "scale", "factor": 1.1}, FLIP, {"op": "center_crop", "size": [8, 8]}), {}),
    ("W202", policy(one_of(TURN, {"op": "zoom_out"})), {}),
    ("W301", policy({"op": "scale", "factor": 1.01}, FLIP, {"op": "resample"}), {}),
    ("W302", policy({"op": "some_of", "n": 2, "replace": True, "ops": [TURN, FLIP]}, one_of(TURN, FLIP)), {}),
    ("W303", policy(TURN), {}),
    ("W401", policy(TURN), {"targets": ["keypoints"]}),
    ("W401", policy(FLIP), {"targets": ["boxes"]}),
    ("W401", policy(FLIP, targets={"keypoints": {"swap_pairs": [[0, 1]]}}), {"targets": ["keypoints"]}),
    ("W402", policy(TURN, {"op": "rot90"}, name="digits"), {"classes": ["left"]}),
    ("W402", policy(FLIP, name="pretext_contexts"), {"classes": ["bright", "copyright"]}),
    ("W501", policy(UNIT, eval=[SMALL, {**UNIT, "id": "last"}]), {}),
    ("W502", policy(SMALL, eval=[{"op": "resize", "short_side": 40}, {"op": "center_crop", "size": [32, 32]}]), {}),
    ("W503", policy({**UNIT, "mean": [1.0]}, eval=[UNIT]), {}),
]


@pytest.mark.parametrize(
    ("rule", "subject", "options", "paths"), FOUND, ids=[f"{n}-{row[0]}" for n, row in enumerate(FOUND)]
)
def test_a_rule_finds_what_it_is_about(rule: str, subject: Policy, options: Json, paths: list[str]) -> None:
    found = [one for one in augspec.lint(subject, **options) if one.id == rule]

    assert [one.path for one in found] == paths
    assert all(one.what and one.why.endswith(".") and one.fix.endswith(".") for one in found)
    assert not [one for one in augspec.lint(subject, **options, ignore=[rule]) if one.id == rule]


@pytest.mark.parametrize(("rule", "subject", "options"), QUIET, ids=[f"{n}-{row[0]}" for n, row in enumerate(QUIET)])
def test_a_rule_leaves_its_neighbours_alone(rule: str, subject: Policy, options: Json) -> None:
    assert [one for one in augspec.lint(subject, **options) if one.id == rule] == []


class Mixes(type(policy(TURN).ops[0])):  # type: ignore[misc]
    """Stands for ops that mix samples."""

    across: ClassVar[bool] = True


def test_w203_finds_work_on_mixed_samples_by_the_fact_of_mixing() -> None:
    (rule,) = [one for one in RULES if one.id == "W203"]
    mixed = policy(TURN, CONTRAST, UNIT)
    mixed = mixed.model_copy(update={"ops": (Mixes(op="rotate", degrees=3.0), *mixed.ops[1:])})

    assert [path for path, _ in rule.look(Subject(mixed))] == ["ops[1]"]
    assert list(rule.look(Subject(policy(TURN, CONTRAST, UNIT)))) == []


def test_every_rule_has_its_own_id_and_both_kinds_of_test() -> None:
    ids = [rule.id for rule in RULES]

    assert ids == sorted(set(ids))
    assert {rule for rule, *_ in FOUND} | {"W203"} == set(ids) == {rule for rule, *_ in QUIET} | {"W203"}


def test_a_finding_reads_as_one_line() -> None:
    (found,) = augspec.lint(policy({**TURN, "p": 0}))
    assert str(found) == (
        "W301 ops[0]: rotate with p 0. It costs reading, and looks as if it did something. Leave it out, or give it a "
        "value."
    )


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule W999; the rules are W101"):
        augspec.lint(policy(), ignore=["W101", "W999"])


def test_it_takes_a_policy() -> None:
    with pytest.raises(TypeError, match=r"lint\(\) takes a Policy"):
        augspec.lint({"augspec": 1, "ops": []})  # type: ignore[arg-type]


def test_bits_are_told_as_whole_numbers() -> None:
    for bits in (1, {"integers": [1, 4]}):
        (found,) = augspec.lint(policy({"op": "posterize", "bits": bits}))
        assert found.what == "posterize may keep 1 bit"


def test_what_an_op_does_is_measured() -> None:
    assert saturated(policy({"op": "brightness_scale", "factor": 2}).ops[0]) == pytest.approx(0.5, abs=0.01)
    assert saturated(policy({"op": "brightness_scale", "factor": {"uniform": [0, 1]}}).ops[0]) > 0.99
    moving = {
        tag: mirrors(policy({"op": tag}).ops[0]) for tag in ("horizontal_flip", "transpose", "rot90", "translate")
    }
    assert moving == {"horizontal_flip": True, "transpose": True, "rot90": False, "translate": False}


def test_a_spread_that_is_gone_is_measured_as_a_small_one() -> None:
    for tag in ("contrast", "brightness_scale"):
        _, spread = ramp_change(policy({"op": tag, "factor": 0}).ops[0])
        assert 10 < spread < 20


def test_the_examples_are_linted() -> None:
    found = {
        path.name: [one.id for one in augspec.lint(augspec.load(path))]
        for path in sorted((Path(__file__).parents[2] / "examples" / "policies").glob("*.json"))
    }
    assert found == {"digits.json": [], "photos.json": ["W202"]}


def test_a_macro_is_one_thing_but_not_beyond_its_neighbours() -> None:
    recipe = {"op": "preset", "name": "randaugment/torchvision"}
    jitter = {"op": "color_jitter", "contrast": {"uniform": [0.5, 1.5]}}
    assert {one.id for one in augspec.lint(policy(recipe, UNIT))} <= {"W501"}  # of the end, not of the recipe
    (found,) = [one for one in augspec.lint(policy(jitter, CONTRAST, UNIT)) if one.id == "W102"]
    assert found.path == "ops[1]"
    assert "after contrast (ops[0])" in found.what
