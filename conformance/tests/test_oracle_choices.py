"""The oracle's gates and combinators, by hand (C9, R8, R16)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import augspec
from augspec.normalize import normalized_dict
from augspec.ops.base import TypeOp
from augspec_conformance.cases.policies import op_document
from augspec_conformance.oracle import run
from augspec_conformance.oracle.by_hand import augmented, both, op, picture, policy
from augspec_conformance.oracle.mixing import MIXING


def shift(delta: Any, **fields: Any) -> dict[str, Any]:
    return op("brightness_shift", delta=delta, **fields)


def test_c9_gates_open_and_close() -> None:
    image = np.full((2, 2, 1), 0.5)
    gated = shift(0.25, p=0.5)
    for gate in (0, 1):
        out = augmented(image, gated, values={"sample/brightness_shift#0/apply": gate})
        assert out[0, 0, 0] == 0.5 + 0.25 * gate
    with pytest.raises(KeyError, match="apply"):
        augmented(image, gated)


GATED = [
    name
    for name, cls in augspec.ops().items()
    if name not in MIXING and not cls.resizes and not issubclass(cls, TypeOp)
]


@pytest.mark.parametrize("name", GATED)
def test_c9_what_is_not_applied_changes_nothing(name: str) -> None:
    document = {"augspec": 1, "ops": [{**op_document(name), "p": 0.0}], "eval": []}
    sample = {
        "image": picture(12, 9, 3),
        "mask": np.arange(108, dtype=np.int32).reshape(12, 9),
        "boxes": np.array([[1.0, 2.0, 6.0, 11.0]]),
        "keypoints": np.array([[3.25, 7.5]]),
    }
    normalized = normalized_dict(augspec.parse(document))
    out = run(normalized, {}, sample)
    for target, array in sample.items():
        np.testing.assert_array_equal(out[target], array, err_msg=target)


def test_a_missing_draw_is_an_error() -> None:
    with pytest.raises(KeyError, match="sample/rotate#0/degrees"):
        augmented(picture(), op("rotate", degrees={"uniform": [0, 1]}))


def test_one_of_takes_the_drawn_branch() -> None:
    image = np.full((2, 2, 1), 0.5)
    members = [*both(shift(0.1), shift({"uniform": [0, 1]}))]
    out = augmented(
        image,
        op("one_of", ops=members),
        values={"sample/one_of#0/branch": 1, "sample/one_of#0/brightness_shift#1/delta": 0.3},
    )
    assert out[0, 0, 0] == pytest.approx(0.8)


def test_some_of_without_replacement_acts_in_listing_order() -> None:
    image = np.full((2, 2, 1), 0.5)
    members = [shift(0.4), op("brightness_scale", factor=0.5), op("grayscale")]
    out = augmented(
        image, op("some_of", n=2, replace=False, ops=members), values={"sample/some_of#0/member": [1, 1, 0]}
    )
    assert out[0, 0, 0] == pytest.approx(0.45)


def test_r8_some_of_with_replacement_reads_one_value_per_step() -> None:
    image = np.full((2, 2, 1), 0.5)
    members = [op("brightness_scale", factor=0.5), shift({"uniform": [-1, 1]}, p=0.5)]
    path = "sample/some_of#0"
    out = augmented(
        image,
        op("some_of", n=4, replace=True, ops=members),
        values={
            f"{path}/branch": [1, 0, 1, 1],
            f"{path}/brightness_shift#0/delta": [0.1, 9.0, 0.25, 9.0],
            f"{path}/brightness_shift#0/apply": [1, 1, 1, 0],
        },
    )
    assert out[0, 0, 0] == pytest.approx(0.6 * 0.5 + 0.25)


def test_random_order_takes_at_each_step_the_member_that_was_drawn() -> None:
    image = np.full((2, 2, 1), 0.5)
    members = [*both(shift(0.2), shift({"uniform": [0, 1]})), op("brightness_scale", factor=0.5)]
    second = "sample/random_order#0/brightness_shift#1/delta"
    for order, expected in (([0, 1, 2], 0.4), ([0, 2, 1], 0.45), ([2, 0, 1], 0.55)):
        drawn = {"sample/random_order#0/order": order, second: 0.1}
        out = augmented(image, op("random_order", ops=members), values=drawn)
        assert out[0, 0, 0] == pytest.approx(expected)


def test_some_of_no_members_draws_nothing() -> None:
    image = picture()
    none = op("some_of", n=0, replace=True, ops=[shift(0.2)])
    np.testing.assert_array_equal(augmented(image, none), image)


def test_r16_steps_have_noise_of_their_own() -> None:
    image = np.full((3, 5, 2), 0.5)
    add = op("gaussian_noise", std=0.05, per_channel=True)
    path, first, second = "sample/some_of#0", [1, 2, 3], [4, 5, 6]
    out = augmented(
        image,
        op("some_of", n=2, replace=True, ops=[add]),
        values={
            f"{path}/branch": [0, 0],
            f"{path}/gaussian_noise#0/noise": first,
            f"{path}/gaussian_noise#0/noise#1": second,
        },
    )
    once = augmented(image, add, values={"sample/gaussian_noise#0/noise": first})
    twice = augmented(once, add, values={"sample/gaussian_noise#0/noise": second})
    np.testing.assert_array_equal(out, twice)


def test_a_sequence_is_transparent_to_runs() -> None:
    image = picture()
    nested = op("sequence", ops=[op("rotate", degrees=-30), shift(0.2)])
    out = augmented(image, op("rotate", degrees=30), nested)
    np.testing.assert_allclose(out, np.clip(image + 0.2, 0, 1), atol=1e-10)


def test_a_sequence_with_a_gate_is_a_choice_of_all_or_none() -> None:
    image = picture()
    there, back = op("rotate", degrees=30), op("rotate", degrees=-30)
    nested = op("sequence", p=0.5, ops=[back, shift(0.2)])
    for gate in (0, 1):
        out = augmented(image, there, nested, values={"sample/sequence#0/apply": gate})
        expected = augmented(image, there)
        expected = augmented(augmented(expected, back), shift(0.2)) if gate else expected
        np.testing.assert_array_equal(out, expected)
    nested, drawn = op("sequence", p=0.5, ops=[back]), {"sample/sequence#0/apply": 1}
    apart = augmented(augmented(image, back), there)
    np.testing.assert_array_equal(augmented(image, nested, there, values=drawn), apart)


def test_a_choice_ends_the_run_on_both_sides() -> None:
    image = picture()
    there, back = op("rotate", degrees=30), op("rotate", degrees=-30)
    choice, drawn = op("one_of", ops=[back]), {"sample/one_of#0/branch": 0}
    apart = augmented(augmented(image, there), back)
    np.testing.assert_array_equal(augmented(image, there, choice, values=drawn), apart)
    apart = augmented(augmented(image, back), there)
    np.testing.assert_array_equal(augmented(image, choice, there, values=drawn), apart)


def test_the_identity_policy_returns_the_sample() -> None:
    sample = {
        "image": picture(),
        "boxes": np.array([[-1.0, 2.0, 3.0, 4.0]]),
        "keypoints": np.array([[1.0, 1.0]]),
    }
    out = run(policy(), {}, sample)
    for name, array in sample.items():
        np.testing.assert_array_equal(out[name], array)
        assert out[name] is not array
    assert out["boxes_valid"].all()
    assert out["keypoints_visible"].all()


def test_augmix_weighs_chains_that_all_begin_at_the_image() -> None:
    image = np.full((2, 2, 1), 0.4)
    members = [*both(shift({"uniform": [0, 1]}), shift({"uniform": [0, 1]})), op("brightness_scale", factor=0.5)]
    mix = op("augmix", chains=2, depth={"integers": [1, 3]}, alpha=1.0, ops=members)
    path = "sample/augmix#0"
    drawn = {
        f"{path}/branch": [0, 2, 2, 2, 1, 0],
        f"{path}/depth": [2, 1],
        f"{path}/weights": [0.75, 0.25],
        f"{path}/share": 0.8,
        f"{path}/brightness_shift#0/delta": [0.2, 9, 9, 9, 9, 9],
        f"{path}/brightness_shift#1/delta": [9, 9, 9, 9, 9, 9],
    }
    first, second = (0.4 + 0.2) * 0.5, 0.4 * 0.5
    out = augmented(image, mix, values=drawn)
    assert out[0, 0, 0] == pytest.approx(0.2 * 0.4 + 0.8 * (0.75 * first + 0.25 * second))
    one = op("augmix", chains=1, depth=1, alpha=1.0, share=0.25, ops=[op("brightness_scale", factor=0.5)])
    out = augmented(image, one, values={f"{path}/branch": [0]})
    assert out[0, 0, 0] == pytest.approx(0.75 * 0.4 + 0.25 * 0.2)
