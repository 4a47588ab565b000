"""Ops that draw a window by area and aspect ratio draw ten candidates and one place (C12)."""

from __future__ import annotations

import json
from typing import Any

import pytest

import augspec
from augspec.ops.base import Op
from augspec.registry import ops
from augspec.windows import CANDIDATES, WindowOp

FOUND: dict[str, type[Op]] = {name: op for name, op in ops().items() if issubclass(op, WindowOp)}
SIZES: dict[str, Any] = {"random_resized_crop": {"size": [4, 6]}, "random_erasing": {}}


def policy(name: str, **fields: Any) -> augspec.Policy:
    op = {"op": name, **SIZES[name], **fields}
    return augspec.loads(json.dumps({"augspec": 1, "ops": [op], "eval": []}))


def test_c12_two_ops_draw_windows_so() -> None:
    assert sorted(FOUND) == sorted(SIZES)


@pytest.mark.parametrize("name", sorted(FOUND))
def test_c12_there_are_ten_candidates_and_one_place(name: str) -> None:
    assert [(field, entries) for field, _, _, entries in policy(name).ops[0].draws()] == [
        ("area", CANDIDATES),
        ("ratio", CANDIDATES),
        ("top", 1),
        ("left", 1),
    ]


@pytest.mark.parametrize("name", sorted(FOUND))
def test_c12_the_place_is_drawn_where_nothing_else_is(name: str) -> None:
    constant = policy(name, area=0.25, ratio=1.0)
    assert constant.ops[0].random()
    draws = augspec.compile(constant, backend="numpy").draw(3, index=range(4)).numpy()
    assert len(set(draws[f"sample/{name}#0/top"].ravel().tolist())) > 1
