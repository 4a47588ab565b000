"""Integer words of tints, curves, taps and noise at their ends: exact, and inside int32 (E2, E3, E6, E7)."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec_backends.generic import noise
from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.adapters import adapter_of
from augspec_conformance.oracle import colour
from augspec_conformance.oracle import noise as ideal_noise

XP = NumpyNamespace()
EXACT = FixedNumbers(XP)
EVERY = np.arange(65281, dtype=np.int32).reshape(1, 1, -1, 1)


def _op(**fields: Any) -> Any:
    return augspec.loads(json.dumps({"augspec": 1, "ops": [fields]})).ops[0]


def test_e2_roots_of_all_values_are_near_and_never_fall() -> None:
    root = EXACT.root(EVERY)[0, 0, :, 0]
    ideal = np.sqrt(np.arange(65281) / 65280) * 32768
    assert (root[0], root[-1]) == (0, 32768)
    assert np.abs(root - ideal).max() <= 1.01
    assert (np.diff(root) >= 0).all()


def test_e2_shares_of_all_values_are_rounded_and_end_at_one() -> None:
    unit = EXACT.unit(EVERY)[0, 0, :, 0]
    assert (unit[0], unit[-1]) == (0, 32768)
    assert np.abs(unit - np.arange(65281) * (32768 / 65280)).max() <= 0.76
    portion = EXACT.portion(np.int32(65280), EXACT.unit(EVERY))[0, 0, :, 0]
    assert np.abs(portion - np.arange(65281)).max() <= 2


def test_e6_a_straight_tone_curve_is_the_identity() -> None:
    table = Arithmetic(XP).tone(*(np.array([value], np.int32) for value in (4096, 8192)))
    np.testing.assert_array_equal(EXACT.curve(EVERY, table, lambda x: x), EVERY)


@pytest.mark.parametrize(("shadows", "highlights"), [(0, 0), (0, 12288), (12288, 0), (12288, 12288), (2457, 11059)])
def test_e2_tone_tables_are_near_their_polynomial(shadows: int, highlights: int) -> None:
    table = Arithmetic(XP).tone(np.array([shadows], np.int32), np.array([highlights], np.int32))[0]
    t = np.minimum(np.arange(257), 255) / 255
    ideal = 3 * t * (1 - t) ** 2 * shadows / 12288 + 3 * t**2 * (1 - t) * highlights / 12288 + t**3
    assert np.abs(table - 65280 * ideal).max() <= 0.8
    assert (table[0], table[255], table[256]) == (0, 65280, 65280)


def test_e3_the_light_of_6500_kelvin_changes_nothing() -> None:
    gains = Arithmetic(XP).light(np.array([3000, 6499, 6500, 6501, 14999, 15000], np.int32))
    np.testing.assert_array_equal(gains[2], [1 << 20] * 3)
    assert (np.diff(gains[:, 0]) < 0).all()
    assert (np.diff(gains[:, 2]) > 0).all()
    assert gains.max() < 1 << 21
    np.testing.assert_array_equal(EXACT.gain(EVERY, gains[2, 0]), EVERY)


@pytest.mark.parametrize("radius", range(32))
def test_e7_box_weights_sum_to_one(radius: int) -> None:
    weights = Arithmetic(XP).box(np.array([radius], np.int32), 31)[0]
    assert weights[0] + 2 * weights[1:].sum() == 32768
    assert (weights[1 : radius + 1] > 0).all()
    assert (weights[radius + 1 :] == 0).all()
    lost = np.abs(weights - np.where(np.arange(32) <= radius, 32768 / (2 * radius + 1), 0))
    assert 255 * (lost[0] + 2 * lost[1:].sum()) / 32768 < 0.4  # levels, on both axes (E8)


@pytest.mark.parametrize("length", range(1, 16))
def test_e7_line_weights_sum_to_one_and_need_no_other_taps(length: int) -> None:
    op = _op(op="motion_blur", length=length, degrees={"uniform": [-40, 140]})
    every = tuple((i, j) for i in range(-8, 9) for j in range(-8, 9))
    turns = np.arange(-(1 << 24) // 9, (1 << 24) * 7 // 18, (1 << 24) // 720, dtype=np.int32)
    lengths = np.full_like(turns, length)
    weights = Arithmetic(XP).line(lengths, turns, every, 15)
    assert (weights.sum(1) == 32768).all()
    assert weights.min() >= 0
    needed = {tap for tap, some in zip(every, (weights > 0).any(0), strict=True) if some}
    assert needed <= set(op.taps())
    assert max(abs(i) for tap in op.taps() for i in tap) <= op.reach()


@pytest.mark.parametrize("radius", [0, 0.5, 1, 2.3, 5])
def test_e7_disc_weights_sum_to_one(radius: float) -> None:
    op = _op(op="defocus", radius={"choice": [radius, 5]})
    weights = Arithmetic(XP).disc(np.array([int(radius * 4096)], np.int32), op.taps())[0]
    assert weights.sum() == 32768
    assert weights.min() >= 0
    assert op.reach() == 5
    assert ((weights > 0).sum() == 1) == (radius <= 0.5)


def test_e2_the_strongest_noise_filters_and_gains_stay_inside_int32() -> None:
    white = np.full((1, 9, 9, 3), 255, np.uint8)
    white[:, ::2, ::2] = 0
    ops: list[dict[str, Any]] = [
        {"op": "emboss", "share": 1, "strength": 2},
        {"op": "unsharp_mask", "sigma": 15, "amount": 8},
        {"op": "speckle", "std": 1},
        {"op": "shot_noise", "scale": 1},
        {"op": "pca_lighting", "std": 1},
        {"op": "temperature", "kelvin": 3000},
        {"op": "saturation", "factor": 8, "space": "hsv"},
    ]
    for op in ops:
        policy = augspec.loads(json.dumps({"augspec": 1, "ops": [op]}))
        exact = augspec.compile(policy)(3, white).astype(np.float64)
        floats = augspec.compile(policy)(3, (white / 255).astype(np.float32)) * 255
        assert np.abs(exact - floats).max() < 0.6, op


def test_floats_have_a_root_with_a_slope_at_black() -> None:
    m = FloatNumbers(XP, -1.0, 3.0)
    x = np.array([-2, -1, 0, 3, 7, np.nan], np.float32)
    np.testing.assert_allclose(m.root(x), [1e-8, 1e-8, 0.5, 1, 1, np.nan])


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize(("apart", "flat"), [(1e-6, True), (0.9 / 4080, True), (1.1 / 4080, False)])
def test_e5_the_rounding_of_a_flat_channel_is_not_stretched(backend: str, apart: float, flat: bool) -> None:
    image = np.full((1, 4, 5, 3), 0.3, np.float32)
    image[:, 2, 3, 1] += np.float32(apart)
    augment = augspec.compile(augspec.loads('{"augspec": 1, "ops": [{"op": "autocontrast"}]}'), backend=backend)
    adapter = adapter_of(augspec.get_backend(backend))
    out = adapter.to_numpy(augment(1, {"image": adapter.to_native(image, "float32")})["image"])
    assert np.array_equal(out, image) == flat
    assert out[0, 2, 3, 1] == (image[0, 2, 3, 1] if flat else 1.0)


@pytest.mark.parametrize("turns", [-0.5, -0.45, -0.3, -1 / 6, -0.1, -1 / 4096, 0.2, 0.5])
def test_e8_hues_move_both_ways_round(turns: float) -> None:
    image = np.random.default_rng(6).integers(0, 256, (12, 12, 3), np.uint8)
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "hue", "turns": turns}]}))
    out = augspec.compile(policy)(0, image)
    assert np.abs(out - colour.hue(image / 255, turns) * 255).max() <= 1
    floats = augspec.compile(policy)(0, (image / 255).astype(np.float32))
    np.testing.assert_allclose(floats, colour.hue(image / 255, turns), atol=2e-4)


def test_half_a_turn_is_the_same_to_either_side() -> None:
    image = np.random.default_rng(6).integers(0, 256, (12, 12, 3), np.uint8)
    one, other = (
        augspec.compile(augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "hue", "turns": turns}]})))(0, image)
        for turns in (-0.5, 0.5)
    )
    np.testing.assert_array_equal(one, other)


def test_without_saturation_every_channel_is_the_largest() -> None:
    levels = np.array(list(itertools.product((3, 90, 251), repeat=3)), np.uint8).reshape(3, 9, 3)
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "saturation", "factor": 0, "space": "hsv"}]}))
    largest = np.repeat(levels.max(-1, keepdims=True), 3, -1)
    np.testing.assert_array_equal(augspec.compile(policy)(0, levels), largest)
    floats = augspec.compile(policy)(0, (levels / 255).astype(np.float32))
    np.testing.assert_allclose(floats, largest / 255, atol=1e-6)


def test_a_value_at_the_threshold_is_not_below_it() -> None:
    image = np.array([50, 51, 52], np.uint8).reshape(1, 3, 1)
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": "solarize_add", "delta": 0.2, "threshold": 0.2}]}))
    assert augspec.compile(policy)(0, image).ravel().tolist() == [101, 51, 52]


def test_r14_normals_of_every_octave_are_near_the_ideal() -> None:
    rng = np.random.default_rng(15)
    tops = np.concatenate([(1 << b) + (rng.random(64) * (1 << b)).astype(np.int64) for b in range(23)] + [[0]])
    words = np.concatenate([tops << 9, (tops << 9) | 1]).astype(np.uint32)
    found = noise.normal(XP, words.view(np.int32)) / 2**14
    assert np.abs(found - ideal_noise.normal(words)).max() < 2**-13


def test_e2_a_mix_of_channels_is_rounded_half_up() -> None:
    mixed = EXACT.mix(np.repeat(EVERY, 3, -1), [[2.0**-14, 0.0, 0.0], [0.0, 2.0**-13, 2.0**-14]])
    values = EVERY[0, 0, :, 0]
    np.testing.assert_array_equal(mixed[0, 0, :, 0], (values + 8192) // 16384)
    np.testing.assert_array_equal(mixed[0, 0, :, 1], (3 * values + 8192) // 16384)


@pytest.mark.parametrize("name", ["fog", "shadow", "sun_flare", "rain", "snow"])
def test_c11_a_veil_that_is_not_there_keeps_values_outside_of_the_range(name: str) -> None:
    op = _op(op=name)
    image = np.random.default_rng(8).random((9, 8, 3)).astype(np.float32) * 3 - 1
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": name, **op.neutral()}]}))
    np.testing.assert_array_equal(augspec.compile(policy)(0, image), image)
    thick = augspec.compile(augspec.loads(json.dumps({"augspec": 1, "ops": [{"op": name}]})))(0, image)
    assert 0 <= thick.min() < thick.max() <= 1
