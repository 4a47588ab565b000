"""The host engine's own: array functions one by one beside NumPy's, what is kept on disk, threads."""

from __future__ import annotations

import importlib
import json
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import augspec
from augspec_backends.host import engine, graph, levels, storage
from augspec_backends.host.graph import Node
from augspec_backends.host.namespace import HostNamespace
from augspec_backends.numpy.namespace import NumpyNamespace

RNG = np.random.default_rng(5)
A = RNG.integers(-1000, 1000, (3, 5, 4, 3)).astype(np.int32)
B = RNG.integers(1, 50, (3, 5, 4, 3)).astype(np.int32)
F = RNG.normal(0, 2, (3, 5, 4, 3)).astype(np.float32)
U = RNG.integers(0, 256, (2, 7, 6, 3)).astype(np.uint8)
FOUR = RNG.integers(0, 256, (2, 7, 6, 4)).astype(np.uint8)
ROWS, COLUMNS = RNG.integers(0, 7, (2, 9, 8)).astype(np.int32), RNG.integers(0, 6, (2, 9, 8)).astype(np.int32)
LONG = RNG.integers(-9, 9, (3, 40)).astype(np.int32)
HALVES = np.arange(65536, dtype=np.uint16).view(np.float16)
WIDE = np.concatenate(
    [
        RNG.normal(0, 1, 4000) * 2.0 ** RNG.integers(-30, 18, 4000),
        (np.arange(-3000, 3000) + 0.5) * 2.0**-24,  # between two numbers without a leading one
        [0.0, -0.0, 65504, 65519.99, 65520, 1e9, np.inf, -np.inf, 2.0**-14, 2.0**-25, 2.0**-26],
    ]
).astype(np.float32)

CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "arithmetic": (lambda xp, a, b: (a + b) * 3 - (7 - a) + -b, (A, B)),
    "wrapping": (lambda xp, a: a * 3_000_017 + 2_147_483_647, (A,)),
    "bits": (lambda xp, a, b: xp.bitxor(xp.bitand(a, 255), xp.bitor(xp.shl(b, 3), xp.shr(a, 2))), (A, B)),
    "variable shifts": (lambda xp, a, b: xp.shr(a, xp.bitand(b, 7)), (A, B)),
    "comparisons": (lambda xp, a, b: xp.where(xp.logical_and(a > b, xp.logical_not(a == 3)), a, 0), (A, B)),
    "division": (lambda xp, a, b: xp.floordiv(xp.abs(a), b) + xp.floordiv(xp.abs(a), 7), (A, B)),
    "extremes": (lambda xp, a, b: xp.minimum(xp.maximum(a, -5), b) + xp.clip(a, -100, 100), (A, B)),
    "floats": (lambda xp, f: xp.floor(f * 1.5) / 4.0 + xp.sqrt(xp.abs(f)) - f, (F,)),
    "powers": (lambda xp, f: xp.pow(xp.abs(f), f * 0.0 + 1.5), (F,)),
    "to float and back": (lambda xp, a, f: xp.astype(xp.astype(a, "float32") * f, "int32"), (A, F)),
    "to bytes": (lambda xp, a: xp.astype(xp.bitand(a, 255), "uint8"), (A,)),
    "doubles": (lambda xp, f: xp.astype(xp.astype(f, "float64") * 0.1, "float32"), (F,)),
    "booleans": (lambda xp, a: xp.astype(xp.logical_or(a > 3, a < -3), "int32"), (A,)),
    "broadcasting": (lambda xp, a, b: a[:, :1] + b[:, :, :, 0:1], (A, B)),
    "slices": (lambda xp, a: a[:, 1:4, ::2, 0] + a[:, -3:, 1::2, 2], (A,)),
    "new axes": (lambda xp, a: a[:, None, 2, ..., None], (A,)),
    "reshapes": (lambda xp, a: xp.reshape(xp.reshape(a * 2, (3, 20, 3)), (-1, 2, 15, 2)), (A,)),
    "transposes": (lambda xp, a: xp.transpose(a + 1, (3, 0, 2, 1)), (A,)),
    "flips": (lambda xp, a: xp.flip(a + 1, 1) + xp.flip(a, 2), (A,)),
    "stacks": (lambda xp, a, b: xp.stack([a, b, a + b], 2), (A, B)),
    "joins": (lambda xp, a, b: xp.concat([a, b * 2, a[:, 1:3]], 1), (A, B)),
    "long joins": (lambda xp, x: xp.concat([x, x[:, :7] * 2, x], 1), (LONG,)),
    "selections": (lambda xp, a: xp.select_axis(a * 2, [4, 0, 0, 2], 1), (A,)),
    "a table": (lambda xp, x: xp.take(xp.constant(np.arange(0, 200, 7)), xp.bitand(x, 15)), (LONG,)),
    "tables of rows": (lambda xp, x: xp.take_rows(x * 5, xp.bitand(x, 31)), (LONG,)),
    "places of three": (lambda xp, u, r, c: xp.gather_at(u, r, c), (U, ROWS, COLUMNS)),
    "places of four": (lambda xp, u, r, c: xp.gather_at(u, r, c), (FOUR, ROWS, COLUMNS)),
    "places of one": (lambda xp, u, r, c: xp.gather_at(u[..., :1], r, c), (U, ROWS, COLUMNS)),
    "rows": (lambda xp, u, r: xp.gather_axis(u, r[:, :, 0], 1), (U, ROWS)),
    "columns": (lambda xp, u, r: xp.gather_axis(u, r[:, 0, :] * 0 + 2, 2), (U, ROWS)),
    "sums": (lambda xp, a: xp.sum(a, (1, 2)), (A,)),
    "long sums": (lambda xp, x: xp.sum(x, 1), (LONG,)),
    "long extremes": (lambda xp, x: xp.min(x, 1) * 100 + xp.max(x, 1), (LONG,)),
    "extremes of floats": (lambda xp, f: xp.max(f, (1, 2, 3)) - xp.min(f, (1, 2, 3)), (F,)),
    "sums of floats": (lambda xp, f: xp.sum(f, (1, 2, 3)), (F,)),
    "running sums": (lambda xp, x: xp.cumulative_sum(x, 1), (LONG,)),
    "running sums of rows": (lambda xp, x: xp.cumulative_sum(x, 0), (LONG,)),
    "counts": (lambda xp, x: xp.histogram(xp.bitand(x, 15), 16), (LONG,)),
    "an order": (lambda xp, x: xp.argsort(x[0] * 2), (LONG,)),
    "numbers": (lambda xp, x: x + xp.arange(40), (LONG,)),
    "once": (lambda xp, x: xp.materialise(lambda: x * x, x, (40,), "int32") + x, (LONG,)),
    "from halves": (lambda xp, h: xp.astype(h, "float32"), (HALVES,)),
    "to halves": (lambda xp, x: xp.astype(x, "float16"), (WIDE,)),
}


