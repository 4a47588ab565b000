"""T5, R7: ops that mix samples of a batch stand last, and draw partners that key and ids decide."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.errors import SampleError
from augspec.random.order import first_in, following, ordered
from augspec_backends.numpy.namespace import NumpyNamespace

MIXUP, CUTMIX = {"op": "mixup"}, {"op": "cutmix"}
NORMALIZE = {"op": "normalize", "mean": [0.5], "std": [0.2]}


def loads(*ops: Any, **fields: Any) -> augspec.Policy:
    return augspec.loads(json.dumps({"augspec": 1, "ops": list(ops), **fields}))


@pytest.mark.parametrize("ops", [[MIXUP], [{"op": "invert"}, {**CUTMIX, "p": 0.5}, NORMALIZE], [CUTMIX, NORMALIZE]])
def test_an_op_that_mixes_stands_last_or_before_normalize(ops: list[Any]) -> None:
    assert loads(*ops).ops


@pytest.mark.parametrize(
    ("ops", "path"),
    [
        ([MIXUP, {"op": "invert"}], "ops[0]"),
        ([MIXUP, CUTMIX], "ops[0]"),
        ([{"op": "one_of", "ops": [MIXUP, CUTMIX]}], "ops[0].ops[0]"),
        ([{"op": "sequence", "ops": [MIXUP]}], "ops[0].ops[0]"),
        ([{"op": "sequence", "ops": [MIXUP]}, MIXUP], "ops[0].ops[0]"),
    ],
)
def test_elsewhere_it_is_refused(ops: list[Any], path: str) -> None:
    with pytest.raises(augspec.PolicyError) as caught:
        loads(*ops)
    problem = caught.value.problems[0]
    assert problem.path == path
    assert "as the last one before normalize" in problem.allowed
    assert "Move it to the end" in problem.suggestion


def test_evaluation_mixes_nothing() -> None:
    with pytest.raises(augspec.PolicyError, match="evaluation is deterministic"):
        loads(eval=[MIXUP])


@pytest.mark.parametrize("alpha", [0, 0.04, 51, -1])
def test_alpha_has_a_range(alpha: float) -> None:
    with pytest.raises(augspec.PolicyError, match=r"ops\[0\]\.alpha"):
        loads({**MIXUP, "alpha": alpha})


def test_r6_an_op_may_be_called_as_a_scope_is() -> None:
    draws = augspec.compile(loads({**MIXUP, "id": "sample", "scope": "batch"})).draw(0, index=range(4))
    assert "batch/sample/lambda" in draws


@pytest.mark.parametrize("alpha", [0.05, 50])
def test_the_ends_of_alphas_range_belong_to_it(alpha: float) -> None:
    assert loads({**MIXUP, "alpha": alpha}).ops


def test_r6_paths_say_what_is_the_batchs_and_what_the_samples() -> None:
    own = augspec.explain(loads({**CUTMIX, "p": 0.5}), "draws")
    for path in ("batch/cutmix#0/partner", "sample/cutmix#0/area", "sample/cutmix#0/x", "sample/cutmix#0/apply"):
        assert path in own
    shared = augspec.explain(loads({**CUTMIX, "scope": "batch", "p": 0.5}), "draws")
    for path in ("batch/cutmix#0/partner", "batch/cutmix#0/area", "batch/cutmix#0/y", "sample/cutmix#0/apply"):
        assert path in shared
    assert "another sample of the batch" in shared
    assert "once per batch" in shared


def _orders() -> tuple[Any, Callable[..., Any]]:
    xp = NumpyNamespace()
    return xp, lambda first, second: ordered(xp, np.array(first, np.int32), np.array(second, np.int32))


def test_r12_an_order_is_that_of_31_bits_then_of_the_second_word_then_of_the_row() -> None:
    xp, order = _orders()
    assert order([-2, 4, 2, 4, 4], [0, 8, 0, 6, 6]).tolist() == [2, 3, 4, 1, 0]
    assert order([2, 3], [5, 4]).tolist() == [0, 1]  # the lowest bits do not count
    found = order([6, 2, 4], [0, 0, 0])
    assert following(xp, found).tolist() == [1, 2, 0]
    assert first_in(xp, found, np.array([[7, 8, 9]], np.int32)).tolist() == [[8, 8, 8]]


@pytest.mark.parametrize("count", [0, 1])
def test_an_order_of_few_is_one_too(count: int) -> None:
    xp, order = _orders()
    found = order([5] * count, [5] * count)
    assert following(xp, found).tolist() == list(range(count))
    assert first_in(xp, found, np.ones((2, count), np.int32)).shape == (2, count)


def test_draws_are_selected_with_partners_or_not_at_all() -> None:
    augment = augspec.compile(loads(MIXUP), "numpy")
    draws = augment.draw(3, [5, 6, 7, 8])
    turned = draws.select([2, 0, 3, 1])
    assert turned == augment.draw(3, [7, 5, 8, 6])
    with pytest.raises(SampleError, match="samples and all their partners"):
        draws.select([0, 1])


def test_a_draw_that_is_no_permutation_is_refused() -> None:
    augment = augspec.compile(loads(MIXUP, targets={"label": {"classes": 3}}), "numpy")
    document = json.loads(augment.draw(3, [5, 6, 7]).to_json())
    document["draws"]["batch/mixup#0/partner"]["steps"] = [1, 1, 0]
    sample = {"image": np.zeros((3, 4, 4, 3), np.uint8), "label": np.arange(3)}
    with pytest.raises(SampleError, match="each row of the batch once"):
        augment.apply(augspec.Draws.from_json(json.dumps(document)), sample)


def test_r13_a_mosaic_of_the_smallest_drawn_scale_is_that_of_the_constant() -> None:
    """Steps of 2⁻¹⁹ begin below 5/12, at which tiles of six pixels have two; 5/12 itself makes three of them."""
    smallest = 218453 * 2**5
    assert smallest / 2**24 < 5 / 12
    classes = {"targets": {"label": {"classes": 5}}}
    middle = {"op": "mosaic", "x": 0.5, "y": 0.5}
    drawn = augspec.compile(loads({**middle, "scale": {"uniform": [5 / 12, 1]}}, **classes))
    document = json.loads(drawn.draw(3, range(5)).to_json())
    document["draws"]["sample/mosaic#0/scale"]["steps"] = [smallest] * 5
    batch = {
        "image": np.random.default_rng(2).integers(0, 256, (5, 6, 6, 3), np.uint8),
        "label": np.arange(5),
    }
    found = drawn.apply(augspec.Draws.from_json(json.dumps(document)), batch)
    expected = augspec.compile(loads({**middle, "scale": 1 / 3}, **classes))(3, batch)
    np.testing.assert_array_equal(found["image"], expected["image"])
