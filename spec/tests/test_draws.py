"""Draws as a value: shapes and units of what people read, parts of a batch, and texts that are none."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec

POLICY = augspec.loads(
    json.dumps(
        {
            "augspec": 1,
            "ops": [
                {
                    "op": "random_resized_crop",
                    "size": [4, 6],
                    "area": {"uniform": [0.25, 1]},
                    "ratio": {"log_uniform": [0.5, 2]},
                },
                {"op": "rotate", "degrees": {"uniform": [-30, 60]}, "p": 0.5},
                {"op": "contrast", "factor": 2},
            ],
            "eval": [],
        }
    )
)
IDS = [4, 2**40, 9]
DRAWS = augspec.compile(POLICY).draw(3, index=IDS)
CROP, ROTATE = "sample/random_resized_crop#0", "sample/rotate#0"


def test_people_read_the_documents_own_units_with_one_list_per_sample() -> None:
    human = DRAWS.human()
    assert set(human) == set(DRAWS)
    for path, steps in DRAWS.items():
        assert np.shape(human[path]) == steps.shape, path
    degrees = np.asarray(DRAWS[f"{ROTATE}/degrees"]) * (360 / 2**24)
    np.testing.assert_allclose(human[f"{ROTATE}/degrees"], degrees)
    assert len(set(human[f"{ROTATE}/degrees"])) == 3
    assert all(type(value) is int for value in human[f"{ROTATE}/apply"])
    area = (np.asarray(DRAWS[f"{CROP}/area"]) / 2**24) ** 2
    assert area.shape == (3, 10)
    np.testing.assert_allclose(human[f"{CROP}/area"], area)
    assert not np.array_equal(area[0], area[1])
    assert (area.min() >= 0.24) & (area.max() <= 1)


@pytest.mark.parametrize(
    ("rows", "ids"),
    [([2, 0], [9, 4]), (slice(1, None), [2**40, 9]), (1, [2**40]), (np.array([True, False, True]), [4, 9])],
)
def test_a_part_of_the_draws_is_the_draws_of_a_part(rows: Any, ids: list[int]) -> None:
    some = DRAWS.select(rows)
    assert some == augspec.compile(POLICY).draw(3, index=ids)
    assert (some.batch, len(some), some.quantities) == (len(ids), len(DRAWS), DRAWS.quantities)


def test_draws_are_equal_if_values_quantities_and_batch_are() -> None:
    assert augspec.Draws.from_json(DRAWS.to_json()) == DRAWS
    assert augspec.compile(POLICY).draw(4, index=IDS) != DRAWS
    assert DRAWS.select([0, 1]) != DRAWS
    path = f"{ROTATE}/degrees"
    for changed in (
        augspec.Draws({**DRAWS, path: np.array([0, 0, 0], np.int32)}, DRAWS.quantities, 3),
        augspec.Draws({**DRAWS, path: DRAWS[path] + np.array([0, 0, 1], np.int32)}, DRAWS.quantities, 3),
        augspec.Draws(DRAWS, {**DRAWS.quantities, path: "fraction"}, 3),
        augspec.Draws(DRAWS, DRAWS.quantities, 4),
    ):
        assert changed != DRAWS
    assert DRAWS != 3
    assert f"batch=3, paths={list(DRAWS)}" in repr(DRAWS)


def test_no_samples_have_draws_of_the_right_shapes() -> None:
    none = augspec.compile(POLICY).draw(3, index=[])
    again = augspec.Draws.from_json(none.to_json())
    assert again == none
    assert {path: array.shape for path, array in again.items()} == {path: array.shape for path, array in none.items()}
    assert augspec.compile(POLICY).apply(again, np.zeros((0, 8, 8, 3), np.uint8)).shape == (0, 4, 6, 3)
    assert {path: array.dtype for path, array in again.items()} == dict.fromkeys(none, np.dtype(np.int32))


def stored(**changes: Any) -> str:
    document = {"augspec_draws": 1, "batch": 2, "draws": {"sample/a": {"quantity": "angle", "steps": [1, -2]}}}
    return json.dumps({**document, **changes})


def entry(**changes: Any) -> str:
    return stored(draws={"sample/a": {"quantity": "angle", "steps": [1, -2], **changes}})


@pytest.mark.parametrize(
    "fields", [{"steps": [1]}, {"steps": [[]]}, {"entries": 1.5}, {"entries": True}, {"entries": -1}]
)
def test_no_samples_have_no_steps(fields: dict[str, Any]) -> None:
    text = {"augspec_draws": 1, "batch": 0, "draws": {"a": {"quantity": "angle", "steps": [], **fields}}}
    with pytest.raises(augspec.SampleError):
        augspec.Draws.from_json(json.dumps(text))


def test_the_ends_of_int32_are_read() -> None:
    found = augspec.Draws.from_json(entry(steps=[-(2**31), 2**31 - 1]))
    assert found["sample/a"].tolist() == [-(2**31), 2**31 - 1]
    assert found["sample/a"].dtype == np.int32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        stored(augspec_draws=2),
        stored(batch=3),
        stored(batch=-1),
        stored(batch=True),
        stored(batch=2.0),
        stored(draws=[1]),
        entry(quantity="angles"),
        entry(steps=[1, 2, 3]),
        entry(steps=[1.0, 2.0]),
        entry(steps=[True, False]),
        entry(steps=["1", "2"]),
        entry(steps=[2**31, 0]),
        entry(steps=[0, -(2**31) - 1]),
        entry(steps=[[1], [2, 3]]),
    ],
)
def test_what_to_json_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(augspec.SampleError, match=r"draws: expected the text that Draws\.to_json"):
        augspec.Draws.from_json(text)


@pytest.mark.parametrize("op", ["channel_shuffle", "channel_drop"])
def test_an_order_is_drawn_within_its_support(op: str) -> None:
    policy = augspec.parse({"augspec": 1, "ops": [{"op": op}]})
    ((name, _, order, count),) = policy.ops[0].draws()
    drawn = np.asarray(augspec.compile(policy).draw(3, index=range(20))[f"sample/{op}#0/{name}"])
    assert [sorted(row) for row in drawn.tolist()] == [list(range(count))] * 20
    assert order.support() == (0.0, count - 1.0) == (drawn.min(), drawn.max())


def test_weights_of_chains_are_drawn_within_their_support() -> None:
    ops = [{"op": "augmix", "chains": 3, "alpha": 0.05, "ops": [{"op": "invert"}]}]
    policy = augspec.parse({"augspec": 1, "ops": ops})
    weights = next(value for name, _, value, _ in policy.ops[0].draws() if name == "weights")
    drawn = np.asarray(augspec.compile(policy).draw(3, index=range(200))["sample/augmix#0/weights"]) / 2**15
    assert weights.support() == (0.0, 1.0) == (drawn.min(), drawn.max())