def _computed(function: Callable[..., Any], arrays: tuple[np.ndarray, ...]) -> np.ndarray:
    nodes = [Node("input", (), array.shape, str(array.dtype)) for array in arrays]
    found = function(HostNamespace(), *nodes)
    out = np.empty(found.shape, found.dtype)
    engine.compiled([found], nodes, [True] * len(nodes))([*arrays, out], 1)
    return out


@pytest.mark.parametrize("name", CASES)
def test_every_array_function_gives_what_numpy_gives(name: str) -> None:
    function, arrays = CASES[name]
    before = [array.copy() for array in arrays]
    with np.errstate(over="ignore"):
        expected = function(NumpyNamespace(), *arrays)
    found = _computed(function, arrays)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    if name in ("powers", "sums of floats"):
        np.testing.assert_allclose(found, expected, rtol=2e-6)
    else:
        np.testing.assert_array_equal(found, expected)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_bfloat16_is_rounded_as_elsewhere() -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="bfloat16 needs ml_dtypes, which JAX and TensorFlow bring")
    with np.errstate(over="ignore"):
        expected = WIDE.astype(ml_dtypes.bfloat16)
    nodes = [Node("input", (), WIDE.shape, "float32")]
    narrow = HostNamespace().astype(nodes[0], "bfloat16")
    out = np.empty(WIDE.shape, ml_dtypes.bfloat16)
    engine.compiled([narrow], nodes, [True])([WIDE, out], 1)
    np.testing.assert_array_equal(out.view(np.uint16), expected.view(np.uint16))


def test_a_number_beside_an_array_of_another_kind_is_refused() -> None:
    x = Node("input", (), (3,), "int32")
    with pytest.raises(TypeError, match=r"0\.5 beside an array of int32"):
        x * 0.5
    with pytest.raises(TypeError, match="add of float32 and int32"):
        x + HostNamespace().astype(x, "float32")
    with pytest.raises(TypeError, match="no value yet"):
        bool(x > 1)


