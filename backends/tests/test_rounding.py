"""Products that are added by halves, and offsets that are rounded once: the exact numbers, rounded half-up (E1, E2)."""

from __future__ import annotations

from fractions import Fraction
from math import floor, isqrt

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


def test_the_upper_edges_of_a_hidden_square_are_not_hidden() -> None:
    """Without a turn places are exact: of a cell of four pixels whose first two are hidden, the third is seen."""
    (op,) = augspec.parse({"augspec": 1, "ops": [{"op": "grid_mask"}]}).ops
    pixel = 8192
    prepared = {"cos": 1 << 24, "sin": 0, "cell": 4 * pixel, "hole": 2 * pixel, "across": 0, "down": 0}
    prepared = {name: np.array([[value]], np.int32) for name, value in prepared.items()}
    x = np.arange(0, 16, 2, dtype=np.int32)[None]  # in half pixels
    hidden = op.hides(x, x * 0, prepared, XP)
    assert hidden.tolist() == [[True, True, False, False, True, True, False, False]]
    assert op.hides(x * 0, x, prepared, XP).tolist() == hidden.tolist()


def test_c11_a_picture_whose_corners_all_move_alike_has_changed() -> None:
    (op,) = augspec.parse({"augspec": 1, "ops": [{"op": "perspective", "distortion": 0.5}]}).ops
    for x, y, changed in ((5, 5, True), (0, 0, False), (0, 7, True)):
        insets = {name: np.full((1, 4), value << 16, np.int32) for name, value in (("x", x), ("y", y))}
        assert op.prepare(insets, Arithmetic(XP), 9, 12)["changed"].tolist() == [changed]


def test_c3_values_outside_of_the_range_are_clamped_once_inverted() -> None:
    image = np.array([-0.5, 0.25, 1.0, 1.5], np.float32).reshape(2, 2, 1)
    out = augspec.compile(augspec.parse({"augspec": 1, "ops": [{"op": "invert"}]}))(0, image)
    np.testing.assert_allclose(np.asarray(out).ravel(), [1.0, 0.75, 0.0, 0.0], atol=1e-6)


@pytest.mark.parametrize(
    "op",
    [
        {"op": "saturation", "factor": 3.0, "space": "hsv"},
        {"op": "saturation", "factor": 0.5, "space": "hsv"},
        {"op": "saturation", "factor": 3.0},
        {"op": "hue", "turns": 0.4},
        {"op": "sepia"},
    ],
)
def test_c1_colours_of_another_value_range_are_those_of_the_unit_range(op: dict[str, object]) -> None:
    unit = np.random.default_rng(13).random((9, 8, 3)).astype(np.float32)
    policy = augspec.parse({"augspec": 1, "ops": [op]})
    expected = np.asarray(augspec.compile(policy)(0, unit)) * 4 - 1
    found = np.asarray(augspec.compile(policy, value_range=(-1.0, 3.0))(0, unit * 4 - 1))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_one_padding_of_a_random_crop_is_that_of_all_four_sides() -> None:
    image = np.random.default_rng(14).integers(0, 256, (6, 7, 3), np.uint8)
    one, four = (
        augspec.compile(
            augspec.parse({"augspec": 1, "ops": [{"op": "random_crop", "size": [8, 9], **rest}], "eval": []})
        )
        for rest in ({"pad": 2, "fill": 0.5}, {"pad": [2, 2, 2, 2], "fill": 0.5})
    )
    np.testing.assert_array_equal(one(3, image), four(3, image))


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
        ({"op": "random_crop", "size": [4, 5]}, (4, 5), (3, 5)),
        ({"op": "random_crop", "size": [4, 5]}, (9, 5), (9, 4)),
        ({"op": "random_crop", "size": [4, 5], "pad": 1}, (8190, 3), (8191, 3)),
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
    (drop,) = augspec.parse({"augspec": 1, "ops": [{"op": "channel_drop", "count": 2}]}).ops
    assert [drop.accepts(n) for n in (2, 3, 16, 17)] == [False, True, True, False]
    with pytest.raises(Unsupported, match="at most 16 channels; the image has 17"):
        augspec.compile(augspec.parse({"augspec": 1, "ops": [{"op": "channel_shuffle"}]}))(
            0, np.zeros((4, 4, 17), np.uint8)
        )


def half_away(number: Fraction) -> int:
    return half_up(abs(number)) * (1 if number > 0 else -1)


@pytest.mark.parametrize(("height", "width"), [(3, 5), (7, 3), (64, 64), (8192, 37)])
def test_e2_places_in_radii_are_rounded_half_away_from_zero(height: int, width: int) -> None:
    rng = np.random.default_rng(15)
    size, x, y = (np.append(rng.integers(0, (1 << 24) + 1, 300), [1 << 24, 1 << 23, 0]).astype(np.int32) for _ in "sxy")
    found = Arithmetic(XP).radii({"size": size, "x": x, "y": y}, height, width)
    for i, (s, *place) in enumerate(zip(size.tolist(), x.tolist(), y.tolist(), strict=True)):
        radius = max(half_up(Fraction(s * min(height, width), 1 << 11)), 2 << 13)
        assert found["scale"][i] == half_away(Fraction(1 << 42, radius))
        for name, at, side in (("sun_x", place[0], width), ("sun_y", place[1], height)):
            away = half_up(Fraction((at - (1 << 23)) * side, 1 << 11))
            assert found[name][i] == half_away(Fraction(away << 18, radius)), name


@pytest.mark.parametrize("soft", [1, 2, 3, 16])
def test_e2_soft_edges_are_as_wide_as_their_side_is_long_in_fifteen_bits(soft: int) -> None:
    """Sides of triangles in whole pixels are doubled until the larger entry is at least 2¹³; lengths are cut off."""
    side, rng = 64, np.random.default_rng(16)
    corners = rng.integers(0, side + 1, (200, 2, 3))
    corners[0] = [[0, 64, 64], [0, 0, 64]]
    draw = {"left": [1 << 23], "top": [1 << 23], "size": [1 << 16], "softness": [(soft << 24) // side]}
    prepared: dict[str, np.ndarray] = {name: np.array(value * 200, np.int32) for name, value in draw.items()}
    prepared |= {name: (corners[:, axis] << 18).astype(np.int32) for axis, name in enumerate("xy")}
    found = Arithmetic(XP).hull(prepared, side, side)
    for i, (x, y) in enumerate(corners.tolist()):
        for k, (a, b) in enumerate(((0, 1), (0, 2), (1, 2))):
            across, along = x[b] - x[a], y[b] - y[a]
            if not found["some"][i] or (across, along) == (0, 0):
                continue
            doubled = 14 - max(abs(across), abs(along)).bit_length()
            half = isqrt((across * across + along * along) << 2 * doubled) * soft
            assert found["half"][i, k] == half
            assert found["shift"][i, k] == (2 * half).bit_length() - 15
