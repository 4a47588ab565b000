"""The combinator `augmix`: what it draws, what it refuses, and how it is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import augspec
from augspec.cli.captions import captions

COLOUR = [{"op": "brightness_scale", "factor": {"uniform": [0.5, 0.9]}}, {"op": "posterize", "bits": 3}]
MOVING = [*COLOUR, {"op": "rotate", "degrees": {"uniform": [5, 30]}}]


def policy(ops: list[dict[str, Any]], *, targets: dict[str, Any] | None = None, **fields: Any) -> augspec.Policy:
    document = {"augspec": 1, "ops": [{"op": "augmix", "ops": ops, **fields}]}
    return augspec.parse(document if targets is None else {**document, "targets": targets})


def images(count: int) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (count, 9, 11, 3), np.uint8)


def test_r14_weights_sum_to_exactly_one_whatever_alpha() -> None:
    for alpha in (0.05, 0.4, 1, 7.5, 50):
        for chains in (2, 5, 8):
            drawn = augspec.compile(policy(COLOUR, chains=chains, alpha=alpha)).draw(3, range(3000))
            weights = np.asarray(drawn["sample/augmix#0/weights"])
            assert weights.shape == (3000, chains)
            assert (weights.sum(1) == 1 << 15).all()
            assert (weights >= 0).all()
            assert np.abs(weights.mean(0) / 32768 - 1 / chains).max() < 0.04


def test_r8_every_step_of_every_chain_draws_for_itself() -> None:
    drawn = augspec.compile(policy(COLOUR, depth={"choice": [1, 4]})).draw(3, range(5))
    shapes = {path.removeprefix("sample/augmix#0/"): np.shape(array) for path, array in drawn.items()}
    assert shapes == {
        "branch": (5, 12),
        "share": (5,),
        "weights": (5, 3),
        "depth": (5, 3),
        "brightness_scale#0/factor": (5, 12),
    }


def test_r6_chains_are_read_at_their_own_place() -> None:
    """A chain of weight one gives what a some_of with replacement gives for the same draws."""
    one = augspec.compile(policy(MOVING, chains=1, depth=2, share=1.0))
    steps = {"op": "some_of", "id": "augmix#0", "n": 2, "replace": True, "ops": MOVING}
    same = augspec.compile(augspec.parse({"augspec": 1, "ops": [steps]}))
    np.testing.assert_array_equal(one(5, images(16)), same(5, images(16)))


def test_c11_a_share_of_nothing_and_members_that_do_nothing_change_nothing() -> None:
    floats = (images(8) / 255).astype(np.float32)
    floats[0, 0, 0], floats[1, 1, 1] = np.nan, np.inf
    floats[2, 2, 2] = -0.0
    idle = [{"op": "brightness_scale", "factor": 1.0}, {"op": "rotate", "degrees": 9, "p": 0.0}]
    for one in (policy(MOVING, share=0.0), policy(idle)):
        assert augspec.compile(one)(1, images(8)).tobytes() == images(8).tobytes()
        with np.errstate(invalid="ignore"):  # of infinity minus infinity, in rotations that are not applied
            assert augspec.compile(one)(1, floats).tobytes() == floats.tobytes()


def test_e1_white_and_black_stay_within_the_range() -> None:
    """E2: the largest sums, of pixels at both ends and with all weights."""
    ends = np.repeat(np.array([0, 255], np.uint8), 2000).reshape(-1, 1, 1, 1) + np.zeros((1, 3, 3, 3), np.uint8)
    for ops in ([{"op": "invert"}], [{"op": "invert"}, {"op": "brightness_scale", "factor": 1.0}]):
        augment = augspec.compile(policy(ops, chains=8, depth=1))
        out, drawn = augment(2, ends).astype(np.float64), augment.draw(2, range(4000)).human()
        weights = np.array(drawn["sample/augmix#0/share"])[:, None] * np.array(drawn["sample/augmix#0/weights"])
        inverted = (weights * (np.array(drawn["sample/augmix#0/branch"]) == 0)).sum(1)
        ideal = np.where(np.arange(4000) < 2000, inverted, 1 - inverted) * 255
        assert np.abs(out[:, 0, 0, 0] - ideal).max() <= 0.5 + 8 * 255 / 32768


def test_what_moves_pixels_refuses_targets_that_cannot_follow() -> None:
    sample = {"image": images(2), "mask": np.zeros((2, 9, 11), np.uint8)}
    with pytest.raises(augspec.SampleError, match=r"mask: expected no mask, because augmix \(augmix#0\)") as caught:
        augspec.compile(policy(MOVING))(0, sample)
    assert "what moves pixels out of its members" in str(caught.value)
    np.testing.assert_array_equal(augspec.compile(policy(COLOUR))(0, sample)["mask"], sample["mask"])
    hidden = [{"op": "cutout", "size": 0.5, "fill_mask": True}]
    with pytest.raises(augspec.SampleError):
        augspec.compile(policy(hidden))(0, sample)
    found = augspec.check(policy(MOVING), targets=("image", "mask"))
    assert [problem.path for problem in found] == ["ops[0]"]
    assert augspec.check(policy(COLOUR), targets=("image", "mask")) == ()


def test_targets_that_are_declared_are_refused_when_the_policy_is_read() -> None:
    with pytest.raises(augspec.PolicyError) as caught:
        policy(MOVING, targets={"boxes": {"min_area": 4.0}})
    (problem,) = caught.value.problems
    assert problem.path == "ops[0]"
    assert "targets.boxes" in problem.value
    assert problem.suggestion == "Move the geometry out of augmix, or leave targets.boxes out."
    policy(COLOUR, targets={"boxes": {"min_area": 4.0}})
    policy(MOVING, targets={"label": {"classes": 3}})


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"chains": 0}, "ops[0].chains"),
        ({"chains": 9}, "ops[0].chains"),
        ({"depth": 9}, "ops[0].depth"),
        ({"depth": {"uniform": [1, 3]}}, "ops[0].depth"),
        ({"depth": 1.5}, "ops[0].depth"),
        ({"alpha": 0.01}, "ops[0].alpha"),
        ({"alpha": {"uniform": [1, 2]}}, "ops[0].alpha"),
        ({"share": 1.5}, "ops[0].share"),
    ],
)
def test_fields_are_checked(fields: dict[str, Any], path: str) -> None:
    with pytest.raises(augspec.PolicyError) as caught:
        policy(COLOUR, **fields)
    assert caught.value.path == path


def test_members_keep_the_size_and_hold_no_steps_of_their_own() -> None:
    with pytest.raises(augspec.PolicyError, match="members of augmix that keep the size"):
        policy([{"op": "resize", "size": [4, 4]}])
    for inner in ({"op": "some_of", "n": 1, "replace": True, "ops": COLOUR}, {"op": "augmix", "ops": COLOUR}):
        with pytest.raises(augspec.PolicyError, match="one level of replacement"):
            policy([inner])
    with pytest.raises(augspec.PolicyError, match="one level of replacement"):
        augspec.parse(
            {
                "augspec": 1,
                "ops": [{"op": "some_of", "n": 2, "replace": True, "ops": [{"op": "augmix", "ops": COLOUR}]}],
            }
        )


def test_evaluation_has_no_chains() -> None:
    with pytest.raises(augspec.PolicyError, match=r"eval\[0\]"):
        augspec.parse({"augspec": 1, "ops": [], "eval": [{"op": "augmix", "ops": COLOUR}]})


def test_explain_tells_weights_depths_and_members_once() -> None:
    text = augspec.explain(policy(MOVING), "plan")
    assert "share beta(1, 1), weights dirichlet(1) of 3, depth whole numbers 1 to 3" in text
    assert "where sample/augmix#0/depth[0] is at least 3, one of 3 by sample/augmix#0/branch[2]" in text
    assert "chains 1 to 2: the same members, by the entries that follow" in text
    facts = augspec.explain(policy(MOVING), "plan", format="dict")["training"][0]
    assert [len(chain) for chain in facts["chains"]] == [3, 3, 3]
    assert facts["chains"][1][2]["gate"] == "sample/augmix#0/depth[1]"
    draws = augspec.explain(policy(MOVING, alpha=2), "draws")
    assert "dirichlet(2) of 3 (3 at once)" in draws


def test_stats_count_chains_and_follow_no_geometry() -> None:
    found = augspec.stats(policy(MOVING, share=0.5, depth=1, chains=1), samples=600)
    rates = {rate.place: rate.applied for rate in found.ops}
    assert rates["ops[0]"] == 1.0
    assert all(0.25 < rates[f"ops[0].ops[{n}]"] < 0.42 for n in range(3))
    assert found.area.low == found.boxes.low == 1.0
    assert found.brightness.mean < 0
    none = augspec.stats(policy(MOVING, share=0.0), samples=50)
    assert none.identity == 1.0


def test_lint_sees_a_share_of_nothing() -> None:
    assert [finding.id for finding in augspec.lint(policy(COLOUR, share=0.0))] == ["W301"]
    assert augspec.lint(policy(COLOUR)) == ()


def test_captions_name_the_share_and_the_ops_that_ran() -> None:
    one = policy([{"op": "rotate", "degrees": 12}], chains=2, depth=1, share=0.25)
    drawn = augspec.compile(one).draw(0, range(2))
    assert captions(one, drawn, 0, (9, 11)) == ("augmix 25 %", "rotate 12.0°", "rotate 12.0°")
