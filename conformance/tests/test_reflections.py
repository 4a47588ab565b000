"""What an op says of itself: that it reflects (T4), resizes, is noisy (R16), or keeps the order of values."""

from __future__ import annotations

import json

import numpy as np
import pytest

import augspec
from augspec_conformance.cases.policies import COMBINATORS, document, op_document, op_names

SAMPLES = 16
KEYPOINTS = (np.arange(SAMPLES * 4, dtype=np.float32).reshape(SAMPLES, 2, 2) % 13) + 0.5


@pytest.mark.parametrize("name", [name for name in op_names() if name not in COMBINATORS])
def test_ops_that_swap_say_so(name: str) -> None:
    cls = augspec.ops()[name]
    if "keypoints" in getattr(cls, "refuses", ()):
        pytest.skip("it has no meaning for keypoints, and refuses them")
    op = {**op_document(name, "square-u8"), "p": 1.0}
    results = []
    for pairs in ([], [[0, 1]]):
        text = json.dumps(document(op, targets={"keypoints": {"swap_pairs": pairs}}))
        sample = {
            "image": np.zeros((SAMPLES, 14, 14, 3), np.uint8),
            "boxes": np.tile(np.float32([2, 2, 12, 12]), (SAMPLES, 1, 1)),
            "keypoints": KEYPOINTS,
        }
        results.append(augspec.compile(augspec.loads(text), "numpy")(3, sample)["keypoints"])
    assert (not np.array_equal(*results)) == cls.reflects


@pytest.mark.parametrize("name", [name for name in op_names() if name not in COMBINATORS])
def test_an_op_says_that_it_resizes_exactly_if_it_does(name: str) -> None:
    cls = augspec.ops()[name]
    (op,) = augspec.parse({"augspec": 1, "ops": [op_document(name)], "eval": []}).ops
    size = (12, 12) if name in ("transpose", "rot90") else (12, 9)
    assert (op.output_size(*size) != size) == cls.resizes


@pytest.mark.parametrize("name", [name for name, cls in augspec.ops().items() if cls.stage == "type"])
def test_a_change_of_type_keeps_the_order_of_values_and_says_so(name: str) -> None:
    levels = np.repeat(np.arange(256, dtype=np.uint8).reshape(1, 256, 1), 3, -1)
    out = augspec.compile(augspec.loads(json.dumps(document(op_document(name)))), "numpy")(3, levels)
    assert (np.diff(out.astype(np.float64), axis=1) > 0).all()
    assert augspec.ops()[name].monotone


@pytest.mark.parametrize("name", [name for name in op_names() if name not in COMBINATORS])
def test_r16_an_op_says_that_it_is_noisy_exactly_if_it_has_a_key_of_noise(name: str) -> None:
    policy = augspec.loads(json.dumps(document({**op_document(name), "id": "own"})))
    paths = [draw["path"] for draw in augspec.explain(policy, "draws", format="dict")["draws"]]
    assert policy.ops[0].noisy() == ("sample/own/noise" in paths)
