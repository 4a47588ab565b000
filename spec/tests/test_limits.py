"""Every limit of the language from both sides: the last value that is accepted, and the first that is not."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

import augspec
from augspec.load import parse

LEAF = {"op": "grayscale"}


def loads(*ops: dict[str, Any], **fields: Any) -> augspec.Policy:
    return augspec.loads(json.dumps({"augspec": 1, "ops": list(ops), **fields}))


def refused(*ops: dict[str, Any], **fields: Any) -> None:
    with pytest.raises(augspec.PolicyError):
        loads(*ops, **fields)


DOMAINS = [
    ({"op": "rotate"}, "degrees", -3600, 3600),
    ({"op": "translate", "y": 0}, "x", -1, 1),
    ({"op": "shear", "y": 0}, "x", -2, 2),
    ({"op": "scale"}, "factor", 0.125, 8),
    ({"op": "contrast"}, "factor", 0, 8),
    ({"op": "brightness_shift"}, "delta", -1, 1),
    ({"op": "gaussian_noise"}, "std", 0, 1),
    ({"op": "gaussian_blur"}, "sigma", 0.1, 15),
    ({"op": "random_resized_crop", "size": [4, 4]}, "area", 0.0001, 1),
    ({"op": "random_resized_crop", "size": [4, 4]}, "ratio", 0.0625, 16),
    ({"op": "rotate", "degrees": 1}, "p", 0, 1),
    ({"op": "rotate", "degrees": 1}, "fill", 0, 1),
]


@pytest.mark.parametrize(("op", "field", "low", "high"), DOMAINS, ids=[f"{d[0]['op']}-{d[1]}" for d in DOMAINS])
def test_both_ends_of_a_domain_belong_to_it(op: dict[str, Any], field: str, low: float, high: float) -> None:
    for value in (low, high):
        loads({**op, field: value}, eval=[])
        if field not in ("p", "fill"):
            loads({**op, field: {"choice": [low, high]}}, eval=[])
    for value in (math.nextafter(low, -math.inf), math.nextafter(high, math.inf)):
        refused({**op, field: value}, eval=[])
        refused({**op, field: {"choice": [(low + high) / 2, value]}}, eval=[])


@pytest.mark.parametrize(
    ("op", "field"),
    [
        ({"op": "box_blur"}, "radius"),
        ({"op": "motion_blur", "degrees": 0}, "length"),
        ({"op": "jpeg"}, "quality"),
        ({"op": "posterize"}, "bits"),
        ({"op": "rot90"}, "turns"),
        ({"op": "augmix", "ops": [LEAF]}, "depth"),
    ],
)
def test_what_counts_is_whole(op: dict[str, Any], field: str) -> None:
    for good in (3, {"integers": [1, 3]}, {"choice": [1, 3]}):
        loads({**op, field: good})
    for bad in (1.5, {"uniform": [1, 3]}, {"choice": [1, 2.5]}, {"choice": [1.5, 2.5]}):
        refused({**op, field: bad})


def test_an_order_is_one_of_at_most_16_channels() -> None:
    shuffled, dropped = loads({"op": "channel_shuffle"}), loads({"op": "channel_drop", "count": 15})
    refused({"op": "channel_drop", "count": 16})
    for policy in (shuffled, dropped):
        assert augspec.check(policy, shape=(4, 4, 16)) == ()
        assert [problem.path for problem in augspec.check(policy, shape=(4, 4, 17))] == ["ops[0]"]


def test_sides_have_at_most_8192_pixels() -> None:
    loads({"op": "resize", "size": [8192, 1]}, eval=[])
    for size in ([8193, 1], [1, 8193], [0, 1], [1, 0]):
        refused({"op": "resize", "size": size}, eval=[])


def test_a_choice_has_1_to_1024_values() -> None:
    loads({"op": "rotate", "degrees": {"choice": [1.0] * 1024}})
    loads({"op": "rotate", "degrees": {"choice": {"values": [1.0] * 1024, "weights": [1] * 1024}}})
    refused({"op": "rotate", "degrees": {"choice": [1.0] * 1025}})
    refused({"op": "rotate", "degrees": {"choice": {"values": [1.0] * 1025, "weights": [1] * 1025}}})
    refused({"op": "rotate", "degrees": {"choice": []}})
    refused({"op": "rotate", "degrees": {"choice": {"values": []}}})


def test_weights_are_from_0_to_a_million_and_not_all_zero() -> None:
    for weights in ([0, 1e6], [1e-300, 0]):
        loads({"op": "rotate", "degrees": {"choice": {"values": [1, 2], "weights": weights}}})
        loads({"op": "one_of", "ops": [LEAF, LEAF], "weights": weights})
    for weights in ([0, 0], [1, 1e6 + 1], [-1e-9, 1], [1], [1, 1, 1]):
        refused({"op": "rotate", "degrees": {"choice": {"values": [1, 2], "weights": weights}}})
        refused({"op": "one_of", "ops": [LEAF, LEAF], "weights": weights})


def test_some_of_has_16_members_or_8_steps() -> None:
    loads({"op": "some_of", "n": 16, "ops": [LEAF] * 16})
    loads({"op": "some_of", "n": 0, "ops": [LEAF]})
    loads({"op": "some_of", "n": 8, "replace": True, "ops": [LEAF] * 2})
    refused({"op": "some_of", "n": 1, "ops": [LEAF] * 17})
    refused({"op": "some_of", "n": 2, "ops": [LEAF]})
    refused({"op": "some_of", "n": -1, "ops": [LEAF]})
    refused({"op": "some_of", "n": 9, "replace": True, "ops": [LEAF] * 2})
    refused({"op": "some_of", "n": 0, "ops": []})


def test_random_order_has_8_members() -> None:
    loads({"op": "random_order", "ops": [LEAF] * 8})
    refused({"op": "random_order", "ops": [LEAF] * 9})
    refused({"op": "random_order", "ops": []})


def test_a_plan_has_at_most_2048_ops() -> None:
    """Each step of a choice may be any member's: orders inside of orders multiply."""

    def orders(depth: int, *inside: dict[str, Any]) -> dict[str, Any]:
        return {"op": "random_order", "ops": [orders(depth - 1, *inside), LEAF] if depth else list(inside)}

    steps = {"op": "some_of", "n": 8, "replace": True, "ops": [LEAF] * 16}
    loads({"op": "random_order", "ops": [steps] * 4})
    refused({"op": "random_order", "ops": [steps] * 4}, LEAF)
    loads(orders(8, LEAF))
    with pytest.raises(augspec.PolicyError, match="at most 2048 ops, each counted once for every step"):
        loads(orders(13, LEAF))


