"""`augspec.stats`: counts agree with what a policy declares, and with what whole samples show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import augspec
from augspec.language.policy import Policy
from augspec.statistics.light import brightness
from augspec.statistics.only import only
from augspec.statistics.result import Summary
from augspec.statistics.sight import _geometry

Json = dict[str, Any]
FLIP: Json = {"op": "horizontal_flip"}


def policy(*ops: Json, **rest: Any) -> Policy:
    return augspec.parse({"augspec": 1, "ops": list(ops), "eval": [], **rest})


def rates(found: Any) -> dict[str, float]:
    return {rate.place: rate.applied for rate in found.ops}


def near(share: float, samples: int) -> Any:
    """Return a share that misses the true one by five deviations at most: one test in two million fails by chance."""
    return pytest.approx(share, abs=5 * (share * (1 - share) / samples) ** 0.5)


NESTED = policy(
    {**FLIP, "p": 0.25},
    {"op": "one_of", "p": 0.5, "weights": [3, 1], "ops": [{"op": "invert", "p": 0.5}, {"op": "vertical_flip", "p": 1}]},
    {"op": "some_of", "n": 2, "ops": [{"op": "grayscale"}, {"op": "hue", "turns": 0.1}, {"op": "gamma", "gamma": 2}]},
    {
        "op": "some_of",
        "n": 2,
        "replace": True,
        "ops": [{"op": "solarize", "threshold": 0.5}, {"op": "equalize", "p": 0.5}],
    },
    {"op": "sequence", "p": 0.1, "ops": [{"op": "autocontrast"}]},
)


def test_applied_rates_are_those_declared_through_every_combinator() -> None:
    found = rates(augspec.stats(NESTED, samples=4096, shape=(8, 8), seed=3))
    wanted = {
        "ops[0]": 0.25,
        "ops[1].ops[0]": 0.5 * 0.75 * 0.5,
        "ops[1].ops[1]": 0.5 * 0.25,
        "ops[2].ops[0]": 2 / 3,
        "ops[2].ops[1]": 2 / 3,
        "ops[2].ops[2]": 2 / 3,
        "ops[3].ops[0]": 1 - 0.25,
        "ops[3].ops[1]": 1 - 0.75**2,
        "ops[4].ops[0]": 0.1,
    }
    assert found == {place: near(share, 4096) for place, share in wanted.items()}


def test_the_identity_rate_is_the_share_of_samples_that_come_back_equal() -> None:
    """C11: asked of whole samples, on an image that every op changes."""
    mixed = policy(
        {**FLIP, "p": 0.3},
        {"op": "rotate", "degrees": {"choice": [0, 20]}},
        {
            "op": "one_of",
            "ops": [{"op": "brightness_scale", "factor": {"choice": [1, 1.5]}}, {"op": "invert", "p": 0.2}],
        },
    )
    image = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)
    out = augspec.compile(mixed)(5, np.repeat(image[None], 512, 0))
    found = augspec.stats(mixed, samples=512, shape=(9, 9), seed=5)
    assert found.identity == (out == image).all((1, 2, 3)).mean()
    turned, scaled = found.ops[1], found.ops[2]
    assert turned.applied == 1
    assert 0.35 < turned.changed < 0.65
    assert scaled.changed < scaled.applied


def test_resizing_and_normalizing() -> None:
    assert augspec.stats(policy({"op": "resize", "size": [8, 8]}), samples=3, shape=(8, 8)).identity == 0
    assert (
        augspec.stats(policy({"op": "normalize", "mean": [0.5], "std": [0.5]}), samples=3, shape=(8, 8)).identity == 1
    )
    empty = augspec.stats(policy(), samples=3, shape=(8, 8))
    assert (empty.identity, empty.ops, empty.parameters, empty.area.low, empty.boxes.low) == (1, (), (), 1, 1)


def test_parameters_are_those_of_the_samples_that_the_op_is_applied_to() -> None:
    one = policy({"op": "rotate", "degrees": {"uniform": [-30, 10]}, "p": 0.5})
    found = augspec.stats(one, samples=4000, shape=(8, 8))
    (parameter,) = found.parameters
    assert parameter.summary.count == round(4000 * found.ops[0].applied)
    assert parameter.path == "sample/rotate#0/degrees"
    summary = parameter.summary
    deviation = 40 / 12**0.5
    assert summary.mean == pytest.approx(-10, abs=5 * deviation / summary.count**0.5)
    assert summary.std == pytest.approx(deviation, rel=0.05)
    assert (
        -30
        <= summary.low
        < -29
        < summary.p5
        < -26
        < -14
        < summary.median
        < -6
        < 6
        < summary.p95
        < 9
        < summary.high
        < 10
    )
    assert sum(summary.histogram) == summary.count


def test_what_stays_in_sight_is_the_area_that_geometry_leaves() -> None:
    half = augspec.stats(policy({"op": "translate", "x": 0.5}), samples=4, shape=(40, 60))
    assert half.area.mean == half.area.low == half.area.high == 0.5
    window = {"op": "crop", "top": 0, "left": 0, "height": 20, "width": 60}
    cropped = augspec.stats(policy(window, {"op": "gaussian_blur", "sigma": 3}), samples=4, shape=(40, 60))
    assert cropped.area.mean == 0.5
    assert 0 < cropped.boxes.mean < 1
    strict = augspec.stats(policy(window, targets={"boxes": {"min_visibility": 1.0}}), samples=4, shape=(40, 60))
    assert strict.boxes.mean < cropped.boxes.mean


def test_brightness_is_the_change_of_the_mean_of_all_greys() -> None:
    assert brightness(policy({"op": "invert"}, FLIP), 5, 0).high == 0
    darker = brightness(policy({"op": "resize", "size": [4, 4]}, {"op": "brightness_scale", "factor": 0.5}), 5, 0)
    assert darker.mean == pytest.approx(-127.5 / 2, abs=0.5)


def test_brightness_is_that_of_as_many_samples_as_asked_for() -> None:
    darker = policy({"op": "brightness_scale", "factor": {"uniform": [0.5, 1]}})
    few, many = (brightness(darker, samples, 0) for samples in (256, 512))
    assert (few.count, many.count) == (256, 512)
    assert many.mean != few.mean


def test_a_policy_with_empty_places_draws_what_the_whole_one_draws() -> None:
    whole = augspec.compile(NESTED).draw(9, range(99))
    part = augspec.compile(only(NESTED, lambda op: op if op.stage == "move" else None)).draw(9, range(99))
    assert set(part) < set(whole)
    assert all(np.array_equal(part[path], whole[path]) for path in part)
    assert any("/some_of#1/branch" in path for path in part)


def test_geometry_is_followed_on_fewer_samples_of_large_images() -> None:
    found = augspec.stats(policy(FLIP), samples=300, shape=(1024, 1024))
    assert (found.samples, found.followed, found.area.count) == (300, 128, 128)


def test_a_size_that_an_op_refuses_is_an_error() -> None:
    with pytest.raises(augspec.SampleError, match="center_crop"):
        augspec.stats(policy({"op": "center_crop", "size": [9, 9]}), samples=2, shape=(8, 8))


def test_wrong_arguments() -> None:
    with pytest.raises(TypeError, match=r"stats\(\) takes a Policy"):
        augspec.stats({})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 1"):
        augspec.stats(policy(), samples=0)
    assert Summary.of(np.zeros(0)) == Summary(0)
    assert augspec.stats(policy(FLIP), samples=1, shape=(8, 8)).samples == 1


def test_the_histogram_of_a_single_value_has_it_in_its_first_bin() -> None:
    found = Summary.of(np.full(7, 3.0))
    assert (found.low, found.high, found.std, found.histogram[0], sum(found.histogram)) == (3.0, 3.0, 0.0, 7, 7)
    two = Summary.of(np.array([0.0, 10.0, 10.0]))
    assert (two.histogram[0], two.histogram[-1], two.median) == (1, 2, 10.0)


def test_a_summary_holds_plain_numbers() -> None:
    found = Summary.of(np.array([1.0, 2.0, 6.0]))
    assert type(found.count) is int
    assert {type(getattr(found, name)) for name in ("mean", "std", "low", "p5", "median", "p95", "high")} == {float}
    assert {type(count) for count in found.histogram} == {int}


def test_geometry_is_followed_without_its_costs() -> None:
    """Smoothing and fills change no place: what is followed has neither, and every other field as it was."""
    crop = policy({"op": "random_resized_crop", "size": [4, 6], "interpolation": "bicubic", "area": 0.5}).ops[0]
    cheap = _geometry(crop)
    assert cheap == crop.model_copy(update={"interpolation": "nearest", "antialias": False})
    turn = policy({"op": "rotate", "degrees": 5, "fill": 0.5, "border": "edge"}).ops[0]
    assert _geometry(turn) == turn.model_copy(update={"interpolation": "nearest", "fill": 0.0})
    assert _geometry(policy({"op": "invert"}).ops[0]) is None


def test_what_a_macro_stands_for_has_the_macros_place() -> None:
    found = augspec.stats(policy({"op": "color_jitter", "brightness": {"uniform": [0.5, 1.5]}, "hue": 0.1}), samples=16)
    assert [(one.place, one.op) for one in found.ops] == [("ops[0]", "brightness_scale"), ("ops[0]", "hue")]


def test_samples_that_come_together_share_the_canvas() -> None:
    whole = {"op": "mosaic", "x": 0.5, "y": 0.5}
    half = augspec.stats(policy({**whole, "scale": 0.5, "p": 0.5}), samples=16, shape=(40, 60))
    assert half.area.low == half.area.high == half.boxes.low == 1.0
    last = {"op": "normalize", "mean": [0.5], "std": [0.5]}
    quarters = augspec.stats(policy({**whole, "p": 0.5}, last), samples=16, shape=(40, 60)).area
    assert (quarters.low, quarters.high) == (0.25, 1.0)
