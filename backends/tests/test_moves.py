"""Exact moves in every dtype against NumPy, and what they refuse (C11, C7, T4)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec

DTYPES = ("uint8", "uint16", "int16", "int32", "int64", "bool", "float16", "float32", "float64")
PADS = {"edge": "edge", "mirror": "reflect", "symmetric": "symmetric", "wrap": "wrap"}


def made(*ops: dict[str, Any], **options: Any) -> Any:
    return augspec.compile(augspec.loads(json.dumps({"augspec": 1, "ops": ops, "eval": []})), **options)


def picture(*shape: int, dtype: str = "uint8") -> Any:
    return np.random.default_rng(3).integers(0, 256, shape, np.uint8).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_c11_rot90_is_that_of_numpy(dtype: str, turns: int) -> None:
    image = picture(2, 7, 7, 3, dtype=dtype)
    out = made({"op": "rot90", "turns": turns})(1, image)
    assert out.dtype == image.dtype
    np.testing.assert_array_equal(out, np.rot90(image, turns, (1, 2)))


def test_rot90_draws_every_number_of_turns_and_moves_all_targets() -> None:
    image = picture(64, 6, 6, 1)
    points = np.tile(np.array([[[1.5, 0.5]]], np.float32), (64, 1, 1))
    out = made({"op": "rot90"})(1, {"image": image, "mask": image[..., 0], "keypoints": points})
    seen = set()
    for i in range(64):
        turns = next(k for k in range(4) if np.array_equal(out["image"][i], np.rot90(image[i], k)))
        seen.add(turns)
        np.testing.assert_array_equal(out["mask"][i], np.rot90(image[i, ..., 0], turns))
        expected = [(1.5, 0.5), (0.5, 4.5), (4.5, 5.5), (5.5, 1.5)][turns]
        assert out["keypoints"][i, 0].tolist() == list(expected)
    assert seen == {0, 1, 2, 3}


def test_what_is_not_square_is_told_what_to_write() -> None:
    image = picture(1, 6, 7, 1)
    with pytest.raises(augspec.SampleError, match=r'"turns": \{"choice": \[0, 2\]\}'):
        made({"op": "rot90"})(1, image)
    with pytest.raises(augspec.SampleError, match="square before transpose"):
        made({"op": "transpose"})(1, image)
    assert made({"op": "rot90", "turns": {"choice": [0, 2]}})(1, image).shape == image.shape


def test_t4_a_transposition_exchanges_pairs_and_quarter_turns_do_not() -> None:
    targets = {"keypoints": {"swap_pairs": [[0, 1]]}}
    sample = {"image": picture(1, 6, 6, 1), "keypoints": np.array([[[1, 2], [4, 5]]], np.float32)}
    for op, expected in (
        ({"op": "transpose"}, [[5, 4], [2, 1]]),
        ({"op": "rot90", "turns": 1}, [[2, 5], [5, 2]]),
        ({"op": "rot90", "turns": 2}, [[5, 4], [2, 1]]),
    ):
        policy = {"augspec": 1, "ops": [op], "targets": targets}
        out = augspec.compile(augspec.loads(json.dumps(policy)))(1, sample)
        assert out["keypoints"][0].tolist() == expected


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("border", [*PADS, "constant"])
def test_c7_pad_is_that_of_numpy(dtype: str, border: str) -> None:
    image = picture(2, 5, 6, 2, dtype=dtype)
    out = made({"op": "pad", "top": 9, "right": 1, "left": 14, "border": border})(1, image)
    mode: Any = PADS.get(border, "constant")
    np.testing.assert_array_equal(out, np.pad(image, ((0, 0), (9, 0), (14, 1), (0, 0)), mode=mode))
    assert out.dtype == image.dtype


def test_fills_are_of_the_range_and_exact() -> None:
    pad = {"op": "pad", "left": 1, "fill": [0.3, 1.0]}
    for dtype, expected in (("uint8", [77, 255]), ("uint16", [19661, 65535])):
        assert made(pad)(1, picture(1, 2, 2, 2, dtype=dtype))[0, 0, 0].tolist() == expected
    float_ = made(pad, value_range=(-1.0, 1.0))(1, picture(1, 2, 2, 2, dtype="float32"))
    np.testing.assert_allclose(float_[0, 0, 0], [-0.4, 1.0], rtol=1e-6)
    # In the exact domain 0.3 is 76.5 levels until the end (E1): twice that is 153.
    twice = {"op": "brightness_scale", "factor": 2.0}
    assert made({**pad, "fill": 0.3}, twice)(1, picture(1, 2, 2, 2))[0, 0, 0].tolist() == [153, 153]
    with pytest.raises(augspec.Unsupported, match="means nothing in int32"):
        made(pad)(1, picture(1, 2, 2, 2, dtype="int32"))


def test_random_crop_reaches_every_place_of_the_padded_image() -> None:
    image = np.tile(np.arange(1, 13, dtype=np.uint8).reshape(1, 3, 4, 1), (200, 1, 1, 1))
    padded = np.pad(image[0], ((1, 0), (0, 2), (0, 0)))
    out = made({"op": "random_crop", "size": [2, 3], "pad": [1, 2, 0, 0]})(1, image)
    places = {
        next((t, x) for t in range(3) for x in range(4) if np.array_equal(one, padded[t : t + 2, x : x + 3]))
        for one in out
    }
    assert len(places) == 12


def test_a_channel_order_is_one_permutation_and_does_not_depend_on_further_channels() -> None:
    shuffle = made({"op": "channel_shuffle"})
    narrow = np.tile(np.arange(3, dtype=np.uint8), (96, 1, 1, 1))
    wide = np.tile(np.arange(5, dtype=np.uint8), (96, 1, 1, 1))
    few, many = shuffle(1, narrow)[:, 0, 0], shuffle(1, wide)[:, 0, 0]
    assert {tuple(order) for order in few.tolist()} == {
        (a, b, c) for a in range(3) for b in range(3) for c in range(3) if len({a, b, c}) == 3
    }
    np.testing.assert_array_equal(many[:, :3].argsort(1).argsort(1), few)  # the same ranks among the first three


def test_channel_drop_fills_as_many_as_it_says() -> None:
    image = picture(96, 3, 3, 4) | 1
    for count in (1, 3):
        dropped = (made({"op": "channel_drop", "count": count})(1, image) == 0).all((1, 2))
        assert (dropped.sum(1) == count).all()
        assert dropped.any(0).all()
    with pytest.raises(augspec.Unsupported, match="4 to 16 channels"):
        made({"op": "channel_drop", "count": 3})(1, image[..., :3])


def test_c10_resample_ends_a_run_of_warps() -> None:
    image = picture(2, 20, 21, 3)
    turn, more = {"op": "rotate", "degrees": 20}, {"op": "rotate", "degrees": -20}
    np.testing.assert_array_equal(made(turn, more)(1, image), image)
    assert (made(turn, {"op": "resample"}, more)(1, image) != image).any()
    twice = made(more)(1, made(turn)(1, image))
    assert np.abs(made(turn, {"op": "resample"}, more)(1, image).astype(int) - twice).max() <= 1


def test_e1_a_fill_is_the_level_that_the_exact_domain_ends_with() -> None:
    """127⅕ steps of 2⁻⁸ level are 127 of them, and these less than half a level."""
    pad = {"op": "pad", "left": 1, "fill": [0.4 * 256 / 65280, 127.2 / 65280, 128 / 65280]}
    alone, before = made(pad), made(pad, {"op": "brightness_scale", "factor": 1.0})
    for augment in (alone, before):
        assert augment(1, picture(1, 2, 2, 3))[0, 0, 0].tolist() == [0, 0, 1]


def test_results_of_bfloat16_are_bfloat16() -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")
    image = (picture(1, 4, 5, 3) / 256).astype(ml_dtypes.bfloat16)
    for op in ({"op": "horizontal_flip"}, {"op": "pad", "left": 1, "fill": 0.5}, {"op": "invert"}):
        assert made(op)(1, image).dtype == image.dtype
