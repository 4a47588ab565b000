"""Products that are added by halves, and offsets that are rounded once: the exact numbers, rounded half-up (E1, E2)."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest

import augspec
from augspec.errors import Unsupported
from augspec.ops.grid_mask import _sum
from augspec.ops.pca_lighting import _VALUES, _VECTORS
from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.numpy.namespace import NumpyNamespace

XP = NumpyNamespace()


def half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def test_e2_turned_places_are_exact_up_to_the_largest_picture() -> None:
    rng = np.random.default_rng(11)
    cos, sin = (rng.integers(-(1 << 24), (1 << 24) + 1, 400) for _ in "cs")
    x, y = (rng.integers(-8199, 8200, 400) for _ in "xy")
    ends = [
        (1 << 24, -(1 << 24), 8199, -8199),
        (1 << 24, 1 << 24, 8199, 8199),
        (-4095, 4095, 8199, 8199),
        (2048, 0, 1, 0),
    ]
    rows = [*zip(*(one.tolist() for one in (cos, sin, x, y)), strict=True), *ends]
    a, b, left, right = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    expected = [half_up(Fraction(a * x + b * y, 4096)) for a, b, x, y in rows]
    assert _sum(XP, a, left, b, right).tolist() == expected


def test_e1_lights_of_the_main_axes_are_rounded_half_up() -> None:
    """A normal of 2⁻¹² steps times a deviation of 1/65280 steps is rounded, then the sum over the axes is."""
    (op,) = augspec.parse({"augspec": 1, "ops": [{"op": "pca_lighting", "std": 0.5}]}).ops
    rng = np.random.default_rng(12)
    axes = rng.integers(-5 * 4096, 5 * 4096 + 1, (300, 3)).astype(np.int32)
    std = rng.integers(0, 65281, 300).astype(np.int32)
    found = op.prepare({"axes": axes, "std": std}, Arithmetic(XP))["offsets"]
    for row, drawn, strength in zip(found.tolist(), axes.tolist(), std.tolist(), strict=True):
        along = [half_up(Fraction(strength * one, 4096)) for one in drawn]
        for channel, vector in enumerate(_VECTORS):
            weights = [round(value * entry * 32768) for value, entry in zip(_VALUES, vector, strict=True)]
            exact = half_up(Fraction(sum(w * a for w, a in zip(weights, along, strict=True)), 32768))
            assert row[channel] == exact


@pytest.mark.parametrize(
    ("op", "fits", "too_large"),
    [
        ({"op": "pad", "top": 2}, (8190, 3), (8191, 3)),
        ({"op": "pad", "left": 2}, (3, 8190), (3, 8191)),
        ({"op": "scale_jitter", "size": [8, 8192], "factor": 2}, (4, 4096), None),
        ({"op": "scale_jitter", "size": [8, 8191], "factor": 2.001}, None, (8, 8191)),
        ({"op": "crop", "top": 1, "left": 2, "height": 3, "width": 4}, (4, 6), (3, 6)),
        ({"op": "crop", "top": 1, "left": 2, "height": 3, "width": 4}, (9, 6), (9, 5)),
    ],
)
def test_sizes_are_refused_just_beyond_their_limit(
    op: dict[str, object], fits: tuple[int, int] | None, too_large: tuple[int, int] | None
) -> None:
    (one,) = augspec.parse({"augspec": 1, "ops": [op], "eval": []}).ops
    if fits is not None:
        assert max(one.output_size(*fits)) <= 8192
    if too_large is not None:
        with pytest.raises(augspec.SampleError, match="pixels"):
            one.output_size(*too_large)


def test_orders_of_channels_are_drawn_for_sixteen() -> None:
    (shuffle,) = augspec.parse({"augspec": 1, "ops": [{"op": "channel_shuffle"}]}).ops
    assert [shuffle.accepts(n) for n in (1, 16, 17)] == [True, True, False]
    with pytest.raises(Unsupported, match="at most 16 channels; the image has 17"):
        augspec.compile(augspec.parse({"augspec": 1, "ops": [{"op": "channel_shuffle"}]}))(
            0, np.zeros((4, 4, 17), np.uint8)
        )