def test_a_policy_has_at_most_256_ops() -> None:
    loads(*[LEAF] * 256)
    loads({"op": "one_of", "ops": [LEAF] * 255})
    refused(*[LEAF] * 257)
    refused({"op": "one_of", "ops": [LEAF] * 256})
    refused(eval=[LEAF] * 257)


def test_a_document_has_at_most_a_million_bytes() -> None:
    text = '{"augspec": 1, "ops": []}'
    augspec.loads(text + " " * (1_000_000 - len(text)))
    with pytest.raises(augspec.PolicyError, match="at most 1000000 bytes"):
        augspec.loads(text + " " * (1_000_001 - len(text)))


def test_a_document_has_at_most_50000_values() -> None:
    # The document, its version, its list of ops, and one op of 4 values with n values in a list.
    def of(values: int) -> str:
        op = {"op": "nothing", "x": [0] * (values - 6)}
        return json.dumps({"augspec": 1, "ops": [op]})

    for values, said in ((50_000, "nothing"), (50_001, "at most 50000")):
        with pytest.raises(augspec.PolicyError, match=said):
            augspec.loads(of(values))


def test_a_document_has_at_most_32_levels() -> None:
    """The document and its ops are two, every sequence two more, and a fill two: numbers are no level."""

    def of(sequences: int, op: dict[str, Any]) -> dict[str, Any]:
        for _ in range(sequences):
            op = {"op": "sequence", "ops": [op]}
        return {"augspec": 1, "ops": [op]}

    filled = {"op": "rotate", "degrees": 1, "fill": [0.5]}
    assert augspec.loads(json.dumps(of(14, filled))) == parse(of(14, filled))
    for read in (lambda document: augspec.loads(json.dumps(document)), parse):
        with pytest.raises(augspec.PolicyError, match="32 levels"):
            read(of(15, LEAF))


def test_names_and_descriptions_have_a_length() -> None:
    loads(name="x" * 200, description="x" * 10_000)
    refused(name="x" * 201)
    refused(description="x" * 10_001)
    loads({**LEAF, "id": "a" * 64})
    refused({**LEAF, "id": "a" * 65})


