"""The unit range in floats: exact of integers, bit by bit of floats, and only at the end of a pipeline."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec

NORMALIZE = {"op": "normalize", "mean": [0.5], "std": [0.25]}


def _policy(*ops: dict[str, Any], **fields: Any) -> augspec.Policy:
    return augspec.loads(json.dumps({"augspec": 1, "ops": list(ops), **fields}))


def _augmenter(**options: Any) -> Any:
    return augspec.compile(_policy({"op": "to_float"}), backend="numpy", layout="NHWC", **options)


def test_levels_are_divided_by_255_and_rounded_once() -> None:
    image = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    out = _augmenter()(1, image)
    assert out.dtype == np.float32
    assert (out.ravel() == (np.arange(256) / 255).astype(np.float32)).all()


def test_sixteen_bits_are_divided_by_65535() -> None:
    image = np.arange(65536, dtype=np.uint16).reshape(1, 256, 256, 1)
    out = _augmenter()(1, image).ravel()
    assert out.dtype == np.float32
    assert out[0] == 0
    assert out[-1] == out.max() == 1
    assert np.abs(out - np.arange(65536) / 65535).max() <= 2**-24


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_of_the_unit_range_come_back_bit_by_bit(dtype: str) -> None:
    image = np.random.default_rng(1).normal(size=(2, 5, 6, 3)).astype(dtype)
    image[0, 0, 0] = [np.nan, -0.0, np.inf]
    out = _augmenter()(1, image)
    assert out.dtype == image.dtype
    assert out.tobytes() == image.tobytes()
    assert not np.shares_memory(out, image)


def test_floats_of_another_range_are_mapped_to_the_unit_range() -> None:
    image = np.linspace(-1, 3, 33, dtype=np.float32).reshape(1, 3, 11, 1)
    out = _augmenter(value_range=(-1, 3))(1, image)
    assert np.abs(out.ravel() - np.arange(33) / 32).max() < 2**-22


def test_other_ops_come_before() -> None:
    image = np.random.default_rng(2).integers(0, 256, (1, 9, 8, 3)).astype(np.uint8)
    turn = {"op": "rotate", "degrees": 20}
    plain = augspec.compile(_policy(turn), backend="numpy", layout="NHWC")(3, image)
    both = augspec.compile(_policy(turn, {"op": "to_float"}), backend="numpy", layout="NHWC")(3, image)
    assert (both == (plain / 255).astype(np.float32)).all()


@pytest.mark.parametrize(
    ("ops", "path", "hint"),
    [
        ([{"op": "to_float"}, NORMALIZE], "ops[0]", "Leave it out: normalize reads the unit range and gives floats"),
        ([NORMALIZE, {"op": "to_float"}], "ops[0]", "Leave it out: to_float reads the unit range"),
        ([{"op": "to_float"}, {"op": "invert"}], "ops[0]", ""),
        ([{"op": "to_float", "p": 0.5}], "ops[0]", ""),
        ([{"op": "sequence", "ops": [{"op": "to_float"}]}], "ops[0].ops[0]", ""),
    ],
)
def test_elsewhere_it_is_refused(ops: list[dict[str, Any]], path: str, hint: str) -> None:
    with pytest.raises(augspec.PolicyError) as error:
        augspec.normalize(_policy(*ops))
    problem = error.value.problems[0]
    assert problem.path == path
    assert "the last op of a pipeline only" in problem.allowed
    assert hint in str(error.value)
    assert ("Leave it out" in str(error.value)) == bool(hint)
