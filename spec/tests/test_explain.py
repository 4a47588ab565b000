"""explain: every stage of the road prints, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import augspec
from augspec.explain import STAGES
from augspec.explanation.values import number

PHOTOS = augspec.load(Path(__file__).parents[2] / "examples/policies/photos.json")
MIXED = augspec.loads(
    json.dumps(
        {
            "augspec": 1,
            "ops": [
                {"op": "shear", "x": {"choice": {"values": [-0.1, 0.2], "weights": [3, 1]}}, "y": 0.25},
                {"op": "horizontal_flip"},
                {
                    "op": "some_of",
                    "n": 2,
                    "replace": True,
                    "p": 0.5,
                    "ops": [
                        {"op": "brightness_shift", "delta": {"integers": [0, 1]}},
                        {"op": "gaussian_noise", "std": 0.1},
                    ],
                },
                {
                    "op": "some_of",
                    "n": 1,
                    "ops": [{"op": "grayscale"}, {"op": "saturation", "factor": {"beta": [2, 3]}}],
                },
                {"op": "random_order", "ops": [{"op": "invert"}, {"op": "contrast", "factor": 2}]},
                {"op": "translate", "x": {"uniform": [-0.1, 0.1]}, "border": "constant", "fill": [0.5, 0, 0]},
            ],
        }
    )
)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("policy", [PHOTOS, MIXED, augspec.loads('{"augspec": 1, "ops": []}')])
def test_every_stage_prints_as_text_and_as_json(policy: augspec.Policy, stage: str) -> None:
    text = augspec.explain(policy, stage)  # type: ignore[call-overload]
    assert text.endswith("\n")
    assert "<" not in text.replace("k < ", "")  # no Python objects
    assert "augspec." not in text.replace("augspec.dev", "")
    assert text == augspec.explain(policy, stage)  # type: ignore[call-overload]
    plain = augspec.explain(policy, stage, format="dict")  # type: ignore[call-overload]
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_the_policy_stage_is_a_policy_that_normalizes_to_itself() -> None:
    again = augspec.loads(augspec.explain(MIXED, "policy"))
    assert again == augspec.normalize(MIXED)
    assert augspec.explain(again, "policy") == augspec.explain(MIXED, "policy")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "constant border)"),
        ({"fill": 0.5}, "constant border, fill 0.5)"),
        ({"fill": 0.5, "border": "mirror"}, "mirror border)"),
    ],
)
@pytest.mark.parametrize("op", [{"op": "perspective", "distortion": 0.2}, {"op": "rotate", "degrees": 5}])
def test_a_fill_is_told_where_it_is_seen(op: dict[str, Any], fields: dict[str, Any], words: str) -> None:
    policy = augspec.parse({"augspec": 1, "ops": [{**op, **fields}]})
    assert words in augspec.explain(policy, "plan")


def test_c10_the_plan_shows_which_ops_became_one_transform() -> None:
    lines = augspec.explain(PHOTOS, "plan").splitlines()
    warp = next(number for number, line in enumerate(lines) if "Warp" in line)
    assert "mirror border" in lines[warp]
    assert "horizontal_flip#0" in lines[warp + 1]
    assert "rotate#0" in lines[warp + 2]


def test_fused_has_no_more_stages_than_the_plan_and_the_same_ops() -> None:
    def count(stage: str) -> tuple[int, int]:
        text = augspec.explain(PHOTOS, stage)  # type: ignore[call-overload]
        return text.count(". "), text.count(" · ")

    assert count("fused")[0] < count("plan")[0]
    assert count("fused")[1] == count("plan")[1]


def test_e3_draws_shows_paths_distributions_and_what_was_quantised() -> None:
    text = augspec.explain(PHOTOS, "draws")
    line = next(line for line in text.splitlines() if "gaussian_blur#0/sigma" in line)
    assert "uniform 0.6 px to 2.2 px" in line
    assert "grid: 409 values, 0.601562 px" in line
    assert "2⁻⁸ px" in line
    assert "k < 8388608" in text
    facts = augspec.explain(MIXED, "draws", format="dict")
    constant = next(entry for entry in facts["constants"] if entry["path"] == "sample/shear#0/y")
    assert (constant["steps"], constant["step"]) == (2**22, "2⁻²⁴")


def test_draws_lists_exactly_what_an_augmenter_draws() -> None:
    for policy in (PHOTOS, MIXED):
        facts = augspec.explain(policy, "draws", format="dict")
        assert {entry["path"] for entry in facts["draws"]} == set(augspec.compile(policy).draw(0, index=[1]))


def test_an_unknown_stage_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="policy, plan, fused, draws"):
        augspec.explain(PHOTOS, "pixels")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("value", "text"),
    [(-15.0, "−15"), (0.0, "0"), (-0.0, "0"), (1 / 3, "0.3333"), (1e-5, "0.00001"), (12345678.0, "12345678")],
)
def test_numbers_are_written_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text


def explained(*ops: Any) -> list[Any]:
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": list(ops)}))
    return augspec.explain(policy, "draws", format="dict")["draws"]


def test_whole_numbers_are_told_as_such_and_how_they_are_drawn() -> None:
    turn, grow = explained(
        {"op": "rotate", "degrees": {"integers": [-5, 5]}}, {"op": "scale", "factor": {"integers": [1, 3]}}
    )
    assert (turn["distribution"], turn["as"]) == ("whole numbers −5° to 5°", "⌊word · 11 / 2³²⌋, looked up")
    assert (grow["distribution"], grow["as"]) == ("whole numbers ×1 to ×3", "⌊word · 3 / 2³²⌋")


def test_of_many_thresholds_the_first_ones_and_the_last_are_told() -> None:
    (drawn,) = explained({"op": "rotate", "degrees": {"choice": list(range(16))}})
    step = 2**20
    shown = ", ".join(str(step * i) for i in range(1, 8))
    assert drawn["as"] == f"thresholds: {shown}, …, {15 * step} of 2²⁴"


def test_draws_of_what_cannot_be_planned_are_refused_too() -> None:
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "scale", "factor": 0.2}] * 2}))
    for stage in ("plan", "draws"):
        with pytest.raises(augspec.PolicyError, match="shrink 25 times"):
            augspec.explain(policy, stage)  # type: ignore[call-overload]


def test_evaluation_that_cannot_be_planned_is_named_by_its_place() -> None:
    twice = [{"op": "scale", "factor": 0.2}] * 2
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [], "eval": [{"op": "grayscale"}, *twice]}))
    with pytest.raises(augspec.PolicyError, match=r"^eval\[2\]: got warps that"):
        augspec.explain(policy, "plan")


def test_turns_are_told_with_their_unit() -> None:
    (drawn,) = explained({"op": "hue", "turns": {"uniform": [-0.1, 0.25]}})
    assert drawn["distribution"] == "uniform −0.1 turn to 0.25 turn"