def test_fills_means_and_deviations_have_1_to_64_channels() -> None:
    loads({"op": "rotate", "degrees": 1, "fill": [0.5] * 64})
    loads({"op": "normalize", "mean": [-100] * 64, "std": [1e-6] * 64})
    loads({"op": "normalize", "mean": [100], "std": [1e6]})
    for count in (0, 65):
        refused({"op": "rotate", "degrees": 1, "fill": [0.5] * count})
        refused({"op": "normalize", "mean": [0] * count, "std": [1] * count})
    for mean, std in ((100.1, 1), (-100.1, 1), (0, 1e-7), (0, 1e7)):
        refused({"op": "normalize", "mean": [mean], "std": [std]})
    refused({"op": "normalize", "mean": [0, 0], "std": [1]})


def test_targets_have_their_ranges() -> None:
    for targets in (
        {"mask": {"fill": -(2**31)}},
        {"mask": {"fill": 2**31 - 1}},
        {"boxes": {"min_area": 0, "min_visibility": 0}},
        {"boxes": {"min_area": 1e9, "min_visibility": 1}},
        {"keypoints": {"swap_pairs": [[2 * i, 2 * i + 1] for i in range(1024)]}},
    ):
        loads(targets=targets)
    for targets in (
        {"mask": {"fill": -(2**31) - 1}},
        {"mask": {"fill": 2**31}},
        {"boxes": {"min_area": -1}},
        {"boxes": {"min_area": 1.1e9}},
        {"boxes": {"min_visibility": 1.1}},
        {"boxes": {"min_visibility": -0.1}},
        {"keypoints": {"swap_pairs": [[2 * i, 2 * i + 1] for i in range(1025)]}},
    ):
        refused(targets=targets)


def test_distributions_have_their_ranges() -> None:
    rotate = {"op": "rotate"}
    for good in (
        {"integers": [3, 3]},
        {"beta": [0.05, 50]},
        {"log_uniform": [1e-300, 1]},
        {"normal": {"mean": 0, "std": 1e-9, "low": 0, "high": 1}},
    ):
        loads({**rotate, "degrees": good})
    for bad in (
        {"uniform": [1, 1]},
        {"integers": [3, 2]},
        {"integers": [0, 1.5]},
        {"beta": [0.04, 1]},
        {"beta": [1, 51]},
        {"log_uniform": [0, 1]},
        {"log_uniform": [1, 1]},
        {"normal": {"mean": 0, "std": 0, "low": -1, "high": 1}},
        {"normal": {"mean": 0, "std": 1, "low": 1, "high": 1}},
        {"normal": {"mean": 0, "std": 1, "low": 5, "high": 9}},
        {"normal": {"mean": 0, "std": 1}},
    ):
        refused({**rotate, "degrees": bad})
    # Fewer than 32767 whole numbers beside the first (R11), seen on a distribution alone: no domain is so wide.
    from augspec.language.distributions import Integers

    assert len(Integers(integers=(0, 32766)).atoms()[0]) == 32767
    with pytest.raises(ValueError, match="whole numbers"):
        Integers(integers=(0, 32767))


@pytest.mark.parametrize("change", ["frozen", "strict", "forbid", "nan", "defaults"])
def test_models_are_frozen_strict_and_closed(change: str) -> None:
    from pydantic import ValidationError

    from augspec.language.distributions import Uniform
    from augspec.ops.rotate import Rotate

    if change == "frozen":
        with pytest.raises(ValidationError, match="frozen"):
            Uniform(uniform=(0.0, 1.0)).uniform = (1.0, 2.0)  # type: ignore[misc]
    elif change == "strict":
        with pytest.raises(ValidationError):
            Uniform.model_validate({"uniform": ("0", 1.0)})
    elif change == "forbid":
        with pytest.raises(ValidationError, match="typo"):
            Uniform.model_validate({"uniform": (0.0, 1.0), "typo": 1})
    elif change == "nan":
        for bad in (math.nan, math.inf):
            with pytest.raises(ValidationError):
                Uniform.model_validate({"uniform": (0.0, bad)})
    else:  # a default is checked like any other value, and its text is the schema's
        assert Rotate.model_config["validate_default"]
        assert Rotate.model_fields["degrees"].description
