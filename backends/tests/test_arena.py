"""The host engine's own memory: what is read no more makes room, and nothing else does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

import augspec
from augspec_backends.host.arena import Arena

SIZE = 8192
TILE = 224 * 224 * 3 * 4


def text_of(*names: str) -> str:
    return " ".join(names)


def made(arena: Arena, result: str, *, size: int = SIZE) -> str:
    """Return the place of a new array, whose pointer is `result`, and which is written at once."""
    place = str(arena.allocate(size))
    arena.note(f"getelementptr inbounds i8, ptr %arena, i64 {place}", result, moves=True)
    arena.note(f"store i8 0, ptr {result}", None, moves=True)
    return place


def test_what_is_read_no_more_makes_room() -> None:
    arena = Arena()
    a, b, c = (made(arena, f"%v{number}") for number in range(3))
    arena.note("call void @kernel(ptr %v0, ptr %v1)", None, moves=True)
    d = made(arena, "%v3")
    arena.note("call void @kernel(ptr %v2, ptr %v3)", None, moves=True)

    text, size = arena.placed(text_of(a, b, c, d))

    places = [int(word) for word in text.split()]
    assert places[3] in (places[0], places[1])
    assert len({*places[:3]}) == 3
    assert size == 3 * SIZE


def test_a_pointer_into_an_array_is_the_arrays() -> None:
    arena = Arena()
    a = made(arena, "%v0")
    arena.note("getelementptr inbounds i8, ptr %v0, i64 %row", "%v1", moves=True)
    b = made(arena, "%v2")
    arena.note("load i8, ptr %v1", "%v3", moves=True)

    text, size = arena.placed(text_of(a, b))

    assert len({*text.split()}) == 2
    assert size == 2 * SIZE


def test_a_loop_takes_all_that_it_touches_at_one_time() -> None:
    arena = Arena()
    a = made(arena, "%v0")
    arena.note("load i8, ptr %v0", "%v1", moves=False)
    b = str(arena.allocate(SIZE))
    arena.note(f"getelementptr inbounds i8, ptr %arena, i64 {b}", "%v2", moves=False)
    arena.note("store i8 0, ptr %v2", None, moves=False)

    assert len({*arena.placed(text_of(a, b))[0].split()}) == 2


def test_small_ones_stay_below_and_large_ones_are_aligned() -> None:
    arena = Arena()
    a = made(arena, "%v0", size=4097)
    b = made(arena, "%v1", size=5000)
    small = arena.allocate(24)
    arena.note("call void @kernel(ptr %v0, ptr %v1)", None, moves=True)

    text, size = arena.placed(text_of(a, b))

    places = sorted(int(word) for word in text.split())
    assert small == 0
    assert places[0] >= 24
    assert all(place % 64 == 0 for place in places)
    assert size >= places[1] + 4097


@pytest.mark.parametrize(
    ("ops", "tiles"),
    [
        ([{"op": "rotate", "degrees": {"uniform": [-9, 9]}}, {"op": "contrast", "factor": {"uniform": [0.5, 2]}}], 1),
        ([{"op": "gaussian_blur", "sigma": 1.5}] * 4, 2),
        ([{"op": "color_jitter", "brightness": 0.5, "contrast": 0.5, "saturation": 0.5, "hue": 0.1}] * 3, 5),
    ],
    ids=["a warp and pointwise", "four blurs", "three jitters"],
)
def test_memory_does_not_grow_with_ops_in_a_row(ops: list[dict[str, Any]], tiles: int) -> None:
    augment = augspec.compile(augspec.parse({"augspec": 1, "ops": ops}), "host")
    augment(1, np.zeros((224, 224, 3), np.uint8), 0)
    (call,) = augment._compiled.values()
    assert call.code.size <= tiles * TILE