def test_a_choice_runs_one_branch_for_each_row() -> None:
    xp = HostNamespace()
    x, which = Node("input", (), (4, 6), "int32"), Node("input", (), (4,), "int32")
    branches = [lambda state, _: {"x": state["x"] + 1}, lambda state, params: {"x": state["x"] * params["by"]}]
    by = xp.cumulative_sum(which * 0 + 5, 0)
    found = xp.choose(which, branches, {"x": x, "same": x}, {"by": by})
    assert found["same"] is x
    values, numbers, out = (
        np.arange(24, dtype=np.int32).reshape(4, 6),
        np.int32([1, 0, 2, 1]),
        np.empty((4, 6), np.int32),
    )
    engine.compiled([found["x"]], [x, which], [True, True])([values, numbers, out], 1)
    np.testing.assert_array_equal(out, [values[0] * 5, values[1] + 1, values[2], values[3] * 20])


POLICY = augspec.loads(
    json.dumps(
        {
            "augspec": 1,
            "ops": [
                {"op": "rotate", "degrees": {"uniform": [-20, 35]}},
                {"op": "contrast", "factor": {"uniform": [0.5, 1.4]}},
                {
                    "op": "one_of",
                    "ops": [{"op": "hue", "turns": 0.1}, {"op": "equalize"}, {"op": "gaussian_noise", "std": 0.1}],
                },
            ],
        }
    )
)


def _ops(outputs: list[Node]) -> set[str]:
    return {node.op for node in graph.walk(outputs)}


@pytest.mark.parametrize("channels", [1, 3])
def test_long_functions_of_a_byte_become_look_ups_of_256_levels(channels: int) -> None:
    image = Node("input", (), (1, 60, 50, channels), "uint8")
    gains = graph.constant(np.arange(1, channels + 1).reshape(1, 1, 1, channels), "int32")
    squares = graph.constant(np.arange(0, 3000, dtype=np.int64) ** 2 % 251, "int32")
    flat = HostNamespace().reshape(HostNamespace().astype(image, "int32") * gains, (1, -1))
    taken = HostNamespace().reshape(HostNamespace().take(squares, flat), image.shape)
    whole = taken + HostNamespace().take(squares, taken + 7)
    values = np.random.default_rng(3).integers(0, 256, image.shape, np.uint8)
    levels.look_up([whole])
    assert _ops([whole]) >= {"level", "take"}
    assert whole.args[0].shape == (1, 1, 256, channels)
    found = np.empty(whole.shape, np.int32)
    engine.compiled([whole], [image], [False])([values, found], 1)
    first = (values.astype(np.int64) * np.arange(1, channels + 1)) ** 2 % 251
    assert np.array_equal(found, first + (first + 7) ** 2 % 251)


def test_short_functions_and_those_of_two_images_are_computed() -> None:
    image, other = (Node("input", (), (1, 40, 50, 3), "uint8", name) for name in ("a", "b"))
    short = HostNamespace().astype(image, "int32") * 3
    both = short + HostNamespace().astype(other, "int32")
    for step in range(40):
        both = both * 3 + step
    levels.look_up([short, both])
    assert "level" not in _ops([short, both])


def test_threads_share_a_batch_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    images = RNG.integers(0, 256, (13, 300, 301, 3)).astype(np.uint8)
    expected = augspec.compile(POLICY)(3, images)
    augment = augspec.compile(POLICY, backend="host")
    for threads in ("1", "2", "5", "64", "zero", ""):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        np.testing.assert_array_equal(augment(3, images), expected)


