"""C14: an op says which targets besides the image it may change, and changes no other."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec_conformance.cases.policies import COMBINATORS, document, op_document, op_names, op_of, variants

SAMPLES = 24
_FLAGS = {"mask": (), "boxes": ("boxes_valid",), "keypoints": ("keypoints_visible",)}


def documents() -> dict[str, dict[str, Any]]:
    """Return documents of every op that stands in chains: it keeps the size, is no combinator, and mixes nothing."""
    found = {}
    for name in op_names():
        cls = augspec.ops()[name]
        if name in COMBINATORS or cls.across or cls.stage == "type":
            continue
        for variant, op in {"": op_document(name, "square-u8"), **variants(name, "square-u8")}.items():
            found[f"{name} {variant}".strip()] = {**op, "p": 1.0}
    return found


DOCUMENTS = documents()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_an_op_does_not_touch_it_leaves_as_it_is(name: str) -> None:
    op = DOCUMENTS[name]
    rng = np.random.default_rng(5)
    corners = rng.uniform(1, 7, (SAMPLES, 3, 2))
    sample = {
        "image": rng.integers(0, 256, (SAMPLES, 14, 14, 3), np.uint8),
        "mask": rng.integers(1, 200, (SAMPLES, 14, 14), np.uint8),
        "boxes": np.concatenate([corners, corners + 5], -1).astype(np.float32),
        "keypoints": rng.uniform(1, 13, (SAMPLES, 4, 2)).astype(np.float32),
    }
    out = augspec.compile(augspec.loads(json.dumps(document(op))), "numpy")(3, sample)
    changed = {
        target
        for target, flags in _FLAGS.items()
        if not np.array_equal(out[target], sample[target]) or not all(out[flag].all() for flag in flags)
    }
    assert changed == set(op_of(op).touches())
