"""explain, word for word: what it says of a policy with every distribution, combinator and kind of stage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import augspec
from augspec.errors import nearest
from augspec.explanation.values import number
from augspec.language.quantities import QUANTITIES

EXPECTED = Path(__file__).parent / "expected"
EVERYTHING = augspec.load(EXPECTED / "everything.json")


@pytest.mark.parametrize("stage", ["policy", "plan", "fused", "draws"])
def test_the_text_is_the_pinned_one(stage: str) -> None:
    expected = (EXPECTED / f"everything.{stage}.txt").read_text(encoding="utf-8")
    assert augspec.explain(EVERYTHING, stage) == expected  # type: ignore[call-overload]


@pytest.mark.parametrize("stage", ["plan", "fused", "draws"])
def test_the_values_are_the_pinned_ones(stage: str) -> None:
    expected = json.loads((EXPECTED / f"everything.{stage}.json").read_text(encoding="utf-8"))
    assert augspec.explain(EVERYTHING, stage, format="dict") == expected  # type: ignore[call-overload]


def test_the_policy_stage_is_the_normalized_document() -> None:
    found = augspec.explain(EVERYTHING, "policy", format="dict")
    assert found == json.loads((EXPECTED / "everything.policy.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("given", [None, "policy", 3])
def test_what_is_no_policy_and_what_is_no_format_is_refused(given: object) -> None:
    with pytest.raises(TypeError, match="takes a Policy"):
        augspec.explain(given)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="text, dict"):
        augspec.explain(EVERYTHING, format="yaml")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (1e5, "100000"),
        (-1e5, "−100000"),
        (1e9, "1e+09"),
        (1e-6, "1e−06"),
        (2e-6, "0.000002"),
        (-2e-6, "−0.000002"),
        (99999.0, "99999"),
        (99.999, "100"),
    ],
)
def test_large_and_small_numbers_have_an_exponent_only_where_zeros_would_not_do(value: float, text: str) -> None:
    assert number(value) == text


def test_quantised_values_and_their_numbers_are_inverse() -> None:
    for quantity in QUANTITIES.values():
        for value in {quantity.low, quantity.high, (quantity.low + quantity.high) / 4}:
            steps = quantity.quantise(value)
            assert quantity.quantise(quantity.human(steps)) == steps, quantity.name
            assert abs(quantity.mapped(quantity.human(steps)) - quantity.mapped(value)) * quantity.unit <= 0.5 + 1e-6


def test_halves_are_rounded_up() -> None:
    count = QUANTITIES["count"]
    assert [count.quantise(value) for value in (0.49, 0.5, 1.5, 2.49)] == [0, 1, 2, 2]
    assert [QUANTITIES["offset"].quantise(value / 65280) for value in (-1.5, -0.5, 0.5)] == [-1, 0, 1]


def test_a_part_of_a_word_suggests_the_shortest_words_that_hold_it() -> None:
    known = ["center_crop", "random_resized_crop", "rotate", "gaussian_blur"]
    assert nearest("crop", known) == "Did you mean 'center_crop' or 'random_resized_crop'?"
    assert nearest("gaussian_blur_3x3_fast_version", known) == "Did you mean 'gaussian_blur'?"
    assert nearest("xyz", known) == ""