MIXTURES = {
    "mixup": [{"op": "mixup"}],
    "cutmix behind a choice": [
        {"op": "one_of", "ops": [{"op": "invert"}, {"op": "rotate", "degrees": 20}]},
        {"op": "cutmix", "p": 0.7},
    ],
    "mosaic": [{"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}, {"op": "mosaic"}],
    "blend": [{"op": "rotate", "degrees": {"uniform": [5, 30]}}, {"op": "contrast", "factor": 1.5}, {"op": "mixup"}],
}


@pytest.mark.parametrize("name", MIXTURES)
@pytest.mark.parametrize("threads", ["2", "3", "64"])
def test_threads_share_a_batch_whose_samples_meet_and_change_nothing(
    name: str, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    module = importlib.import_module("augspec_backends.host.call")  # the one that is imported now
    monkeypatch.setattr(module, "_SHARED_WORK", 1)
    monkeypatch.setattr(module, "_COMMON_SHARE", 0)
    policy = augspec.loads(
        json.dumps({"augspec": 1, "ops": MIXTURES[name], "eval": [], "targets": {"label": {"classes": 11}}})
    )
    given: dict[str, Any] = {"image": RNG.integers(0, 256, (7, 20, 30, 3)).astype(np.uint8)}
    given |= {"label": np.arange(7)}
    if "mixup" not in str(MIXTURES[name]):
        given["mask"] = given["image"][..., 0].copy()
    if name == "mosaic":
        corners = RNG.uniform(0, 15, (7, 5, 2)).astype(np.float32)
        given |= {"boxes": np.concatenate([corners, corners + 4], -1), "labels": np.arange(35).reshape(7, 5)}
    expected = augspec.compile(policy)(3, given, index=np.arange(7))
    for _ in range(5):
        found = augspec.compile(policy, backend="host")(3, given, index=np.arange(7))
        for entry, array in expected.items():
            np.testing.assert_array_equal(found[entry], array, err_msg=entry)


COPIED = [
    {"op": "random_resized_crop", "size": [96, 80], "antialias": False},
    {"op": "random_resized_crop", "size": [40, 60], "antialias": True},
    {"op": "random_crop", "size": [100, 120]},
    {"op": "rotate", "degrees": {"uniform": [-30, 30]}},
    {"op": "rotate", "degrees": {"uniform": [-30, 30]}, "interpolation": "bicubic", "border": "mirror"},
    {"op": "affine", "translate_x": {"uniform": [-1, 1]}, "translate_y": {"uniform": [-1, 1]}},
    {"op": "affine", "degrees": {"uniform": [-180, 180]}, "translate_x": {"uniform": [-1, 1]}, "border": "edge"},
    {"op": "perspective", "distortion": 0.4, "border": "edge"},
]


@pytest.mark.parametrize("op", COPIED, ids=lambda op: "-".join(map(str, op.values())))
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
def test_images_that_are_copied_before_they_are_read_come_out_alike(
    op: dict[str, Any], channels: int, layout: str
) -> None:
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [op, {"op": "horizontal_flip", "p": 0.5}], "eval": []}))
    images = np.random.default_rng(0).integers(0, 256, (6, 190, 210, channels)).astype(np.uint8)
    given = {"image": images if layout == "NHWC" else np.moveaxis(images, -1, 1).copy(), "mask": images[..., 0].copy()}
    found, expected = (
        augspec.compile(policy, backend=name, layout=layout)(augspec.Key(3), given, index=np.arange(6))
        for name in ("host", "numpy")
    )
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)


@pytest.mark.parametrize(
    "op", [COPIED[0], COPIED[1], COPIED[3], COPIED[5]], ids=lambda op: "-".join(map(str, op.values()))
)
@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
def test_pixels_are_computed_at_once_where_the_processor_can(
    op: dict[str, Any], layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(engine, "_object", lambda source: seen.append(source) or pytest.fail("enough"))
    monkeypatch.setenv("AUGSPEC_CACHE", "")
    augment = augspec.compile(augspec.loads(json.dumps({"augspec": 1, "ops": [op], "eval": []})), "host", layout=layout)
    image = np.zeros((50, 40, 3) if layout == "NHWC" else (3, 50, 40), np.uint8)
    with pytest.raises(pytest.fail.Exception):
        augment(0, image, 0)
    assert ("pmadd.wd" in seen[0]) == engine.gathers()


def test_warps_of_batches_whose_samples_are_mixed_come_out_alike() -> None:
    ops = [COPIED[3], {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}}, {"op": "mixup"}]
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": ops}))
    images = np.random.default_rng(0).integers(0, 256, (3, 40, 30, 3)).astype(np.uint8)
    given = {"image": images, "label": np.eye(3, dtype=np.float32)}
    found, expected = (augspec.compile(policy, name)(4, given, np.arange(3)) for name in ("host", "numpy"))
    np.testing.assert_array_equal(found["image"], expected["image"])


WINDOWS = [(190, 210, [96, 80]), (61, 300, [1, 33]), (75, 64, [80, 1]), (33, 400, [20, 60]), (30, 1100, [20, 60])]
"""Height and width of images, and the size of a result: of few and of many taps, of one column and of one row."""


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(("height", "width", "size"), WINDOWS)
def test_rows_are_resampled_at_once_to_what_their_entries_are(
    height: int, width: int, size: list[int], channels: int, antialias: bool
) -> None:
    op = {"op": "random_resized_crop", "size": size, "area": {"uniform": [0.05, 1.0]}, "antialias": antialias}
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [op], "eval": []}))
    images = np.random.default_rng(0).integers(0, 256, (9, height, width, channels)).astype(np.uint8)
    images[::3] = 255  # the largest sums
    found, expected = (
        augspec.compile(policy, name)(augspec.Key(3), images, np.arange(9)) for name in ("host", "numpy")
    )
    np.testing.assert_array_equal(found, expected)


# Of these numbers, arithmetic in float64 would round level 196 to the next float32.
BESIDE = (0.535149430497211, 0.8820279809971385)


@pytest.mark.parametrize(("mean", "std", "looked_up"), [(0.485, 0.229, False), (0.4, 1.0, False), (*BESIDE, True)])
def test_levels_are_standardised_to_the_numbers_of_the_table(mean: float, std: float, looked_up: bool) -> None:
    means, stds = np.array([mean, 0.5, 0.0]), np.array([std, 0.3, 1.0])
    levels = np.arange(256, dtype=np.int32).repeat(3).reshape(1, 16, 16, 3)
    given = Node("input", (), levels.shape, "int32")
    node = HostNamespace().standardised(given, means, stds)
    assert ("take" in {one.op for one in graph.walk([node])}) == looked_up
    out = np.empty(levels.shape, np.float32)
    engine.compiled([node], [given], [False])([levels, out], 1)
    assert out.tobytes() == NumpyNamespace().standardised(levels, means, stds).tobytes()


def test_one_function_serves_batches_of_every_size() -> None:
    augment = augspec.compile(POLICY, backend="host")
    images = RNG.integers(0, 256, (5, 20, 24, 3)).astype(np.uint8)
    whole = augment(3, images)
    for size in (1, 2, 4):
        np.testing.assert_array_equal(augment(3, images[:size]), whole[:size])
    assert len(augment._compiled) == 1


def test_arrays_of_any_layout_and_readonly_ones_are_taken() -> None:
    images = RNG.integers(0, 256, (2, 20, 24, 6)).astype(np.uint8)
    view = images[:, ::-1, :, ::2]
    view.flags.writeable = False
    np.testing.assert_array_equal(augspec.compile(POLICY, backend="host")(3, view), augspec.compile(POLICY)(3, view))


@pytest.mark.parametrize("dtype", ["complex64", ">i4", ">f4", "uint32", "int64", "bool", "float16"])
def test_exact_moves_take_arrays_of_every_kind(dtype: str) -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "horizontal_flip", "p": 1.0}]}')
    image = np.arange(24).reshape(2, 4, 3).astype(dtype)
    out = augspec.compile(policy, backend="host")(0, image)
    assert out.dtype == image.dtype
    np.testing.assert_array_equal(out, image[:, ::-1])


def test_draws_of_another_byte_order_are_the_same_draws() -> None:
    image = RNG.integers(0, 256, (3, 20, 24, 3)).astype(np.uint8)
    augment = augspec.compile(POLICY, backend="host")
    draws = augment.draw(3, range(3))
    swapped = augspec.Draws({path: array.astype(">i4") for path, array in draws.items()}, draws.quantities, draws.batch)
    expected = augment.apply(draws, image)
    np.testing.assert_array_equal(augment.apply(swapped, image), expected)


def test_machine_code_is_kept_for_the_next_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUGSPEC_CACHE", str(tmp_path / "code"))
    image = RNG.integers(0, 256, (20, 24, 3)).astype(np.uint8)
    augment = augspec.compile(POLICY, backend="host")
    expected = augment(3, image)
    (file,) = (tmp_path / "code").iterdir()

    def never(_: str) -> bytes:
        raise AssertionError("it was compiled again")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "_object", never)
        again = pickle.loads(pickle.dumps(augment))
        np.testing.assert_array_equal(again(3, image), expected)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])  # a process was killed while it wrote
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(augment))(3, image), expected)
    assert file.read_bytes() == whole


def test_nothing_is_kept_where_that_is_asked_or_impossible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUGSPEC_CACHE", "")
    assert storage.folder() is None
    assert storage.kept("facts", lambda: b"code") == b"code"
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("AUGSPEC_CACHE", str(blocked))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert storage.kept("facts", lambda: b"code") == b"code"
    assert any("machine code cannot be kept in" in str(one.message) for one in caught)
    monkeypatch.delenv("AUGSPEC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert storage.folder() is not None


@pytest.mark.parametrize("name", ["key", "id low", "draw ops/0/degrees"])
def test_a_mask_may_have_any_name(name: str) -> None:
    policy = augspec.parse({"augspec": 1, "targets": {"masks": {name: {}}}, "ops": [{"op": "rotate", "degrees": 20}]})
    mask = np.arange(144, dtype=np.int32).reshape(2, 8, 9)
    sample = {"image": np.zeros((2, 8, 9, 3), np.uint8), name: mask}
    found, expected = (augspec.compile(policy, backend)(1, sample)[name] for backend in ("host", "numpy"))
    np.testing.assert_array_equal(found, expected)
